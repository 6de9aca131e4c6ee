//! Balances before and after a run: is the difference what was booked?

use crate::validating::Money;

/// By how much the balance afterwards differs from the balance before plus what was booked; none if they agree.
pub fn difference(before: Money, after: Money, booked: Money) -> Option<Money> {
    let expected = before.plus(booked);
    if expected == Some(after) {
        return None;
    }
    // Beyond what a decimal holds the sum is not known, and certainly not what the server has.
    Some(expected.and_then(|expected| after.minus(expected)).unwrap_or(after))
}

#[cfg(test)]
mod tests {
    use super::difference;
    use crate::validating::Money;

    fn money(text: &str) -> Money {
        text.parse().expect("money")
    }

    #[test]
    fn a_difference_is_told_to_the_last_kopeck() {
        let differs = |before: &str, after: &str, booked: &str| {
            difference(money(before), money(after), money(booked)).map(|d| d.to_string())
        };
        assert_eq!(differs("0.10", "0.30", "0.20"), None);
        assert_eq!(differs("10", "-5.50", "-15.5"), None);
        assert_eq!(differs("10", "41.00", "15.5").as_deref(), Some("15.50"));
        assert_eq!(differs("10", "10", "0.01").as_deref(), Some("-0.01"));
        let most = "79228162514264337593543950335";
        assert!(difference(Money::written_by_server(most).expect("money"), money("1"), money("1")).is_some());
    }
}
