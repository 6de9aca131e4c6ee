//! The tag that a booking carries in its comment, so that it can be found in the customer's history: which booking
//! it is, such as `[ub-k3x7qambcdef]`. Earlier versions wrote which run and which row made it: `[ub-k3x7qa-12]`.
//!
//! Why it looks like this: small letters, digits and hyphens survive every escaping and
//! encoding that comments were seen to go through; there is no `/`, `\`, quote or `&`, which some servers
//! escape; the brackets make its end certain, so that row 12 is not found in row 123; and it is short and stands
//! first, because servers cut long comments.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use super::journal::Entry;
use crate::reading::RowNumber;
use crate::validating::{ALPHABET, BookingKey, Call};

const LENGTH: usize = 6;

/// A run's name in tags. Chosen by chance: of a thousand runs against one server, two have the same with a
/// probability below one in two thousand, and then they still differ in customer, row and amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId([u8; LENGTH]);

impl RunId {
    /// A new one.
    pub fn random() -> Self {
        Self(std::array::from_fn(|_| ALPHABET[fastrand::usize(..ALPHABET.len())]))
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a run's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a run's name: that has six characters, each a to z or 2 to 7")]
pub struct ParseRunIdError(String);

impl FromStr for RunId {
    type Err = ParseRunIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes: Option<[u8; LENGTH]> = text.as_bytes().try_into().ok();
        let id = bytes.filter(|bytes| bytes.iter().all(|byte| ALPHABET.contains(byte)));
        id.map(Self).ok_or_else(|| ParseRunIdError(text.to_owned()))
    }
}

/// The tag of one booking. Its form is documented, and people search for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// Which booking it is. It stands before the comment.
    Key(BookingKey),
    /// Which row of which run made it, as earlier versions wrote. It stands after the comment.
    RunAndRow(RunId, RowNumber),
}

impl Tag {
    /// Which booking it stands for; none where it says only who made it.
    pub fn key(self) -> Option<BookingKey> {
        match self {
            Self::Key(key) => Some(key),
            Self::RunAndRow(..) => None,
        }
    }

    /// Whether the text carries this very tag.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.to_string())
    }

    /// The call with this tag in the comment of its booking; calls that book nothing do not change.
    #[must_use]
    pub fn put_on(&self, call: &Call) -> Call {
        match self {
            Self::Key(key) => {
                call.with_note(|note, out| join(out, (self, note), note.is_empty())).with_key(Some(*key))
            }
            Self::RunAndRow(..) => {
                call.with_note(|note, out| join(out, (note, self), note.is_empty())).with_key(None)
            }
        }
    }
}

fn join(out: &mut String, (first, last): (impl fmt::Display, impl fmt::Display), is_alone: bool) {
    let space = if is_alone { "" } else { " " };
    // A string takes everything.
    let _ = write!(out, "{first}{space}{last}");
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "[ub-{key}]"),
            Self::RunAndRow(run, row) => write!(f, "[ub-{run}-{row}]"),
        }
    }
}

/// A tag of an earlier version, of whichever run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldTag;

impl FromStr for OldTag {
    type Err = ParseRunIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let inside = text.strip_prefix("[ub-").and_then(|rest| rest.strip_suffix(']'));
        let parts = inside.and_then(|inside| inside.split_once('-'));
        let (run, row) = parts.ok_or_else(|| ParseRunIdError(text.to_owned()))?;
        run.parse::<RunId>()?;
        row.parse::<u64>().map(|_| Self).map_err(|_| ParseRunIdError(text.to_owned()))
    }
}

/// How the bookings of a run are tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagging {
    /// Not at all (`--no-comment-tag`).
    Untagged,
    /// By what they are, whichever run makes them.
    AcrossRuns(RunId),
    /// By what they are in this run: nobody looks whether another run has made them (`--booked ignore`).
    WithinRun(RunId),
}

impl Tagging {
    /// Whether there are tags.
    pub fn is_tagged(self) -> bool {
        self != Self::Untagged
    }

    /// The tag of this row, as it was sent or would be. `key` is what the row says that its booking is, and `entry`
    /// what the journal knows of the row.
    pub fn tag(self, row: RowNumber, key: Option<BookingKey>, entry: Option<&Entry>) -> Option<Tag> {
        let (Self::AcrossRuns(run) | Self::WithinRun(run)) = self else { return None };
        match entry {
            Some(Entry { content: Some(_), key: sent, .. }) => Some(match sent.as_deref().map(str::parse) {
                Some(Ok(sent)) => Tag::Key(sent),
                // It was sent by a version that knew no keys.
                _ => Tag::RunAndRow(run, row),
            }),
            _ => key.map(|key| Tag::Key(if self.is_within_run() { key.within(run.as_str()) } else { key })),
        }
    }

    fn is_within_run(self) -> bool {
        matches!(self, Self::WithinRun(_))
    }

    /// The call as it is sent.
    pub fn put_on(self, row: RowNumber, call: Call, entry: Option<&Entry>) -> Call {
        match self.tag(row, call.key(), entry) {
            Some(tag) => tag.put_on(&call),
            None => call.with_key(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RunId, Tag};
    use crate::reading::RowNumber;

    fn tag(row: u64) -> Tag {
        Tag::RunAndRow("k3x7qa".parse().expect("a run"), RowNumber(row))
    }

    #[test]
    fn an_old_tag_is_run_and_row_as_people_count_them() {
        assert_eq!(tag(11).to_string(), "[ub-k3x7qa-12]");
    }

    #[test]
    fn a_tag_is_found_whole_or_not_at_all() {
        assert!(tag(11).is_in("fee [ub-k3x7qa-12] more"));
        for other in ["fee [ub-k3x7qa-123]", "[ub-k3x7qa-12", "[ub-k3x7qb-12]", "ub-k3x7qa-12", ""] {
            assert!(!tag(11).is_in(other), "{other}");
        }
    }

    /// What servers do to comments leaves a tag alone.
    #[test]
    fn a_tag_survives_escaping() {
        let key = Tag::Key("k3x7qambcdef".parse().expect("a key"));
        assert_eq!((key.to_string().as_str(), key.to_string().len()), ("[ub-k3x7qambcdef]", 17));
        for tag in [tag(u64::MAX - 1).to_string(), key.to_string()] {
            assert_eq!(html_escape::encode_safe(&tag), tag);
            assert_eq!(html_escape::decode_html_entities(&tag), tag);
            assert!(tag.is_ascii() && tag.len() <= 32, "{tag}");
        }
    }

    #[test]
    fn a_run_is_read_back_as_it_was_written() {
        for _ in 0..100 {
            let run = RunId::random();
            assert_eq!(run.to_string().parse(), Ok(run));
        }
        for wrong in ["", "k3x7q", "k3x7qaa", "K3x7qa", "k3x7q1", "k3x7qя"] {
            assert!(wrong.parse::<RunId>().is_err(), "{wrong}");
        }
        assert_ne!(RunId::random(), RunId::random());
    }
}
