//! Amounts of money: decimal, never binary floating point.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

use super::money_form::{MoneyForm, is_space};

/// So many digits before the point are exact in any amount.
const MOST_DIGITS: usize = 18;

/// An amount of money, exact to the last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Money(Decimal);

impl Money {
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The sum, or none if it has more than 28 digits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or none if it has more than 28 digits.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The amount with the opposite sign and the same digits; it undoes a booking.
    #[must_use]
    pub fn negated(self) -> Self {
        if self.0.is_zero() { self } else { Self(-self.0) }
    }

    /// The amount without its sign.
    #[must_use]
    pub fn magnitude(self) -> Self {
        Self(self.0.abs())
    }

    /// How many decimals it has, zeros at its end aside.
    pub fn decimals(self) -> u32 {
        self.0.normalize().scale()
    }

    /// The amount with at most so many decimals, halves away from zero.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        Self(self.0.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero))
    }

    /// Reads an amount that a server wrote. There a point is always a decimal point, so `1.234`, which is
    /// ambiguous in a person's table, is not ambiguous here; everything else is read as in a table.
    pub fn written_by_server(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if are_digits(whole) && are_digits(fraction) {
            return Decimal::from_str_exact(text).ok().map(Self);
        }
        text.parse().ok()
    }

    /// An amount as [`Money`] is written, from a text that [`Money::written_by_server`] reads. Most texts are that already.
    pub(super) fn plain(text: &str) -> Option<Cow<'_, str>> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_plain = digits.split_once('.').is_some_and(|(whole, cents)| {
            let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            let is_short = matches!(whole.as_bytes(), [b'1'..=b'9', ..]) && whole.len() <= MOST_DIGITS;
            is_short && cents.len() == 2 && are_digits(whole) && are_digits(cents)
        });
        if is_plain {
            return Some(Cow::Borrowed(text));
        }
        Some(Cow::Owned(Self::written_by_server(text)?.to_string()))
    }

    /// Whether the amount takes money off.
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }
}

/// At least two decimals, so that sums of money look like money; more where there are more.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shortest = self.0.normalize();
        write!(f, "{:.*}", shortest.scale().max(2) as usize, shortest)
    }
}

/// The text is not an amount, or it is ambiguous.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    /// One group of three digits after a single point or comma.
    #[error(
        "ambiguous: it could be {thousands} or {fraction}; write the one you mean with two decimals, such as {thousands}.00"
    )]
    TwoWays {
        /// Read with a separator of thousands.
        thousands: String,
        /// Read with a decimal separator.
        fraction: String,
    },
    /// Not an amount.
    #[error("not a valid amount of money; write it like 1234.56, -15.40 or 1 234,56")]
    NoAmount,
    /// An amount in a form that is not taken.
    #[error(transparent)]
    Form(MoneyForm),
    /// More digits than any balance has.
    #[error("has too many digits for an amount of money")]
    TooLong,
}

impl FromStr for Money {
    type Err = ParseMoneyError;

    /// Reads what spreadsheets and billing systems write: a point or comma before the decimals, thousands
    /// separated by spaces, no-break spaces, or the other of point and comma. Ambiguous text is refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut plain = String::with_capacity(text.len());
        normalise(text.trim(), &mut plain)?;
        Decimal::from_str_exact(&plain).map(Self).map_err(|_| ParseMoneyError::TooLong)
    }
}

/// Appends the amount to `out` in the API's form: sign, digits, point, digits.
pub(super) fn normalise(text: &str, out: &mut String) -> Result<(), ParseMoneyError> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start_matches(is_space)),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let start = out.len();
    if negative {
        out.push('-');
    }
    let from = out.len();
    if let Err(error) = number(digits, out) {
        out.truncate(start);
        return Err(match MoneyForm::of(text) {
            Some(form) if error == ParseMoneyError::NoAmount => ParseMoneyError::Form(form),
            _ => error,
        });
    }
    if out[from..].len() > 29 {
        out.truncate(start);
        return Err(ParseMoneyError::TooLong);
    }
    if negative && out[from..].bytes().all(|b| matches!(b, b'0' | b'.')) {
        out.remove(start);
    }
    Ok(())
}

fn number(text: &str, out: &mut String) -> Result<(), ParseMoneyError> {
    let separators = text.bytes().filter(|b| matches!(b, b'.' | b',')).count();
    let Some(last) = text.rfind(['.', ',']) else { return whole(text, None, out) };
    let (before, after) = (&text[..last], &text[last + 1..]);
    let decimal = text.as_bytes()[last];
    let same = text.bytes().filter(|b| *b == decimal).count();
    if separators == same && same > 1 {
        return whole(text, Some(char::from(decimal)), out);
    }
    let is_group = after.len() == 3 && after.bytes().all(|b| b.is_ascii_digit());
    if separators == 1 && is_group && reads_as_thousands(before) {
        return Err(ParseMoneyError::TwoWays {
            thousands: format!("{before}{after}"),
            fraction: format!("{before}.{after}"),
        });
    }
    let other = if decimal == b'.' { ',' } else { '.' };
    if same != 1 || after.is_empty() || !after.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseMoneyError::NoAmount);
    }
    if before.is_empty() {
        out.push('0');
    } else {
        whole(before, (separators > 1).then_some(other), out)?;
    }
    out.push('.');
    out.push_str(after);
    Ok(())
}

/// `0.125` and `1234.567` can only be fractions: in the latter the thousands would be separated too.
fn reads_as_thousands(before: &str) -> bool {
    matches!(before.len(), 1..=3) && !before.starts_with('0') && before.bytes().all(|b| b.is_ascii_digit())
}

/// Digits, in groups of three where they are separated: by `separator`, or else by spaces of any kind.
fn whole(text: &str, separator: Option<char>, out: &mut String) -> Result<(), ParseMoneyError> {
    let mut groups = text.split(|c| separator.map_or_else(|| is_space(c), |s| c == s));
    let first = groups.next().unwrap_or_default();
    push_digits(first, out)?;
    for group in groups {
        if group.len() != 3 || first.len() > 3 {
            return Err(ParseMoneyError::NoAmount);
        }
        push_digits(group, out)?;
    }
    Ok(())
}

fn push_digits(digits: &str, out: &mut String) -> Result<(), ParseMoneyError> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseMoneyError::NoAmount);
    }
    out.push_str(digits);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Money, ParseMoneyError};
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, ParseMoneyError> {
        let mut out = String::new();
        super::normalise(text, &mut out).map(|()| out)
    }

    #[test]
    fn what_spreadsheets_and_billings_write_is_read() {
        for (written, meant) in [
            ("1234.56", "1234.56"),
            ("1 234,56", "1234.56"),
            ("1\u{A0}234,56", "1234.56"),
            ("1\u{202F}234\u{202F}567,8", "1234567.8"),
            ("1,234.56", "1234.56"),
            ("1.234,56", "1234.56"),
            ("1,234,567", "1234567"),
            ("-15.40", "-15.40"),
            ("\u{2212}15,4", "-15.4"),
            ("+15", "15"),
            ("0,125", "0.125"),
            ("1 234,567", "1234.567"),
            ("1234,567", "1234.567"),
            (",5", "0.5"),
            ("-0", "0"),
            ("-0.00", "0.00"),
        ] {
            assert_eq!(read(written), Ok(meant.to_owned()), "{written}");
        }
    }

    #[test]
    fn what_reads_two_ways_is_refused() {
        for text in ["1,234", "1.234", "-12,500", "999.999"] {
            assert!(matches!(read(text), Err(ParseMoneyError::TwoWays { .. })), "{text}");
        }
        assert!(matches!(read("15,40-"), Err(ParseMoneyError::Form(_))));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "-",
            "12,",
            "1e3",
            "0x1",
            "12 34",
            "1 2345",
            "1.2.3",
            "1,23,456",
            "15 грн",
            "(15)",
            "--1",
            "1,2,3.4",
            "١٢",
            "NaN",
            "1 234 ",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read(&"9".repeat(40)), Err(ParseMoneyError::TooLong));
    }

    #[test]
    fn a_servers_point_is_a_decimal_point() {
        let read = |text: &str| Money::written_by_server(text).map(|money| money.to_string());
        for (written, meant) in [
            ("1.234", "1.234"),
            ("-15.40", "-15.40"),
            ("+10.5000", "10.50"),
            (" 10 ", "10.00"),
            ("1,234.00", "1234.00"),
            ("1 234,50", "1234.50"),
            ("-0.00", "0.00"),
        ] {
            assert_eq!(read(written).as_deref(), Some(meant), "{written}");
        }
        for text in ["", "-", ".", "1,234", "1e3", "ten", "1_000", "1.", &"9".repeat(40)] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_other_way_round_keeps_every_digit() {
        let money = |text: &str| Money::written_by_server(text).expect("money");
        assert_eq!(money("12345678901234567890.123456").negated(), money("-12345678901234567890.123456"));
        assert_eq!(money("-0.01").negated(), money("0.01"));
        assert_eq!(money("0").negated().to_string(), "0.00");
        assert_eq!(money("-3").magnitude(), money("3"));
    }

    #[test]
    fn sums_are_exact() {
        let sum = (0..1000).try_fold(Money::ZERO, |sum, _| sum.plus("0.1".parse().expect("money")));
        assert_eq!(sum.map(|s| s.to_string()), Some("100.00".to_owned()));
    }

    proptest! {
        #[test]
        fn any_text_is_an_amount_or_an_error(text in "\\PC{0,20}") {
            let _ = read(&text);
        }

        /// However an amount is written, the same one is read.
        #[test]
        fn an_amount_survives_its_notation(units in -99_999_999_i64..99_999_999, cents in 0_u8..100) {
            let grouped = |separator: &str| {
                let digits = units.abs().to_string();
                let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|g| String::from_utf8_lossy(g).into_owned()).collect();
                format!("{}{}", if units < 0 { "-" } else { "" }, groups.join(separator))
            };
            let plain: Money = format!("{units}.{cents:02}").parse().expect("money");
            for written in [format!("{},{cents:02}", grouped(" ")), format!("{}.{cents:02}", grouped(",")), format!("{},{cents:02}", grouped("."))] {
                prop_assert_eq!(written.parse::<Money>(), Ok(plain), "{}", written);
            }
        }
    }
}
