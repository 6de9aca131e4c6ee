//! Turns dates as people write them into dates as the API takes them.

use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::fmt::strtime::BrokenDownTime;

use super::value_error::ValueError;

/// How dates are written, if their text is ambiguous: `--date-format`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Not specified: an ambiguous date is refused.
    #[default]
    Unsaid,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
    /// A strftime pattern; nothing else is accepted then.
    Pattern(String),
}

/// `--date-format` is neither an order nor a pattern for a whole date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a date format: use dmy, mdy, ymd, or a strftime pattern with day, month and year such as %d.%m.%Y"
)]
pub struct ParseDateOrderError(String);

impl FromStr for DateOrder {
    type Err = ParseDateOrderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "dmy" => return Ok(Self::Dmy),
            "mdy" => return Ok(Self::Mdy),
            "ymd" => return Ok(Self::Ymd),
            _ => {}
        }
        // A pattern is usable if a date survives being written and read with it.
        let example = Date::constant(2023, 11, 28);
        let survives = text.contains('%')
            && BrokenDownTime::from(example.at(0, 0, 0, 0)).to_string(text).is_ok_and(|written| {
                BrokenDownTime::parse(text, &written)
                    .and_then(|read| read.to_date())
                    .is_ok_and(|read| read == example)
            });
        if survives { Ok(Self::Pattern(text.to_owned())) } else { Err(ParseDateOrderError(text.to_owned())) }
    }
}

/// Reads a day that a person typed, by the same rules as the dates of rows.
pub fn day(text: &str, order: &DateOrder) -> Result<Date, ValueError> {
    match read(text.trim(), order)? {
        (_, Some(time)) if time != Time::midnight() => Err(ValueError::TimeOfDay),
        (day, _) => Ok(day),
    }
}

/// Appends `YYYY-MM-DD`. A time of day is accepted only if it is midnight, as spreadsheets write dates.
pub(super) fn date(text: &str, order: &DateOrder, out: &mut String) -> Result<(), ValueError> {
    let (date, time) = read(text, order)?;
    match time {
        Some(time) if time != Time::midnight() => Err(ValueError::TimeOfDay),
        _ => {
            push_date(date, out);
            Ok(())
        }
    }
}

/// Appends `YYYY-MM-DD`, and ` HH:MM:SS` if there is a time.
pub(super) fn date_time(text: &str, order: &DateOrder, out: &mut String) -> Result<(), ValueError> {
    let (date, time) = read(text, order)?;
    push_date(date, out);
    if let Some(time) = time {
        for (sign, part) in [(' ', time.hour()), (':', time.minute()), (':', time.second())] {
            out.push(sign);
            push_digits(part.unsigned_abs().into(), 2, out);
        }
    }
    Ok(())
}

fn push_date(date: Date, out: &mut String) {
    push_digits(date.year().unsigned_abs(), 4, out);
    out.push('-');
    push_digits(date.month().unsigned_abs().into(), 2, out);
    out.push('-');
    push_digits(date.day().unsigned_abs().into(), 2, out);
}

fn push_digits(value: u16, count: u32, out: &mut String) {
    for place in (0..count).rev() {
        let digit = char::from_digit((value / 10_u16.pow(place) % 10).into(), 10);
        out.push(digit.unwrap_or('0'));
    }
}

fn read(text: &str, order: &DateOrder) -> Result<(Date, Option<Time>), ValueError> {
    if let DateOrder::Pattern(pattern) = order {
        let read =
            BrokenDownTime::parse(pattern, text).map_err(|_| ValueError::NotByPattern(pattern.clone()))?;
        let date = read.to_date().map_err(|_| ValueError::NotByPattern(pattern.clone()))?;
        return Ok((in_range(date)?, read.to_time().ok().filter(|_| text.contains(':'))));
    }
    let (day, time) =
        match text.find([' ', 'T', '\u{A0}']).filter(|_| text.len() > 10).map(|place| text.split_at(place)) {
            Some((day, time)) => (day, Some(time_of_day(time.trim_start_matches('T').trim())?)),
            None => (text, None),
        };
    Ok((in_range(day_of(day, order)?)?, time))
}

/// Customers were connected, and agreements signed, in living memory.
fn in_range(date: Date) -> Result<Date, ValueError> {
    if (1900..=2100).contains(&date.year()) { Ok(date) } else { Err(ValueError::Year(date.year())) }
}

/// The two most frequent forms, read without looking for separators.
fn usual_day(text: &[u8]) -> Option<(i16, i16, i16)> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |sum: i16, b| b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0')))
    };
    match text {
        [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
            Some((number(y)?, number(&[*m1, *m2])?, number(&[*d1, *d2])?))
        }
        [d1, d2, b'.', m1, m2, b'.', y @ ..] if y.len() == 4 => {
            Some((number(y)?, number(&[*m1, *m2])?, number(&[*d1, *d2])?))
        }
        _ => None,
    }
}

fn day_of(text: &str, order: &DateOrder) -> Result<Date, ValueError> {
    if let (DateOrder::Unsaid | DateOrder::Dmy, Some((year, month, day))) =
        (order, usual_day(text.as_bytes()))
    {
        return make(year, month, day);
    }
    let separator = text
        .chars()
        .find(|c| !c.is_ascii_digit())
        .filter(|c| matches!(c, '.' | '-' | '/'))
        .ok_or(ValueError::NoDate)?;
    let mut parts = text.split(separator);
    let (Some(a), Some(b), Some(c), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(ValueError::NoDate);
    };
    let (x, y, z) = (part(a)?, part(b)?, part(c)?);
    if a.len() == 4 && c.len() <= 2 {
        return make(x, y, z);
    }
    if c.len() != 4 {
        return Err(if c.len() == 2 && a.len() <= 2 { ValueError::ShortYear } else { ValueError::NoDate });
    }
    match order {
        DateOrder::Ymd => Err(ValueError::NotYearFirst),
        DateOrder::Dmy => make(z, y, x),
        DateOrder::Mdy => make(z, x, y),
        // With dots, the day comes first everywhere.
        _ if separator == '.' || x > 12 || x == y => make(z, y, x),
        _ if y > 12 => make(z, x, y),
        _ => match (make(z, y, x), make(z, x, y)) {
            (Ok(day_first), Ok(month_first)) => Err(ValueError::TwoDates {
                day_first: day_first.to_string(),
                month_first: month_first.to_string(),
            }),
            (Ok(date), Err(_)) | (Err(_), Ok(date)) => Ok(date),
            (Err(refusal), Err(_)) => Err(refusal),
        },
    }
}

fn part(text: &str) -> Result<i16, ValueError> {
    if matches!(text.len(), 1 | 2 | 4) && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_err(|_| ValueError::NoDate)
    } else {
        Err(ValueError::NoDate)
    }
}

fn make(year: i16, month: i16, day: i16) -> Result<Date, ValueError> {
    match (i8::try_from(month), i8::try_from(day)) {
        (Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| ValueError::NoSuchDay),
        _ => Err(ValueError::NoSuchDay),
    }
}

/// `H:MM` or `HH:MM:SS`, with or without a fraction of a second.
fn time_of_day(text: &str) -> Result<Time, ValueError> {
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut parts = text.as_bytes().split(|b| *b == b':').map(|part| match part {
        [one] if one.is_ascii_digit() => Ok((one - b'0').cast_signed()),
        [ten, one] if ten.is_ascii_digit() && one.is_ascii_digit() => {
            Ok(((ten - b'0') * 10 + one - b'0').cast_signed())
        }
        _ => Err(ValueError::NoTime),
    });
    let hour = parts.next().ok_or(ValueError::NoTime)??;
    let minute = parts.next().ok_or(ValueError::NoTime)??;
    let second = parts.next().transpose()?.unwrap_or(0);
    if parts.next().is_some() {
        return Err(ValueError::NoTime);
    }
    Time::new(hour, minute, second, 0).map_err(|_| ValueError::NoTime)
}

#[cfg(test)]
mod tests {
    use super::{DateOrder, date, date_time};
    use crate::validating::ValueError;

    fn day(text: &str, order: &DateOrder) -> Result<String, ValueError> {
        let mut out = String::new();
        date(text, order, &mut out).map(|()| out)
    }

    #[test]
    fn dates_that_read_one_way_need_no_option() {
        for (written, meant) in [
            ("2023-03-09", "2023-03-09"),
            ("09.03.2023", "2023-03-09"),
            ("9.3.2023", "2023-03-09"),
            ("2023/03/09", "2023-03-09"),
            ("31/12/2023", "2023-12-31"),
            ("12/31/2023", "2023-12-31"),
            ("05/05/2023", "2023-05-05"),
            ("09.03.2023 0:00:00", "2023-03-09"),
            ("2024-02-29T00:00:00", "2024-02-29"),
        ] {
            assert_eq!(day(written, &DateOrder::Unsaid), Ok(meant.to_owned()), "{written}");
        }
    }

    #[test]
    fn what_reads_two_ways_waits_for_an_order() {
        assert!(matches!(day("03/04/2023", &DateOrder::Unsaid), Err(ValueError::TwoDates { .. })));
        assert!(matches!(day("03-04-2023", &DateOrder::Unsaid), Err(ValueError::TwoDates { .. })));
        assert_eq!(day("03/04/2023", &DateOrder::Dmy), Ok("2023-04-03".to_owned()));
        assert_eq!(day("03/04/2023", &DateOrder::Mdy), Ok("2023-03-04".to_owned()));
        assert!(day("03/04/2023", &DateOrder::Ymd).is_err());
        assert!(day("13/04/2023", &DateOrder::Mdy).is_err());
    }

    #[test]
    fn a_pattern_takes_what_it_says() {
        let pattern: DateOrder = "%d.%m.%y".parse().expect("a pattern");
        assert_eq!(day("09.03.23", &pattern), Ok("2023-03-09".to_owned()));
        assert!(day("2023-03-09", &pattern).is_err());
        for bad in ["%d.%m", "day", "", "%Q"] {
            assert!(bad.parse::<DateOrder>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "0000-00-00",
            "31.02.2023",
            "09.03.23",
            "20230309",
            "2023-3",
            "9 марта 2023",
            "45000",
            "09.03.0203",
            "2023-03-09 25:00",
            "09,03,2023",
            "2023-03-09 16:03:28",
        ] {
            assert!(day(text, &DateOrder::Unsaid).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_of_day_is_kept_where_it_is_taken() {
        for (written, meant) in [
            ("2023-03-09 16:03:28", "2023-03-09 16:03:28"),
            ("09.03.2023 6:03", "2023-03-09 06:03:00"),
            ("2023-03-09T16:03:28.500", "2023-03-09 16:03:28"),
            ("09.03.2023", "2023-03-09"),
        ] {
            let mut out = String::new();
            assert_eq!(date_time(written, &DateOrder::Unsaid, &mut out).map(|()| out), Ok(meant.to_owned()));
        }
    }
}
