//! A cell of an OpenDocument spreadsheet. It holds both its value and what is shown of it, so no format is needed to
//! compare the two.

use quick_xml::events::BytesStart;

use super::cell::SheetCell;
use super::fault::WorkbookFault;
use super::shown_number::{decimal, is_currency, shift};
use super::xml::Attributes;
use crate::reading::flaw::FlawKind;
use crate::reading::row::CellType;

/// A cell as it is written.
#[derive(Debug, Default)]
pub(super) struct OdsCell {
    /// What is shown.
    pub(super) text: String,
    /// Whether anything is said about what is shown.
    pub(super) has_text: bool,
    kind: String,
    value: String,
    has_formula: bool,
    is_error: bool,
}

impl OdsCell {
    pub(super) fn of(tag: &BytesStart<'_>) -> Result<Self, WorkbookFault> {
        let mut cell = Self::default();
        for found in Attributes(tag.attributes_raw()) {
            match found? {
                ("value-type", "error") => cell.is_error = true,
                ("value-type", kind) if cell.kind.is_empty() => cell.kind = kind.to_owned(),
                ("value" | "date-value" | "time-value" | "boolean-value", value) => {
                    cell.value = value.to_owned()
                }
                ("formula", _) => cell.has_formula = true,
                ("string-value", value) if !value.is_empty() => {
                    cell.value = quick_xml::escape::unescape(value).map(Into::into).unwrap_or_default();
                }
                _ => {}
            }
        }
        Ok(cell)
    }

    /// What is taken from it.
    pub(super) fn shown(self) -> SheetCell {
        let shown = self.text.trim();
        let looks_like_error = self.has_formula && (shown.starts_with('#') || shown.starts_with("Err:"));
        if self.is_error || looks_like_error {
            return SheetCell::flawed(shown, FlawKind::ErrorCell);
        }
        match self.kind.as_str() {
            "" if self.has_formula && !self.has_text => SheetCell::flawed("", FlawKind::NotCalculated),
            "float" | "percentage" | "currency" => match self.value.parse::<f64>() {
                Ok(number) => number_cell(number, self.has_text.then_some(shown)),
                Err(_) => SheetCell::flawed(shown, FlawKind::NoNumber),
            },
            "date" => date_cell(&self.value, shown, self.has_text),
            "time" if shown.is_empty() => SheetCell::flawed(self.value, FlawKind::OtherDigits),
            "time" => SheetCell::text(shown),
            "boolean" => SheetCell::text(if self.value == "true" { "TRUE" } else { "FALSE" }),
            _ if self.has_text => SheetCell::text(self.text),
            _ => SheetCell::text(self.value),
        }
    }
}

fn number_cell(number: f64, shown: Option<&str>) -> SheetCell {
    let plain = decimal(number);
    if number.abs() >= 1e15 || !number.is_finite() {
        return SheetCell::flawed(plain, FlawKind::LongNumber);
    }
    let Some(shown) = shown else { return SheetCell::number(plain) };
    let percents = shown.strip_suffix('%').map(str::trim_end);
    if let Some(percents) = percents {
        let (sign, magnitude) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let is_same = same_number(percents, &format!("{sign}{}", shift(magnitude, 2))).is_some();
        return if is_same {
            SheetCell::text(shown)
        } else {
            SheetCell::flawed(plain, FlawKind::OtherDigits)
        };
    }
    if let Some(digits) = same_number(shown, &plain) {
        return if digits == plain || digits.contains('.') {
            SheetCell::number(digits)
        } else {
            SheetCell::text(shown)
        };
    }
    // What surrounds the digits.
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '\u{2212}' | '(');
    let (Some(start), Some(end)) =
        (shown.find(is_part), shown.rfind(|c: char| c.is_ascii_digit() || c == ')'))
    else {
        return SheetCell::flawed(plain, FlawKind::OtherDigits);
    };
    let inner = shown.get(start..=end).and_then(|inner| same_number(inner, &plain));
    let words =
        format!("{}{}", shown.get(..start).unwrap_or_default(), shown.get(end + 1..).unwrap_or_default());
    match inner {
        Some(digits) if is_currency(&words) => {
            SheetCell { text: digits, cell_type: CellType::Amount, flaw: None }
        }
        Some(_) => SheetCell::text(shown),
        None => SheetCell::flawed(plain, FlawKind::OtherDigits),
    }
}

/// The digits that are shown, with a point, where they are this number; a whole number without decimals.
fn same_number(shown: &str, plain: &str) -> Option<String> {
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\'' | '\u{2019}');
    let mut clean: String =
        shown.chars().filter(|c| !is_space(*c)).collect::<String>().replace('\u{2212}', "-");
    if let Some(inner) = clean.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        clean = format!("-{inner}");
    }
    [('.', ','), (',', '.')].into_iter().find_map(|(point, separator)| {
        let text = clean.replace(separator, "").replace(point, ".");
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let sign = if text.starts_with('-') { "-" } else { "" };
        let short = fraction.trim_end_matches('0');
        let bare = whole.trim_start_matches('0');
        let bare = if bare.is_empty() { "0" } else { bare };
        let found = if short.is_empty() { format!("{sign}{bare}") } else { format!("{sign}{bare}.{short}") };
        if found != plain {
            return None;
        }
        Some(if short.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
    })
}

/// A date, of which day and year are shown.
fn date_cell(value: &str, shown: &str, has_text: bool) -> SheetCell {
    let (day, time) = value.split_once('T').unwrap_or((value, ""));
    let time = time.split('.').next().unwrap_or_default();
    let shows_time = shown.contains(':') || !has_text;
    let text = if time.is_empty() || time == "00:00:00" || !shows_time {
        day.to_owned()
    } else {
        format!("{day} {time}")
    };
    let cell = SheetCell { text, cell_type: CellType::Date, flaw: None };
    if !has_text {
        return cell;
    }
    let groups: Vec<&str> =
        shown.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let mut parts = day.split('-');
    let (year, _, date) = (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
    let short = year.get(2..).unwrap_or_default();
    let shows_year = groups.contains(&year) || groups.iter().skip(1).any(|group| *group == short);
    let shows_day = groups.iter().any(|group| group.trim_start_matches('0') == date.trim_start_matches('0'));
    let has_month = groups.len() >= 3 || shown.chars().any(char::is_alphabetic);
    let is_whole = shows_year && shows_day && has_month;
    SheetCell { flaw: (!is_whole).then_some(FlawKind::PartOfDate), ..cell }
}

#[cfg(test)]
mod tests {
    use super::{date_cell, number_cell};
    use crate::reading::flaw::FlawKind;
    use crate::reading::row::CellType;

    #[test]
    fn what_is_shown_of_a_number_is_compared_with_it() {
        for (number, shown, cell_type, text) in [
            (1001.0, "1001", CellType::Number, "1001"),
            (1234.5, "1 234,50", CellType::Number, "1234.50"),
            (1234.5, "1,234.5", CellType::Number, "1234.5"),
            (30.0, "30,00", CellType::Number, "30"),
            (-5.0, "(5,00)", CellType::Number, "-5"),
            (123.0, "0000123", CellType::Text, "0000123"),
            (0.075, "7,5%", CellType::Text, "7,5%"),
            (100.5, "100,50 ₴", CellType::Amount, "100.50"),
            (-100.5, "-100,50 грн.", CellType::Amount, "-100.50"),
            (17.0, "№17", CellType::Text, "№17"),
        ] {
            let cell = number_cell(number, Some(shown));
            assert_eq!((cell.text.as_str(), cell.cell_type, cell.flaw), (text, cell_type, None), "{shown}");
        }
        for (number, shown) in
            [(33.333, "33,33"), (0.075, "8%"), (-5.0, "5"), (5000.0, "5"), (1.0, "так"), (0.5, "1/2")]
        {
            assert_eq!(number_cell(number, Some(shown)).flaw, Some(FlawKind::OtherDigits), "{shown}");
        }
    }

    #[test]
    fn a_date_is_one_where_all_of_it_is_shown() {
        for shown in ["09.03.2024", "9 березня 2024", "03/09/24", "2024-03-09", "сб, 9 бер. 2024"]
        {
            assert_eq!(date_cell("2024-03-09", shown, true).flaw, None, "{shown}");
        }
        for shown in ["09.03", "бер. 24", "березень 2024", "12/5"] {
            assert_eq!(date_cell("2024-05-12", shown, true).flaw, Some(FlawKind::PartOfDate), "{shown}");
        }
        assert_eq!(date_cell("2024-03-09T16:03:00", "09.03.24 16:03", true).text, "2024-03-09 16:03:00");
        assert_eq!(date_cell("2024-03-09T16:03:00", "09.03.24", true).text, "2024-03-09");
    }
}
