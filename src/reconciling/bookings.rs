//! What became of a booking: the customer's history is searched for it. With a tag it is found or it is not;
//! without one, amount, note and time must match, and no other row may claim the same entry.

use html_escape::decode_html_entities;
use jiff::tz::TimeZone;

use super::time_window::{Inside, Window};
use super::verdict::Verdict;
use crate::customers::{HistoryEntry, NoHistory};
use crate::recording::Tag;
use crate::sending::Unread;
use crate::validating::{Call, Money};

/// A booking whose outcome is not known.
#[derive(Debug, Clone)]
pub struct BookingInDoubt<'b> {
    /// The call as the file has it, without a tag.
    pub call: &'b Call,
    /// The tag in its note; none where the run left notes alone.
    pub tag: Option<Tag>,
    /// When it can have been applied.
    pub window: Window,
    /// Other rows of the run that are the same booking.
    pub same: SameBookings,
    /// About when it was sent, for people.
    pub sent: Option<jiff::Timestamp>,
    pub zone: &'b TimeZone,
}

/// Rows of the same run with the same customer, amount and note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SameBookings {
    /// How many of them are known to have been applied.
    pub ok: u64,
    /// How many of them are in doubt as well, this one not counted.
    pub open: u64,
    /// When those can have been applied, from the first to the last; none where that is not known. Entries
    /// of theirs are counted with the row's own.
    pub window: Option<Window>,
}

impl BookingInDoubt<'_> {
    /// What the history says; `missing` where there is no trace of the booking.
    pub fn verdict(&self, history: &Result<Vec<HistoryEntry>, NoHistory>, missing: Verdict) -> Verdict {
        let entries = match history {
            Ok(entries) => entries,
            Err(NoHistory::Unknown) => {
                return self.undecided("the server's answer is not a readable history");
            }
            Err(NoHistory::Unread(Unread::Refused(problem))) => {
                return self.undecided(&format!("the server does not show the history: {problem}"));
            }
            Err(NoHistory::Unread(unread)) => {
                return self.undecided(&format!("the history could not be read: {unread}"));
            }
        };
        match self.tag {
            Some(tag) => self.by_tag(tag, entries, missing),
            None => self.by_likeness(entries, missing),
        }
    }

    fn by_tag(&self, tag: Tag, entries: &[HistoryEntry], missing: Verdict) -> Verdict {
        let text = tag.to_string();
        let has_tag = |entry: &&HistoryEntry| entry.texts.iter().any(|t| t.contains(&text));
        let is_other_amount = |entry: &HistoryEntry| match (entry.amount, self.call.amount()) {
            // A server may leave the sign out.
            (Some(booked), Some(amount)) => booked.magnitude() != amount.magnitude(),
            _ => false,
        };
        let times = entries.iter().filter(has_tag).count();
        if entries.iter().filter(has_tag).any(is_other_amount) {
            return self.undecided("the history has the row's tag with another amount");
        }
        if times > 0 {
            return Verdict::Applied { id: None, times: times as u64 };
        }
        if entries.iter().flat_map(|entry| &entry.texts).any(|there| may_hold(there, &text)) {
            return self.undecided("the history contains the row's tag, or one like it, in a different form");
        }
        let tagged = tag.put_on(self.call);
        if entries.iter().any(|entry| self.is_suspicious(entry, tagged.note().unwrap_or_default())) {
            return self.undecided("an entry of the history may be this booking without its tag");
        }
        missing
    }

    /// Whether the entry may be this booking although its tag is not there: a server may cut notes, or have
    /// none. The amount may stand there without its sign. What shows neither amount nor note may be anything.
    fn is_suspicious(&self, entry: &HistoryEntry, tagged: &str) -> bool {
        let plain = self.call.note().unwrap_or_default();
        let is_beginning = |note| is_beginning(note, tagged) || is_beginning(note, plain);
        let may_be_note = entry.note.as_deref().is_none_or(is_beginning);
        let may_be_amount = match (entry.amount, self.call.amount()) {
            (Some(one), Some(two)) => one.magnitude() == two.magnitude(),
            _ => true,
        };
        may_be_note && may_be_amount && self.window.contains(entry.at, self.zone) != Inside::No
    }

    fn by_likeness(&self, entries: &[HistoryEntry], missing: Verdict) -> Verdict {
        let window = match self.same {
            SameBookings { ok: 0, open: 0, .. } => self.window,
            SameBookings { window: Some(others), .. } => self.window.with(others),
            SameBookings { window: None, .. } => Window::new(None, None),
        };
        let (mut sure, mut maybe, mut own) = (0_u64, 0_u64, 0_u64);
        for entry in entries {
            match (self.likeness(entry), window.contains(entry.at, self.zone)) {
                (Likeness::None, _) | (_, Inside::No) => {}
                (Likeness::Same, Inside::Yes) => {
                    sure += 1;
                    own += u64::from(self.window.contains(entry.at, self.zone) == Inside::Yes);
                }
                (Likeness::Same, Inside::Maybe) | (Likeness::Near, _) => maybe += 1,
            }
        }
        if maybe > 0 {
            return self.undecided("an entry of the history may be this booking or another one");
        }
        match sure.checked_sub(self.same.ok) {
            // Rows that were applied are not shown: what is not shown proves nothing.
            None => self.undecided("the history does not show all the identical bookings that this run made"),
            // An entry at the time of this row, and one too few at another: the old ones may not be shown.
            Some(0) if own > 0 && window != self.window => self
                .undecided("the history has the same booking at this time, but one too few at another time"),
            Some(0) => missing,
            Some(free) if free == 1 + self.same.open => Verdict::Applied { id: None, times: 1 },
            Some(_) => self.undecided("the history has more or fewer identical bookings than there are rows"),
        }
    }

    fn likeness(&self, entry: &HistoryEntry) -> Likeness {
        let note = self.call.note().unwrap_or_default();
        let (Some(amount), Some(booked)) = (self.call.amount(), entry.amount) else {
            // What shows neither amount nor note may be anything.
            let is_note =
                entry.note.as_deref().is_none_or(|there| is_rewritten(there, note) || is_blank(there));
            return if is_note { Likeness::Near } else { Likeness::None };
        };
        let same_note = entry.note.as_deref().is_some_and(|there| plain(there) == plain(note));
        let near_note =
            entry.note.as_deref().is_none_or(|there| is_beginning(there, note) || is_rewritten(there, note));
        match (amount == booked, amount.magnitude() == booked.magnitude()) {
            (true, _) if same_note => Likeness::Same,
            (_, true) if same_note || near_note => Likeness::Near,
            _ => Likeness::None,
        }
    }

    fn undecided(&self, why: &str) -> Verdict {
        let customer = self.call.customer().unwrap_or("(unknown)");
        let amount = self.call.amount().unwrap_or(Money::ZERO);
        let note = match self.tag {
            Some(tag) => tag.put_on(self.call).note().unwrap_or_default().to_owned(),
            None => self.call.note().unwrap_or_default().to_owned(),
        };
        let at = self.sent.map_or_else(String::new, |sent| {
            format!(" at about {}", self.zone.to_datetime(sent).strftime("%Y-%m-%d %H:%M"))
        });
        Verdict::Undecided(format!(
            "{why}; look in UserSide at customer {customer} for a booking of {amount} with the comment '{note}'{at}"
        ))
    }
}

/// How much an entry is like a booking, its moment left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    None,
    /// It may be the booking in another guise: without its sign, its amount or the end of its note, or with
    /// its note in another form.
    Near,
    Same,
}

/// A note as it is compared: space of any kind and length is one space.
fn plain(note: &str) -> String {
    note.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a note may be what a server kept of another: nothing, or its beginning.
fn is_beginning(note: &str, whole: &str) -> bool {
    let (note, whole) = (plain(note), plain(whole));
    // What a cut in the middle of a character or of an escape leaves, and the sign of a cut.
    let cut = note.trim_end_matches(['\u{FFFD}', '?', '…', '.', ' ']);
    let cut = match cut.rfind('&') {
        Some(place) if cut[place..].chars().skip(1).all(|c| c.is_ascii_alphanumeric() || c == '#') => {
            &cut[..place]
        }
        _ => cut,
    };
    whole.starts_with(note.as_str()) || whole.starts_with(cut.trim_end())
}

fn is_blank(note: &str) -> bool {
    plain(note).is_empty()
}

/// Whether a note may be another one in a server's own writing: in capitals, without punctuation.
fn is_rewritten(note: &str, other: &str) -> bool {
    bare(note) == bare(other)
}

/// Letters and digits alone, in lower case.
fn bare(text: &str) -> String {
    unescaped(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a text may hold a tag in another form. Tags of other rows that stand there as they were sent are
/// not it: row 1 would be seen in row 12.
fn may_hold(text: &str, tag: &str) -> bool {
    let text = unescaped(text);
    let start = tag.rfind('-').map_or(tag, |end| &tag[..=end]);
    let mut pieces = text.split(start);
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let after = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_others = after.starts_with(']') && format!("{start}{piece}").strip_prefix(tag).is_none();
        if !is_others {
            rest.push_str(start);
        }
        rest.push_str(if is_others { after } else { piece });
    }
    bare(&rest).contains(&bare(tag))
}

/// A text without HTML's escapes, also where there are two layers of them.
fn unescaped(text: &str) -> String {
    decode_html_entities(&decode_html_entities(text)).into_owned()
}
