//! The amount of a booking: money to the smallest unit, and not nothing unless that is meant.

use super::money;
use super::value_error::ValueError;

/// What the smallest unit is: a hundredth.
const DECIMALS: usize = 2;

/// Appends the amount to `out` in the API's form. Zeros beyond the smallest unit say nothing, and are left out.
pub(super) fn normalise(text: &str, allow_zero: bool, out: &mut String) -> Result<(), ValueError> {
    let start = out.len();
    money::normalise(text, out)?;
    if let Some(point) = out[start..].find('.') {
        let end = start + point + 1 + DECIMALS;
        if out.len() > end {
            if out[end..].bytes().any(|b| b != b'0') {
                return Err(ValueError::TooFine);
            }
            out.truncate(end);
        }
    }
    if !allow_zero && out[start..].bytes().all(|b| matches!(b, b'0' | b'.')) {
        return Err(ValueError::ZeroAmount);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::normalise;
    use crate::validating::ValueError;

    fn read(text: &str, allow_zero: bool) -> Result<String, ValueError> {
        let mut out = "before 0.000".to_owned();
        let length = out.len();
        normalise(text, allow_zero, &mut out).map(|()| out.split_off(length))
    }

    #[test]
    fn an_amount_has_no_more_decimals_than_the_smallest_unit() {
        for (written, meant) in [
            ("33,33", "33.33"),
            ("12.3400", "12.34"),
            ("-0,10", "-0.10"),
            ("5", "5"),
            ("0.010", "0.01"),
            ("7.5", "7.5"),
        ] {
            assert_eq!(read(written, false), Ok(meant.to_owned()), "{written}");
        }
        for fine in ["33,3333333333", "1234.565", "0.001", "-0,125", "12.3401"] {
            assert_eq!(read(fine, true), Err(ValueError::TooFine), "{fine}");
        }
    }

    #[test]
    fn a_booking_of_nothing_must_be_meant() {
        for (zero, sent) in [("0", "0"), ("0,00", "0.00"), ("-0.0", "0.0"), ("0.000", "0.00")] {
            assert_eq!(read(zero, false), Err(ValueError::ZeroAmount), "{zero}");
            assert_eq!(read(zero, true), Ok(sent.to_owned()), "{zero}");
        }
    }
}
