//! Balances before and after a run: is the difference what was booked?

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

#[cfg(test)]
mod tests {
    use super::difference;
    use crate::validating::Money;

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
