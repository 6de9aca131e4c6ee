//! What a person saw of a number that is a date, a time of day or a duration.

use super::cell::SheetCell;
use super::format_tokens::{FormatPart, Token, Unit};
use crate::reading::flaw::FlawKind;
use crate::reading::row::CellType;

/// Which day a workbook counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DateSystem {
    /// 1 is the first of January 1900.
    #[default]
    Since1900,
    /// 0 is the first of January 1904, as old versions for the Macintosh count.
    Since1904,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The last day of the year 9999.
const LAST: f64 = 2_958_466.0;

/// What a person saw; a flaw where the number is no moment, or the format shows only a part of it.
pub(super) fn moment(number: f64, section: &FormatPart, dates: DateSystem) -> Result<SheetCell, FlawKind> {
    if !(0.0..LAST).contains(&number) {
        return Err(FlawKind::NoDate);
    }
    // Seconds as a whole: a moment is stored as a fraction, which misses them by a hair.
    #[expect(clippy::cast_possible_truncation, reason = "the number was found to be small")]
    let seconds = (number * 86_400.0 + 0.0005).floor() as i64;
    let (days, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let shows =
        |wanted: Unit| section.tokens.iter().any(|t| matches!(t, Token::Moment(unit, _) if *unit == wanted));
    let shows_day = section.tokens.iter().any(|token| matches!(token, Token::Moment(Unit::Day, 1..=2)));
    if !(shows(Unit::Year) || shows(Unit::Month) || shows(Unit::Day)) {
        return time_alone(number, seconds, section);
    }
    let date = iso(days, dates).ok_or(FlawKind::NoDate)?;
    if !(shows(Unit::Year) && shows(Unit::Month) && shows_day) {
        return Ok(SheetCell { text: date, cell_type: CellType::Date, flaw: Some(FlawKind::PartOfDate) });
    }
    let text = if shows(Unit::Hour) {
        let shown = if shows(Unit::Second) { time } else { time - time % MINUTE };
        format!("{date} {:02}:{:02}:{:02}", shown / HOUR, shown % HOUR / MINUTE, shown % MINUTE)
    } else {
        date
    };
    // Midnight is what a date without a time is stored as.
    let text = text.strip_suffix(" 00:00:00").map_or(text.clone(), str::to_owned);
    Ok(SheetCell { text, cell_type: CellType::Date, flaw: None })
}

fn iso(days: i64, dates: DateSystem) -> Option<String> {
    /// From the first of January 1970 back to the days that are counted as 0.
    const ZERO_1904: i64 = 24_107;
    let since_1970 = match dates {
        DateSystem::Since1904 => days - ZERO_1904,
        // Spreadsheets count a 29th of February 1900 that never was.
        DateSystem::Since1900 => match days {
            ..1 | 60 => return None,
            1..60 => days - 25_568,
            _ => days - 25_569,
        },
    };
    let (year, month, day) = civil(since_1970);
    (year <= 9999).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The day so many days after the first of January 1970, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Eras of 400 years that begin in March, so that the leap day is the last of a year.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A time of day or a duration, as it is shown.
fn time_alone(number: f64, seconds: i64, section: &FormatPart) -> Result<SheetCell, FlawKind> {
    let elapsed =
        section.tokens.iter().find_map(|t| if let Token::Elapsed(unit, _) = t { Some(*unit) } else { None });
    if elapsed.is_none() && number >= 1.0 {
        // It has a day that is not shown.
        return Err(FlawKind::OtherDigits);
    }
    let is_half = section.tokens.contains(&Token::Half);
    let mut text = String::new();
    let mut rest = seconds;
    let mut smallest = DAY;
    for token in &section.tokens {
        let (size, length, all) = match token {
            Token::Literal(words) => {
                text.push_str(words);
                continue;
            }
            Token::Half => {
                text.push_str(if seconds / HOUR < 12 { "AM" } else { "PM" });
                continue;
            }
            // Tenths of a second.
            Token::Point | Token::Digit(_) => return Err(FlawKind::OtherDigits),
            Token::Moment(unit, length) => (size(*unit), *length, false),
            Token::Elapsed(unit, length) => (size(*unit), *length, true),
            _ => return Err(FlawKind::OtherDigits),
        };
        let count = match size {
            _ if all => seconds / size,
            HOUR if is_half => (seconds / HOUR + 11) % 12 + 1,
            HOUR => seconds / HOUR,
            _ => seconds / size % 60,
        };
        rest = rest.min(seconds % size);
        smallest = smallest.min(size);
        text.push_str(&format!("{count:0length$}"));
    }
    if rest % smallest == 0 { Ok(SheetCell::text(text.trim())) } else { Err(FlawKind::OtherDigits) }
}

fn size(unit: Unit) -> i64 {
    match unit {
        Unit::Hour => HOUR,
        Unit::Minute => MINUTE,
        Unit::Second => 1,
        Unit::Year | Unit::Month | Unit::Day => DAY,
    }
}
