//! The tag that a booking carries in its note, so that it can be found in the customer's history: which
//! run and which row made it, such as `[ub-k3x7qa-12]`.
//!
//! Why it looks like this: small letters, digits and hyphens survive every escaping and
//! encoding that notes were seen to go through; there is no `/`, `\`, quote or `&`, which some servers
//! escape; the brackets make its end certain, so that row 12 is not found in row 123; and it is short, because
//! servers cut long notes.

use std::fmt;
use std::str::FromStr;

use crate::reading::RowNumber;

/// Six characters out of these, as in base 32: none can be taken for another.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
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
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
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
pub struct Tag {
    pub run: RunId,
    pub row: RowNumber,
}

impl Tag {
    /// Whether the text carries this very tag.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.to_string())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[ub-{}-{}]", self.run, self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::{RunId, Tag};
    use crate::reading::RowNumber;

    fn tag(row: u64) -> Tag {
        Tag { run: "k3x7qa".parse().expect("a run"), row: RowNumber(row) }
    }

    #[test]
    fn a_tag_is_run_and_row_as_people_count_them() {
        assert_eq!(tag(11).to_string(), "[ub-k3x7qa-12]");
    }

    #[test]
    fn a_tag_is_found_whole_or_not_at_all() {
        assert!(tag(11).is_in("fee [ub-k3x7qa-12] more"));
        for other in ["fee [ub-k3x7qa-123]", "[ub-k3x7qa-12", "[ub-k3x7qb-12]", "ub-k3x7qa-12", ""] {
            assert!(!tag(11).is_in(other), "{other}");
        }
    }

    /// What servers do to notes leaves a tag alone.
    #[test]
    fn a_tag_survives_escaping() {
        let tag = tag(u64::MAX - 1).to_string();
        assert_eq!(html_escape::encode_safe(&tag), tag);
        assert_eq!(html_escape::decode_html_entities(&tag), tag);
        assert!(tag.is_ascii() && tag.len() <= 32, "{tag}");
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
