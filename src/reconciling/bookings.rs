//! What a customer's history shows of a booking in doubt. With a tag it is found or it is not; without one an entry that
//! is like it is never more than that.

use html_escape::decode_html_entities;

use super::evidence::{Gap, Trace};
use super::time_window::{Offset, Window};
use crate::customers::HistoryEntry;
use crate::recording::Tag;
use crate::validating::{Call, Money};

/// A booking whose outcome is not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct BookingInDoubt<'b> {
    /// The call as the file has it, without a tag.
    pub(super) call: &'b Call,
    /// The tag in its note; none where the run left notes alone.
    pub(super) tag: Option<Tag>,
    /// When it can have been applied.
    pub(super) window: Window,
    /// How far the history's times are ahead, where that was measured.
    pub(super) offset: Option<Offset>,
    /// When it was sent, as people read it.
    pub(super) sent: Option<&'b str>,
}

impl BookingInDoubt<'_> {
    /// What the entries show, and why it is not more where something is like it.
    pub(super) fn seen(&self, entries: &[HistoryEntry]) -> (Trace, &'static str) {
        match self.tag {
            Some(tag) => self.by_tag(tag, entries),
            None => self.by_likeness(entries),
        }
    }

    fn by_tag(&self, tag: Tag, entries: &[HistoryEntry]) -> (Trace, &'static str) {
        let text = tag.to_string();
        let has_tag = |entry: &&HistoryEntry| entry.texts.iter().any(|there| there.contains(&text));
        let is_other_amount = |entry: &HistoryEntry| match (entry.amount, self.call.amount()) {
            // A server may leave the sign out.
            (Some(booked), Some(amount)) => booked.magnitude() != amount.magnitude(),
            _ => false,
        };
        if entries.iter().filter(has_tag).any(is_other_amount) {
            return (Trace::Likeness, "the history has the row's tag with another amount");
        }
        match times_shown(entries, tag, self.call.amount()) {
            0 => {}
            times => return (Trace::Tag(times), ""),
        }
        if entries.iter().flat_map(|entry| &entry.texts).any(|there| may_hold(there, &text)) {
            let why = "the history contains the row's tag, or one like it, in a different form";
            return (Trace::Likeness, why);
        }
        let tagged = tag.put_on(self.call);
        if entries.iter().any(|entry| self.is_suspicious(entry, tagged.note().unwrap_or_default())) {
            return (Trace::Likeness, "an entry of the history may be this booking without its tag");
        }
        (Trace::Nothing, "")
    }

    /// Whether the entry may be this booking although its tag is not there: a server may cut notes, or have
    /// none. The amount may stand there without its sign. What shows neither amount nor note may be anything.
    fn is_suspicious(&self, entry: &HistoryEntry, tagged: &str) -> bool {
        let may_be_note = entry.note.as_deref().is_none_or(|note| is_beginning(note, tagged));
        let may_be_amount = match (entry.amount, self.call.amount()) {
            (Some(one), Some(two)) => one.magnitude() == two.magnitude(),
            _ => true,
        };
        may_be_note && may_be_amount && self.window.may_hold(entry.at, self.offset)
    }

    fn by_likeness(&self, entries: &[HistoryEntry]) -> (Trace, &'static str) {
        if entries.iter().any(|entry| self.is_like(entry) && self.window.may_hold(entry.at, self.offset)) {
            return (Trace::Likeness, "an entry of the history may be this booking or another one");
        }
        (Trace::Nothing, "")
    }

    /// Whether the entry may be the booking, its moment left aside: as it is, or in another guise, without its sign,
    /// its amount or the end of its note, or with its note in another form.
    fn is_like(&self, entry: &HistoryEntry) -> bool {
        let note = self.call.note().unwrap_or_default();
        let (Some(amount), Some(booked)) = (self.call.amount(), entry.amount) else {
            // What shows neither amount nor note may be anything.
            return entry.note.as_deref().is_none_or(|there| is_rewritten(there, note) || is_blank(there));
        };
        let may_be_note =
            entry.note.as_deref().is_none_or(|there| is_beginning(there, note) || is_rewritten(there, note));
        may_be_note && amount.magnitude() == booked.magnitude()
    }

    /// Whether the history shows these bookings, each by its tag: one answer a booking.
    pub(super) fn shows(entries: &[HistoryEntry], tag: &Tag) -> bool {
        entries.iter().any(|entry| entry.texts.iter().any(|text| tag.is_in(text)))
    }

    /// What a person has to look at.
    pub(super) fn open(&self, why: &str) -> String {
        let customer = self.call.customer().unwrap_or("(unknown)");
        let amount = self.call.amount().unwrap_or(Money::ZERO);
        let note = match self.tag {
            Some(tag) => tag.put_on(self.call).note().unwrap_or_default().to_owned(),
            None => self.call.note().unwrap_or_default().to_owned(),
        };
        let at = self.sent.map_or_else(String::new, |sent| format!(" at about {sent}"));
        format!(
            "{why}; look in UserSide at customer {customer} for a booking of {amount} with the comment '{note}'{at}"
        )
    }

    /// The same for a gap in the evidence.
    pub(super) fn lacking(&self, gap: Gap, likeness: &str, proof: &str) -> String {
        self.open(match gap {
            Gap::Likeness | Gap::NobodyLooked => likeness,
            Gap::Proof => proof,
            Gap::Unreadable => "the history does not show the booking, but a part of it can't be read",
            Gap::Balance => "the history does not show the booking, but the customer's balance has moved by its amount",
            Gap::Reach => {
                "the history does not show the booking, but nothing proves that the history is complete: the customer's balance before the run is not known or has moved otherwise"
            }
        })
    }
}

/// In how many entries of a history a booking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimesShown {
    credits: u64,
    debits: u64,
    /// Without an amount that can be read.
    others: u64,
}

impl TimesShown {
    /// It is in one entry, with this amount.
    pub(super) fn once(amount: Option<Money>) -> Self {
        let mut times = Self::default();
        times.add(amount);
        times
    }

    /// It is in an entry with this amount.
    pub(super) fn add(&mut self, amount: Option<Money>) {
        *match amount.map(Money::is_negative) {
            Some(false) => &mut self.credits,
            Some(true) => &mut self.debits,
            None => &mut self.others,
        } += 1;
    }

    /// How often a booking of this amount is there. Where some entries have the other sign, somebody has taken the booking
    /// back and quoted its comment: that is no second booking. A server may leave all signs out.
    pub fn of(self, amount: Option<Money>) -> u64 {
        let Self { credits, debits, others } = self;
        let (same, other) = match amount.map(Money::is_negative) {
            Some(false) => (credits + others, debits),
            Some(true) => (debits + others, credits),
            None => (credits + debits + others, 0),
        };
        if same > 0 { same } else { other }
    }
}

/// In how many entries a booking of this amount is, by its tag.
pub fn times_shown(entries: &[HistoryEntry], tag: Tag, amount: Option<Money>) -> u64 {
    let text = tag.to_string();
    let mut times = TimesShown::default();
    let is_it = |entry: &&HistoryEntry| entry.texts.iter().any(|there| there.contains(&text));
    entries.iter().filter(is_it).for_each(|entry| times.add(entry.amount));
    times.of(amount)
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
