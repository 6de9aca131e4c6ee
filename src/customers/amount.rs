//! Amounts as servers write them, and as tables hold them: digits with a decimal point, none of them lost.

use std::borrow::Cow;

use html_escape::decode_html_entities;
use serde_json::Value;

use crate::validating::Money;

/// Digits with a point among them, and a sign before them.
pub fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}

/// The amount with a decimal point, digit for digit where it has one already; none where it is not an amount.
pub fn plain(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if is_plain(text) {
        return Some(Cow::Borrowed(text));
    }
    Money::written_by_server(text).map(|money| Cow::Owned(money.to_string()))
}

/// The amount, to be added up or compared. A binary residue such as 0.0000000000001136 has more decimals than a decimal
/// holds; the last of them are cut off.
pub fn summand(text: &str) -> Option<Money> {
    const DIGITS: usize = 28;
    Money::written_by_server(text).or_else(|| {
        let (whole, fraction) = text.trim().split_once('.').filter(|_| is_plain(text.trim()))?;
        let kept = DIGITS.checked_sub(whole.trim_start_matches('-').len())?;
        Money::written_by_server(&format!("{whole}.{}", fraction.get(..kept)?))
    })
}

/// A number of JSON without its exponent: `1e3` is `1000`, `-1.5e-7` is `-0.00000015`. What would be longer than
/// anybody reads stays as it is.
pub fn without_exponent(number: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    let shifted = || {
        let (mantissa, exponent) = number.split_once(['e', 'E'])?;
        let exponent: i32 = exponent.trim_start_matches('+').parse().ok()?;
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
        if point.unsigned_abs() as usize > LONGEST || all.len() > LONGEST {
            return None;
        }
        let plain = if point <= 0 {
            format!("0.{}{all}", "0".repeat(point.unsigned_abs() as usize))
        } else {
            let point = point.unsigned_abs() as usize;
            let padded = format!("{all:0<point$}");
            let (whole, fraction) = padded.split_at(point);
            let whole = whole.trim_start_matches('0');
            let whole = if whole.is_empty() { "0" } else { whole };
            if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
        };
        Some(format!("{sign}{plain}"))
    };
    shifted().map_or(Cow::Borrowed(number), Cow::Owned)
}

/// An amount as a number or as text. A number with a point went through binary on its way out of the JSON;
/// its shortest notation is what the server wrote as long as it has no more than 15 digits, so that one with
/// more is not taken for an amount.
pub(super) fn exact(value: &Value) -> Option<Money> {
    const EXACT: usize = 15;
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            (digits <= EXACT || !number.is_f64()).then(|| Money::written_by_server(&text))?
        }
        Value::String(text) => Money::written_by_server(&decoded(text)),
        _ => None,
    }
}

/// A text without HTML's escapes, which are taken off once.
pub(super) fn decoded(text: &str) -> String {
    decode_html_entities(text).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{plain, summand, without_exponent};

    #[test]
    fn amounts_keep_their_digits() {
        for (from, to) in [
            ("-15.40", Some("-15.40")),
            ("0012.50", Some("0012.50")),
            ("12,50", Some("12.50")),
            ("1 234,56", Some("1234.56")),
            ("1,234.56", Some("1234.56")),
            ("+5.00", Some("5.00")),
            ("much", None),
            ("", None),
        ] {
            assert_eq!(plain(from).as_deref(), to, "{from}");
        }
    }

    #[test]
    fn exponents_are_written_out() {
        for (from, to) in [
            ("1e3", "1000"),
            ("1e+3", "1000"),
            ("1.5E2", "150"),
            ("-1.25e1", "-12.5"),
            ("-1.1368683772161603e-13", "-0.00000000000011368683772161603"),
            ("0.05e2", "5"),
            ("1.5e-1", "0.15"),
            ("15.40", "15.40"),
            ("1e999999999999", "1e999999999999"),
            ("1e400", "1e400"),
        ] {
            assert_eq!(without_exponent(from), to, "{from}");
        }
    }

    #[test]
    fn a_residue_is_added_up_too() {
        let sum = summand("-0.00000000000011368683772161603").map(|sum| sum.to_string());
        assert_eq!(sum.as_deref(), Some("-0.000000000000113686837721616"));
        assert_eq!(summand("much"), None);
    }

    proptest! {
        #[test]
        fn an_exponent_changes_no_value(mantissa in "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,6})?", exponent in -20..20_i32) {
            let text = format!("{mantissa}e{exponent}");
            let value: f64 = text.parse().expect("a number");
            let plain: f64 = without_exponent(&text).parse().expect("a number");
            prop_assert_eq!(value, plain);
        }
    }
}
