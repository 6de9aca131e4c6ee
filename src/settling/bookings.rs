//! What became of a booking: the customer's history is searched for it. With a tag it is found or it is not;
//! without one, amount, note and time must match, and no other row may claim the same entry.

use jiff::tz::TimeZone;

use super::history::{HistoryEntry, NoHistory};
use super::moments::{Fit, Window};
use super::verdict::Verdict;
use crate::recording::Tag;
use crate::sending::Unread;
use crate::validating::{Call, Money};

/// A booking whose outcome is not known.
#[derive(Debug, Clone)]
pub struct Booking<'b> {
    /// The call as the file has it, without a tag.
    pub call: &'b Call,
    /// The tag behind its note; none where the run left notes alone.
    pub tag: Option<Tag>,
    /// When it can have been applied.
    pub window: Window,
    /// Other rows of the run that are the same booking.
    pub twins: Twins,
    /// About when it was sent, for people.
    pub sent: Option<jiff::Timestamp>,
    /// The zone of this machine.
    pub zone: &'b TimeZone,
}

/// Rows of the same run with the same customer, amount and note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Twins {
    /// How many of them are known to have been applied.
    pub ok: u64,
    /// How many of them are in doubt as well, this one not counted.
    pub open: u64,
    /// When those can have been applied, from the first to the last; none where nobody knows. Entries of
    /// theirs are counted with the row's own.
    pub window: Option<Window>,
}

impl Booking<'_> {
    /// What the history says.
    pub fn verdict(&self, history: &Result<Vec<HistoryEntry>, NoHistory>) -> Verdict {
        let entries = match history {
            Ok(entries) => entries,
            Err(NoHistory::Unknown) => {
                return self.undecided("the server's answer is no history that can be read");
            }
            Err(NoHistory::Unread(Unread::Refused(problem))) => {
                return self.undecided(&format!("the server does not show the history: {problem}"));
            }
            Err(NoHistory::Unread(unread)) => {
                return self.undecided(&format!("the history could not be read: {unread}"));
            }
        };
        match self.tag {
            Some(tag) => self.by_tag(tag, entries),
            None => self.by_likeness(entries),
        }
    }

    fn by_tag(&self, tag: Tag, entries: &[HistoryEntry]) -> Verdict {
        let text = tag.to_string();
        let has_tag = |entry: &&HistoryEntry| entry.texts.iter().any(|t| t.contains(&text));
        let times = entries.iter().filter(has_tag).count();
        if times > 0 {
            return Verdict::Applied { id: None, times: times as u64 };
        }
        let tagged = self.call.tagged(&text);
        if entries.iter().any(|entry| self.is_suspicious(entry, tagged.note().unwrap_or_default())) {
            return self.undecided("an entry of the history may be it without its tag");
        }
        Verdict::NotFound
    }

    /// Whether the entry may be this booking although its tag is not there: a server may cut notes, or have
    /// none. The amount may stand there without its sign.
    fn is_suspicious(&self, entry: &HistoryEntry, tagged: &str) -> bool {
        let may_be_note = entry.note.as_deref().is_none_or(|note| is_beginning(note, tagged));
        let may_be_amount = match (entry.amount, self.call.amount()) {
            (Some(one), Some(two)) => one.magnitude() == two.magnitude(),
            // An entry that names neither amount nor note is not about a booking.
            _ => entry.note.as_deref().is_some_and(|note| !plain(note).is_empty()),
        };
        may_be_note && may_be_amount && self.window.fit(entry.at, self.zone) != Fit::No
    }

    fn by_likeness(&self, entries: &[HistoryEntry]) -> Verdict {
        let window = match self.twins {
            Twins { ok: 0, open: 0, .. } => self.window,
            Twins { window: Some(others), .. } => self.window.with(others),
            Twins { window: None, .. } => Window::new(None, None),
        };
        let (mut sure, mut maybe, mut own) = (0_u64, 0_u64, 0_u64);
        for entry in entries {
            match (self.likeness(entry), window.fit(entry.at, self.zone)) {
                (Likeness::None, _) | (_, Fit::No) => {}
                (Likeness::Same, Fit::Yes) => {
                    sure += 1;
                    own += u64::from(self.window.fit(entry.at, self.zone) == Fit::Yes);
                }
                (Likeness::Same, Fit::Maybe) | (Likeness::Near, _) => maybe += 1,
            }
        }
        if maybe > 0 {
            return self.undecided("an entry of the history may be it, or may be another");
        }
        match sure.checked_sub(self.twins.ok) {
            // Rows that were applied are not shown: what is not shown proves nothing.
            None => self.undecided("the history does not show all the same bookings that this run made"),
            // An entry at the time of this row, and one too few at another: the old ones may not be shown.
            Some(0) if own > 0 && window != self.window => {
                self.undecided("the history has the same booking at this time, and one too few at another")
            }
            Some(0) => Verdict::NotFound,
            Some(free) if free == 1 + self.twins.open => Verdict::Applied { id: None, times: 1 },
            Some(_) => self.undecided("the history has more or fewer of the same bookings than rows"),
        }
    }

    fn likeness(&self, entry: &HistoryEntry) -> Likeness {
        let note = self.call.note().unwrap_or_default();
        let (Some(amount), Some(booked)) = (self.call.amount(), entry.amount) else {
            let is_note = entry.note.as_deref().is_some_and(|there| plain(there) == plain(note));
            return if is_note { Likeness::Near } else { Likeness::None };
        };
        let same_note = entry.note.as_deref().is_some_and(|there| plain(there) == plain(note));
        let near_note = entry.note.as_deref().is_none_or(|there| is_beginning(there, note));
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
            Some(tag) => self.call.tagged(&tag.to_string()).note().unwrap_or_default().to_owned(),
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
    /// It may be the booking in another guise: without its sign, its amount or the end of its note.
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
    // What a cut in the middle of a character or of an escape leaves behind, and the sign of a cut.
    let cut = note.trim_end_matches(['\u{FFFD}', '?', '…', '.', ' ']);
    let cut = match cut.rfind('&') {
        Some(place) if cut[place..].chars().skip(1).all(|c| c.is_ascii_alphanumeric() || c == '#') => {
            &cut[..place]
        }
        _ => cut,
    };
    whole.starts_with(note.as_str()) || whole.starts_with(cut.trim_end())
}
