//! What a person saw of a number: its digits where the format shows all of them, what the format makes of it where
//! that is text, or a flaw.

use super::cell::SheetCell;
use super::format_tokens::{FormatPart, Token};
use super::number_format::{NumberFormat, SignedBy};
use super::shown_moment::{DateSystem, moment};
use crate::reading::flaw::FlawKind;
use crate::reading::row::CellType;

/// From here on a double no longer holds every digit that was written.
const EXACT: f64 = 1e15;

/// What a person saw of a number.
pub(super) fn shown(number: f64, format: &NumberFormat, dates: DateSystem) -> SheetCell {
    if !number.is_finite() {
        return SheetCell::flawed(number.to_string(), FlawKind::NoNumber);
    }
    let plain = decimal(number);
    if format.is_general() {
        return of_digits(number, plain);
    }
    let Some((section, signed)) = format.section(number) else {
        return SheetCell::flawed(plain, FlawKind::OtherDigits);
    };
    if section.is_moment() {
        return moment(number, section, dates).unwrap_or_else(|flaw| SheetCell {
            flaw: Some(flaw),
            cell_type: CellType::Date,
            text: plain,
        });
    }
    by_section(number, section, signed)
        .map_or_else(|| SheetCell::flawed(plain, FlawKind::OtherDigits), |cell| checked(number, cell))
}

fn of_digits(number: f64, plain: String) -> SheetCell {
    checked(number, SheetCell::number(plain))
}

fn checked(number: f64, cell: SheetCell) -> SheetCell {
    let flaw = if number.abs() >= EXACT { Some(FlawKind::LongNumber) } else { cell.flaw };
    SheetCell { flaw, ..cell }
}

/// A workbook stores 0.1 + 0.2 as 0.30000000000000004 and shows 0.3: what a person saw is what they meant.
pub(super) fn decimal(number: f64) -> String {
    /// The number of digits that a spreadsheet shows.
    const SIGNIFICANT: i32 = 15;
    if number == 0.0 || !number.is_finite() {
        return "0".to_owned();
    }
    let magnitude = number.abs().log10().floor();
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a finite double lies within ±324")]
    let decimals = (SIGNIFICANT - 1 - magnitude as i32).clamp(0, 300);
    let text = format!("{number:.*}", usize::try_from(decimals).unwrap_or(0));
    if text.contains('.') {
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "-0" { "0".to_owned() } else { text.to_owned() }
    } else {
        text
    }
}

/// A number by its format; none where that shows other digits than the number has.
fn by_section(number: f64, section: &FormatPart, signed: SignedBy) -> Option<SheetCell> {
    let layout = Layout::of(section)?;
    let plain = decimal(number);
    let magnitude = plain.strip_prefix('-').unwrap_or(&plain);
    let Layout { digits, prefix, suffix, .. } = &layout;
    match digits {
        Digits::None => return shows_nothing(number, prefix),
        Digits::Places(places) if number == 0.0 && places.hides_zero() => {
            return shows_nothing(number, prefix);
        }
        Digits::Fraction if magnitude.contains('.') => return None,
        Digits::Scientific(most) if significant(magnitude) > *most => return None,
        _ => {}
    }
    let (prefix, suffix) = unsigned(number < 0.0, prefix, suffix, section.has_colour, signed)?;
    let words = format!("{prefix}{suffix}");
    let Digits::Places(places) = digits else {
        return words_kind(&words, || None, plain.clone());
    };
    if places.divides && number != 0.0 {
        return None;
    }
    let shifted = shift(magnitude, places.percents * 2);
    let (whole, fraction) = shifted.split_once('.').unwrap_or((&shifted, ""));
    if fraction.len() > places.decimals {
        return None;
    }
    let fraction = format!("{fraction:0<least$}", least = places.least_decimals);
    let padded = format!("{whole:0>least$}", least = places.least_whole);
    let sign = if number < 0.0 { "-" } else { "" };
    let as_shown = || {
        let minus = if signed == SignedBy::Number { sign } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        let percents = "%".repeat(places.percents);
        let text = format!("{minus}{prefix}{}{point}{fraction}{percents}{suffix}", places.spread(&padded));
        (number >= 0.0 || signed == SignedBy::Number).then(|| SheetCell::text(text.trim()))
    };
    if places.percents > 0 || places.has_inner_words() || padded.len() > whole.len() {
        return as_shown();
    }
    // A whole number needs no decimals, a price keeps those that are shown.
    let has_fraction = fraction.bytes().any(|b| b != b'0');
    let text = if has_fraction { format!("{sign}{whole}.{fraction}") } else { format!("{sign}{whole}") };
    words_kind(&words, as_shown, text)
}

/// A dash for nothing is what accountants see; a number that is not shown at all is none.
fn shows_nothing(number: f64, prefix: &str) -> Option<SheetCell> {
    let before = prefix.trim().strip_suffix(['-', '\u{2013}', '\u{2014}'])?;
    let is_dash = before.trim().is_empty() || is_currency(before);
    (number == 0.0 && is_dash).then(|| amount("0".to_owned()))
}

/// A number beside words: none make a number, a currency makes an amount, others make text.
fn words_kind(words: &str, as_shown: impl FnOnce() -> Option<SheetCell>, text: String) -> Option<SheetCell> {
    let words = words.trim();
    if words.is_empty() {
        return Some(SheetCell::number(text));
    }
    if is_currency(words) { Some(amount(text)) } else { as_shown() }
}

fn amount(text: String) -> SheetCell {
    SheetCell { text, cell_type: CellType::Amount, flaw: None }
}

/// What is written beside amounts in the countries where the program is used.
pub(super) fn is_currency(words: &str) -> bool {
    const KNOWN: [&str; 22] = [
        "грн",
        "₴",
        "uah",
        "гривень",
        "гривні",
        "гривна",
        "гривен",
        "$",
        "usd",
        "us$",
        "€",
        "eur",
        "евро",
        "євро",
        "руб",
        "р",
        "₽",
        "rub",
        "zł",
        "pln",
        "₸",
        "тг",
    ];
    let lower = words.trim().to_lowercase();
    KNOWN.contains(&lower.trim_end_matches('.'))
}

/// Takes off what shows the sign; none where nothing shows that a number is negative, or something shows it of one
/// that is not.
fn unsigned<'a>(
    is_negative: bool,
    prefix: &'a str,
    suffix: &'a str,
    has_colour: bool,
    signed: SignedBy,
) -> Option<(&'a str, &'a str)> {
    if let Some(rest) = prefix.trim_start().strip_prefix('+') {
        // A plus before the words of a telephone number is a part of it.
        return (!is_negative).then_some((if rest.trim().is_empty() { "" } else { prefix }, suffix));
    }
    if signed == SignedBy::Number {
        let shows_minus = prefix.trim_start().starts_with(['-', '\u{2212}']);
        return (!shows_minus).then_some((prefix, suffix));
    }
    let (start, end) = (prefix.trim(), suffix.trim());
    if let (Some(start), Some(end)) = (start.strip_prefix('('), end.strip_suffix(')')) {
        return Some((start, end));
    }
    // `$(1.00)` has the sign between the currency and the digits.
    if let (Some(start), Some(end)) = (start.strip_suffix('('), end.strip_suffix(')')) {
        return Some((start, end));
    }
    let minus = ['-', '\u{2212}'];
    if let Some(rest) = start.strip_prefix(minus).or_else(|| start.strip_suffix(minus)) {
        return Some((rest, suffix));
    }
    has_colour.then_some((prefix, suffix))
}

/// The number of digits that count.
fn significant(magnitude: &str) -> usize {
    let digits = magnitude.trim_start_matches(['0', '.']);
    let digits = if magnitude.contains('.') { digits } else { digits.trim_end_matches('0') };
    digits.bytes().filter(u8::is_ascii_digit).count()
}

/// Moves the point to the right.
pub(super) fn shift(magnitude: &str, places: usize) -> String {
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let fraction = format!("{fraction:0<places$}");
    let (moved, rest) = fraction.split_at(places);
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
}

/// What stands where in a part of a format.
struct Layout {
    prefix: String,
    suffix: String,
    digits: Digits,
}

enum Digits {
    /// Words alone.
    None,
    /// As the format General shows them.
    General,
    Fraction,
    /// So many digits and an exponent.
    Scientific(usize),
    Places(Places),
}

/// The places of digits.
#[derive(Default)]
struct Places {
    /// From left to right, with the words between them.
    whole: Vec<Token>,
    least_whole: usize,
    decimals: usize,
    least_decimals: usize,
    percents: usize,
    /// Whether thousands are left out.
    divides: bool,
}

impl Places {
    fn hides_zero(&self) -> bool {
        self.least_whole == 0 && self.least_decimals == 0
    }

    fn has_inner_words(&self) -> bool {
        self.whole.iter().any(|token| matches!(token, Token::Literal(text) if !text.trim().is_empty()))
    }

    /// The digits at their places: the last at the last, those without one before the first.
    fn spread(&self, digits: &str) -> String {
        let mut rest: Vec<char> = digits.chars().collect();
        let mut shown: Vec<char> = Vec::new();
        for token in self.whole.iter().rev() {
            match token {
                Token::Literal(text) => shown.extend(text.chars().rev()),
                _ => shown.extend(rest.pop()),
            }
        }
        shown.extend(rest.into_iter().rev());
        shown.into_iter().rev().collect()
    }
}

impl Layout {
    /// None where it shows what cannot be told.
    fn of(section: &FormatPart) -> Option<Self> {
        let tokens = &section.tokens;
        let is_digit = |token: &Token| matches!(token, Token::Digit(_) | Token::General | Token::Text);
        if tokens.contains(&Token::Foreign) {
            return None;
        }
        let words = |tokens: &[Token]| -> String {
            tokens
                .iter()
                .filter_map(|t| if let Token::Literal(text) = t { Some(text.as_str()) } else { None })
                .collect()
        };
        let Some(first) = tokens.iter().position(is_digit) else {
            return Some(Self { prefix: words(tokens), suffix: String::new(), digits: Digits::None });
        };
        let last = tokens.iter().rposition(is_digit).unwrap_or(first);
        let (before, inner, after) = (&tokens[..first], &tokens[first..=last], &tokens[last + 1..]);
        let (prefix, suffix) = (words(before), words(after));
        let count = |tokens: &[Token]| tokens.iter().filter(|t| matches!(t, Token::Digit(_))).count();
        let digits = if inner.iter().any(|token| matches!(token, Token::General | Token::Text)) {
            Digits::General
        } else if tokens.contains(&Token::Slash) {
            Digits::Fraction
        } else if let Some(exponent) = inner.iter().position(|token| *token == Token::Exponent) {
            Digits::Scientific(count(&inner[..exponent]))
        } else {
            Digits::Places(places(tokens, inner, after))
        };
        // A point before the first digit belongs to the digits.
        if matches!(digits, Digits::Places(_)) && before.contains(&Token::Point) {
            return None;
        }
        Some(Self { prefix, suffix, digits })
    }
}

fn places(all: &[Token], inner: &[Token], after: &[Token]) -> Places {
    let point = inner.iter().position(|token| *token == Token::Point);
    let (whole, fraction) = inner.split_at(point.unwrap_or(inner.len()));
    let least = |digits: &[char], from_right: bool| {
        let zero = if from_right {
            digits.iter().position(|c| *c == '0')
        } else {
            digits.iter().rposition(|c| *c == '0')
        };
        zero.map_or(0, |place| if from_right { digits.len() - place } else { place + 1 })
    };
    let signs = |tokens: &[Token]| -> Vec<char> {
        tokens.iter().filter_map(|t| if let Token::Digit(sign) = t { Some(*sign) } else { None }).collect()
    };
    let (whole_signs, fraction_signs) = (signs(whole), signs(fraction));
    // A comma after the last digit before the point, or after the last digit of all, leaves out thousands.
    let ends_with_comma = whole.last() == Some(&Token::Comma);
    let divides = ends_with_comma
        || after.iter().take_while(|token| !matches!(token, Token::Literal(_))).any(|t| *t == Token::Comma);
    Places {
        least_whole: least(&whole_signs, true),
        decimals: fraction_signs.len(),
        least_decimals: least(&fraction_signs, false),
        percents: all.iter().filter(|token| **token == Token::Percent).count(),
        divides,
        whole: whole.iter().filter(|t| !t.is_blank() && **t != Token::Comma).cloned().collect(),
    }
}
