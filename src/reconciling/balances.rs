//! Balances before and after a run: is the difference what was booked, and if not, whose doing is it?

use crate::reading::RowNumber;
use crate::validating::Money;

/// An amount with more decimals than this is none that anybody wrote: it is what binary arithmetic left of one.
const MOST_DECIMALS: u32 = 4;
/// Money has at least these.
const LEAST_DECIMALS: u32 = 2;

/// By how much the balance afterwards differs from the balance before plus what was booked; none if they agree. What
/// is below the smallest unit that these amounts show is a residue of binary arithmetic, and no difference.
pub fn difference(before: Money, after: Money, booked: Money) -> Option<Money> {
    let decimals = [before, after, booked].map(Money::decimals).into_iter();
    let unit = decimals.filter(|decimals| *decimals <= MOST_DECIMALS).fold(LEAST_DECIMALS, u32::max);
    let difference = before.plus(booked).and_then(|expected| after.minus(expected));
    // Beyond what a decimal holds the sum is not known, and certainly not what the server has.
    let difference = difference.map_or(after, |difference| difference.rounded(unit));
    (difference != Money::ZERO).then_some(difference)
}

/// A booking of the run, and what the customer's history shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnBooking {
    pub row: RowNumber,
    pub amount: Money,
    /// Whether it is known to have been applied; if not, that is in doubt.
    pub is_ok: bool,
    /// In how many entries its tag is.
    pub seen: u64,
}

/// What a difference is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// Bookings that are there more than once, and how often.
    pub doubled: Vec<(RowNumber, u64)>,
    /// Bookings that were answered with OK and are not there.
    pub lost: Vec<RowNumber>,
    /// Bookings that the history does not show, although the balance does not tell that they are missing.
    pub unseen: Vec<RowNumber>,
    /// What is left of the difference; none where the run's own bookings make all of it.
    pub others: Option<Money>,
}

/// Explains by how much a balance differs from what the rows that are ok have booked.
pub fn explain(difference: Money, own: &[OwnBooking]) -> Explanation {
    let sum = |mut amounts: Box<dyn Iterator<Item = Option<Money>> + '_>| {
        amounts.try_fold(Money::ZERO, |sum, amount| sum.plus(amount?))
    };
    let seen = |booking: &OwnBooking| {
        let expected = u64::from(booking.is_ok && booking.seen > 0);
        (expected..booking.seen).try_fold(Money::ZERO, |sum, _| sum.plus(booking.amount))
    };
    let doubled = own.iter().filter(|booking| booking.seen > 1).map(|booking| (booking.row, booking.seen));
    let missing: Vec<&OwnBooking> = own.iter().filter(|booking| booking.is_ok && booking.seen == 0).collect();
    let rest = sum(Box::new(own.iter().map(seen))).and_then(|surplus| difference.minus(surplus));
    let gone = sum(Box::new(missing.iter().map(|booking| Some(booking.amount))));
    let is_lost = !missing.is_empty() && rest.is_some() && rest == gone.map(Money::negated);
    let rows = missing.iter().map(|booking| booking.row).collect();
    let (lost, unseen) = if is_lost { (rows, Vec::new()) } else { (Vec::new(), rows) };
    let others = if is_lost { None } else { rest.filter(|rest| *rest != Money::ZERO) };
    Explanation { doubled: doubled.collect(), lost, unseen, others }
}

#[cfg(test)]
mod tests {
    use super::{Explanation, OwnBooking, difference, explain};
    use crate::reading::RowNumber;
    use crate::validating::Money;

    /// Rows of 5.00, 7.00 and so on, by whether they are ok and how often they are seen.
    fn explained(difference: &str, own: &[(bool, u64)]) -> Explanation {
        let amounts = ["5.00", "7.00", "11.00"].map(|text| Money::written_by_server(text).expect("money"));
        let own: Vec<OwnBooking> = (0_u64..)
            .zip(amounts.into_iter().zip(own))
            .map(|(row, (amount, (is_ok, seen)))| OwnBooking {
                row: RowNumber(row),
                amount,
                is_ok: *is_ok,
                seen: *seen,
            })
            .collect();
        explain(Money::written_by_server(difference).expect("money"), &own)
    }

    #[test]
    fn a_history_tells_whose_doing_a_difference_is() {
        let row = RowNumber;
        let others = |amount| Money::written_by_server(amount);
        let none = Explanation::default();
        for (difference, own, expected) in [
            // A double; a double and somebody else; two doubles.
            ("5", vec![(true, 2), (true, 1)], Explanation { doubled: vec![(row(0), 2)], ..none.clone() }),
            (
                "4",
                vec![(true, 2)],
                Explanation { doubled: vec![(row(0), 2)], others: others("-1"), ..none.clone() },
            ),
            (
                "19",
                vec![(true, 2), (true, 3)],
                Explanation { doubled: vec![(row(0), 2), (row(1), 3)], ..none.clone() },
            ),
            // Lost; lost beside a double; not seen, and the balance says something else.
            ("-7", vec![(true, 1), (true, 0)], Explanation { lost: vec![row(1)], ..none.clone() }),
            (
                "-2",
                vec![(true, 2), (true, 0)],
                Explanation { doubled: vec![(row(0), 2)], lost: vec![row(1)], ..none.clone() },
            ),
            ("1", vec![(true, 0)], Explanation { unseen: vec![row(0)], others: others("1"), ..none.clone() }),
            // Ours are all there once: it was somebody else.
            ("-0.01", vec![(true, 1), (true, 1)], Explanation { others: others("-0.01"), ..none.clone() }),
            // A row in doubt that is there is what is too much, and one that is not there changes nothing.
            ("7", vec![(true, 1), (false, 1)], none.clone()),
            ("-1", vec![(true, 1), (false, 0)], Explanation { others: others("-1"), ..none.clone() }),
        ] {
            assert_eq!(explained(difference, &own), expected, "{difference} {own:?}");
        }
    }

    fn differs(before: &str, after: &str, booked: &str) -> Option<String> {
        let money = |text| Money::written_by_server(text).expect("money");
        difference(money(before), money(after), money(booked)).map(|d| d.to_string())
    }

    #[test]
    fn a_difference_is_told_to_the_last_kopeck() {
        assert_eq!(differs("0.10", "0.30", "0.20"), None);
        assert_eq!(differs("10", "-5.50", "-15.5"), None);
        assert_eq!(differs("10", "41.00", "15.5").as_deref(), Some("15.50"));
        assert_eq!(differs("10", "10", "0.01").as_deref(), Some("-0.01"));
        assert_eq!(differs("10", "10.005", "0.0050"), None);
        assert_eq!(differs("10", "10.005", "0").as_deref(), Some("0.005"));
        assert!(differs("79228162514264337593543950335", "1", "1").is_some());
    }

    #[test]
    fn what_binary_arithmetic_leaves_is_no_difference() {
        for (before, after, booked) in [
            ("12.340000001", "22.34", "10"),
            ("12.34", "22.339999999999996", "10"),
            ("12.340000152587891", "12.329999923706055", "-0.01"),
            ("-0.000000000000113686837", "5", "5"),
            ("0.3000000000000000444", "0.1", "-0.2"),
        ] {
            assert_eq!(differs(before, after, booked), None, "{before} {after} {booked}");
        }
        assert_eq!(differs("12.340000001", "22.35", "10").as_deref(), Some("0.01"));
    }
}
