//! The look before a booking: does the customer's history show it already?

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::bookings::TimesShown;
use super::time_window::{Offset, Window};
use crate::customers::{EntryTime, HistoryEntry, ShownHistory};
use crate::recording::OldTag;
use crate::validating::{BookingKey, Call, Money};

/// What a customer's history shows of bookings that are about to be made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownBookings {
    /// Those that are there.
    pub booked: BTreeMap<BookingKey, ShownBooking>,
    pub cut: CutBookings,
    /// The time of an entry with the call's amount and comment and a tag of an earlier version, which does not say
    /// which booking it is.
    pub alike: Option<String>,
}

/// A booking that a history shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownBooking {
    /// When the first of it was made, as the server writes it.
    pub date: Option<String>,
    at: EntryTime,
    times: TimesShown,
    /// Whether only the beginning of its tag is there.
    pub is_cut: bool,
}

/// A booking with its amount, where an entry has one.
type OfAmount = (Option<Money>, ShownBooking);

/// Bookings of whose tags the server has cut the end off: by the first and the last key that begin like them, with their
/// amounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CutBookings(BTreeMap<(BookingKey, BookingKey), Vec<OfAmount>>);

impl CutBookings {
    /// With those of another history.
    pub fn extend(&mut self, more: Self) {
        more.0
            .into_iter()
            .for_each(|(keys, mut bookings)| self.0.entry(keys).or_default().append(&mut bookings));
    }

    /// One that may be the booking with this key and amount.
    pub fn of(&self, key: BookingKey, amount: Option<Money>) -> Option<ShownBooking> {
        let is_it = |booked: Option<Money>| match (booked, amount) {
            // A server may leave the sign out.
            (Some(booked), Some(amount)) => booked.magnitude() == amount.magnitude(),
            _ => true,
        };
        let like = self.0.iter().filter(|((first, last), _)| (first..=last).contains(&&key));
        let mut bookings = like.flat_map(|(_, bookings)| bookings);
        bookings.find(|(booked, _)| is_it(*booked)).map(|(_, booking)| booking.clone())
    }
}

impl ShownBooking {
    fn first(at: EntryTime, date: Option<String>) -> Self {
        Self { date, at, times: TimesShown::default(), is_cut: false }
    }

    /// How often it is there.
    pub fn times(&self, amount: Option<Money>) -> u64 {
        self.times.of(amount)
    }

    /// Whether it can have been made since this moment.
    pub fn may_be_since(&self, moment: Timestamp, offset: Option<Offset>) -> bool {
        Window::new(Some(moment), None).may_hold(self.at, offset)
    }
}

/// What a history shows of the bookings that are wanted, and of the call of one of them.
pub fn shown_bookings(
    history: &ShownHistory,
    call: &Call,
    is_wanted: impl Fn(&RangeInclusive<BookingKey>) -> bool,
) -> ShownBookings {
    let keys_in = |texts: &[String]| -> BTreeSet<BookingKey> {
        texts
            .iter()
            .flat_map(|text| BookingKey::all_in(text))
            .filter(|key| is_wanted(&(*key..=*key)))
            .collect()
    };
    let mut shown = ShownBookings::default();
    for entry in &history.entries {
        for key in keys_in(&entry.texts) {
            let first = || ShownBooking::first(entry.at, entry.date_text.clone());
            shown.booked.entry(key).or_insert_with(first).times.add(entry.amount);
        }
        let cut = entry.texts.iter().find_map(|text| BookingKey::all_beginning_like(text));
        if let Some(keys) = cut.filter(|keys| is_wanted(keys)) {
            let times = TimesShown::once(entry.amount);
            let first = ShownBooking::first(entry.at, entry.date_text.clone());
            let booking = ShownBooking { times, is_cut: true, ..first };
            shown.cut.0.entry(keys.into_inner()).or_default().push((entry.amount, booking));
        }
        if is_alike(entry, call) {
            shown.alike = Some(entry.date_text.clone().unwrap_or_default());
        }
    }
    for key in keys_in(&history.texts) {
        let times = TimesShown::once(None);
        let other = || ShownBooking { times, ..ShownBooking::first(EntryTime::Unreadable, None) };
        shown.booked.entry(key).or_insert_with(other);
    }
    shown
}

fn is_alike(entry: &HistoryEntry, call: &Call) -> bool {
    let (Some(note), Some(own)) = (&entry.note, call.note()) else { return false };
    entry.amount == call.amount()
        && note.trim().strip_prefix(own).is_some_and(|rest| rest.trim().parse::<OldTag>().is_ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::support::booking;
    use super::is_alike;
    use crate::customers::entries;

    #[test]
    fn a_booking_of_an_earlier_version_is_alike_if_amount_and_comment_are_the_same() {
        let call = booking("7", "10.50", "April fee");
        let alike = |amount: &str, comment: &str| {
            let history = json!([{"Amount": amount, "Comment": comment}]);
            is_alike(&entries(Some(&history)).expect("a history")[0], &call)
        };
        assert!(alike("10.5", "April fee [ub-k3x7qa-12]"));
        for (amount, comment) in [
            ("10.51", "April fee [ub-k3x7qa-12]"),
            ("10.50", "April fee"),
            ("10.50", "April fee 2 [ub-k3x7qa-12]"),
            ("10.50", "April fee [ub-k3x7qambcdef]"),
            ("10.50", "[ub-k3x7qambcdef] April fee"),
        ] {
            assert!(!alike(amount, comment), "{amount} {comment}");
        }
    }
}
