//! Has a customer's balance moved by what is known to be booked, and by nothing else?

use super::bookings::BookingInDoubt;
use super::evidence::Movement;
use crate::customers::HistoryEntry;
use crate::recording::Tag;
use crate::validating::Money;

/// What is known of a customer's bookings, the row in doubt left aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerBookings {
    /// The balance before the run; none where it was not read.
    pub before: Option<Money>,
    /// The sum of the rows that are known to be booked; none where it is more than a sum can hold.
    pub booked: Option<Money>,
    /// Other rows in doubt.
    pub open: Vec<OpenBooking>,
    /// Rows that are booked, and that were sent when the request in doubt could no longer be at work.
    pub later: Vec<Tag>,
}

/// Another row in doubt of the same customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBooking {
    pub tag: Option<Tag>,
    pub amount: Money,
}

impl CustomerBookings {
    /// Whether the balance after these bookings is what it should be; none where that can't be said.
    pub fn fits(&self, after: Money) -> Option<bool> {
        Some(is_nothing(self.difference(self.booked?, after)?))
    }

    /// Whether there is a balance to compare with.
    pub(super) const fn is_known(&self) -> bool {
        self.before.is_some() && self.booked.is_some()
    }

    /// What the balance says of a row in doubt that books `own` and that is not among the entries.
    pub(super) fn movement(&self, own: Money, after: Money, entries: &[HistoryEntry]) -> Movement {
        let is_shown =
            |open: &&OpenBooking| open.tag.as_ref().is_some_and(|tag| BookingInDoubt::shows(entries, tag));
        let (shown, hidden): (Vec<_>, Vec<_>) = self.open.iter().partition(is_shown);
        let booked = shown.iter().try_fold(self.booked, |sum, open| Some(sum?.plus(open.amount))).flatten();
        let Some(rest) = booked.and_then(|booked| self.difference(booked, after)) else {
            return Movement::NotKnown;
        };
        // Rows in doubt may take each other's trace away; and one of nearly nothing leaves none.
        let is_contrary = |open: &&OpenBooking| open.amount.is_negative() != own.is_negative();
        let is_mixed = hidden.iter().any(is_contrary);
        if is_nothing(own) || is_mixed && (!is_nothing(rest) || may_cancel(own, &hidden)) {
            return Movement::NotKnown;
        }
        let is_more = rest.is_negative() == own.is_negative() && own.magnitude() <= rest.magnitude();
        match rest.minus(own) {
            _ if is_nothing(rest) => Movement::AsKnown,
            Some(other) if is_nothing(other) => Movement::AsIfBooked,
            _ if is_more && !hidden.is_empty() => Movement::AsIfBooked,
            _ => Movement::Otherwise,
        }
    }

    /// By how much the balance has moved beside what is known.
    fn difference(&self, booked: Money, after: Money) -> Option<Money> {
        after.minus(self.before?)?.minus(booked)
    }
}

/// Whether some of these bookings may take away what this one has moved.
fn may_cancel(own: Money, others: &[&OpenBooking]) -> bool {
    /// Of more there are too many sums to try.
    const MOST: usize = 10;
    if others.len() > MOST {
        return true;
    }
    (0..1_u32 << others.len()).any(|choice| {
        let chosen = others.iter().enumerate().filter(|(place, _)| choice & (1 << place) != 0);
        let sum = chosen.map(|(_, open)| open.amount).try_fold(own, Money::plus);
        sum.is_none_or(is_nothing)
    })
}

/// Less than half of the smallest coin: what binary numbers leave behind.
fn is_nothing(money: Money) -> bool {
    const COIN: &str = "0.005";
    Money::written_by_server(COIN).is_some_and(|coin| money.magnitude() < coin)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CustomerBookings, Movement, OpenBooking};
    use crate::customers::entries;
    use crate::reconciling::tests::support::tag;
    use crate::validating::Money;

    fn money(text: &str) -> Money {
        Money::written_by_server(text).expect("money")
    }

    /// Before the run the balance was 100; 5 are booked, and others are in doubt. Row 12 of them shows.
    fn movement(own: &str, after: &str, others: &[(u64, &str)]) -> Movement {
        let open = others
            .iter()
            .map(|(row, amount)| OpenBooking { tag: Some(tag(*row)), amount: money(amount) })
            .collect();
        let known = CustomerBookings {
            before: Some(money("100")),
            booked: Some(money("5")),
            open,
            later: Vec::new(),
        };
        let shown = json!([{"Amount": "1", "Comment": tag(11).to_string()}]);
        known.movement(money(own), money(after), &entries(Some(&shown)).expect("a history"))
    }

    #[test]
    fn a_balance_tells_whether_more_was_booked_than_is_known() {
        for (own, after, others, expected) in [
            ("10", "105", &[][..], Movement::AsKnown),
            ("10", "105.0000000001", &[], Movement::AsKnown),
            ("10", "115", &[], Movement::AsIfBooked),
            ("-10", "95", &[], Movement::AsIfBooked),
            ("10", "106", &[], Movement::Otherwise),
            ("10", "130", &[], Movement::Otherwise),
            // The other one shows in the history.
            ("10", "108", &[(11, "3")], Movement::AsKnown),
            ("10", "118", &[(11, "3")], Movement::AsIfBooked),
            // The other one does not, as this one.
            ("10", "105", &[(12, "3")], Movement::AsKnown),
            ("10", "118", &[(12, "3")], Movement::AsIfBooked),
            // One in and one out leave the balance as it was.
            ("10", "105", &[(12, "-10")], Movement::NotKnown),
            ("10", "105", &[(12, "-4"), (13, "3"), (14, "-6")], Movement::NotKnown),
            // These can't, whichever of them are booked.
            ("10", "105", &[(12, "-3")], Movement::AsKnown),
            ("10", "105", &[(12, "-4"), (13, "3"), (14, "-5")], Movement::AsKnown),
            ("10", "112", &[(12, "-3")], Movement::NotKnown),
            ("0.00", "105", &[], Movement::NotKnown),
        ] {
            assert_eq!(movement(own, after, others), expected, "{own} {after} {others:?}");
        }
    }

    #[test]
    fn what_was_not_read_before_says_nothing() {
        let unread = CustomerBookings { booked: Some(Money::ZERO), ..CustomerBookings::default() };
        assert_eq!(unread.movement(money("1"), money("5"), &[]), Movement::NotKnown);
        assert!(!unread.is_known() && unread.fits(money("5")).is_none());
    }
}
