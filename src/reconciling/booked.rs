//! The look before a booking: does the customer's history show it already?

use std::cell::Cell;

use crate::catalogue::{ApiSelector, Version};
use crate::customers::{HistoryEntry, NoHistory, read_texts_of_history};
use crate::recording::OldTag;
use crate::sending::{Clock, Link, Transport};
use crate::validating::{BookingKey, Call};

/// What a customer's history shows of bookings that are about to be made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownBookings {
    /// Those that are there, with the time as the server writes it.
    pub booked: Vec<(BookingKey, Option<String>)>,
    /// The time of an entry with the call's amount and comment and a tag of an earlier version, which does not say
    /// which booking it is.
    pub alike: Option<String>,
}

/// Reads the history of the call's customer. Of the bookings that it shows those count that are wanted.
/// `is_proven` remembers whether the newest way of asking has shown something.
pub async fn shown_bookings<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    call: &Call,
    is_proven: &Cell<bool>,
    is_wanted: impl Fn(BookingKey) -> bool,
) -> Result<ShownBookings, NoHistory> {
    let customer = call.customer().unwrap_or_default();
    let entries = read_texts_of_history(link, selector, server, customer, is_proven).await?;
    let mut shown = ShownBookings::default();
    for entry in &entries {
        let keys = entry.texts.iter().flat_map(|text| BookingKey::all_in(text));
        for key in keys.filter(|key| is_wanted(*key)) {
            shown.booked.push((key, entry.date_text.clone()));
        }
        if is_alike(entry, call) {
            shown.alike = Some(entry.date_text.clone().unwrap_or_default());
        }
    }
    Ok(shown)
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
