//! Turns dates as people write them into dates as the API takes them.

use jiff::civil::{Date, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;

use super::date_order::DateOrder;
use super::kept::Kept;
use super::rules::ValueRules;
use super::value_error::ValueError;
use super::zone::{Zone, zone};

/// Reads a day that a person typed, by the same rules as the dates of rows.
pub fn day(text: &str, order: &DateOrder) -> Result<Date, ValueError> {
    match read(text.trim(), ValueRules::of_dates(order))? {
        (_, Some(time)) if time != Time::midnight() => Err(ValueError::TimeOfDay),
        (day, _) => Ok(day),
    }
}

/// Appends `YYYY-MM-DD`. Midnight, as spreadsheets write it after dates, is no time of day.
pub(super) fn date(text: &str, rules: ValueRules<'_>, out: &mut String) -> Result<Kept, ValueError> {
    let (date, time) = read(text, rules)?;
    push_date(date, out);
    Ok(if time.is_none_or(|time| time == Time::midnight()) { Kept::Whole } else { Kept::Day })
}

/// Appends `YYYY-MM-DD`, and ` HH:MM:SS` if there is a time.
pub(super) fn date_time(text: &str, rules: ValueRules<'_>, out: &mut String) -> Result<(), ValueError> {
    let (date, time) = read(text, rules)?;
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

fn read(text: &str, rules: ValueRules<'_>) -> Result<(Date, Option<Time>), ValueError> {
    if let DateOrder::Pattern(pattern) = rules.dates {
        return by_pattern(text, pattern, rules);
    }
    let (day, time) =
        match text.find([' ', 'T', '\u{A0}']).filter(|_| text.len() > 10).map(|place| text.split_at(place)) {
            Some((day, time)) => {
                let time = time_of_day(time.trim_start_matches('T').trim());
                // `9 березня 2023` is not a wrong time.
                let is_day = || day_of(day, rules.dates) != Err(ValueError::NoDate);
                (day, Some(time.map_err(|error| if is_day() { error } else { ValueError::NoDate })?))
            }
            None => (text, None),
        };
    let day = day_of(day, rules.dates)?;
    match time {
        Some((time, Some(zone))) => on_the_server(day, time, zone, rules),
        Some((time, None)) => Ok((in_range(day)?, Some(time))),
        None => Ok((in_range(day)?, None)),
    }
}

fn by_pattern(text: &str, pattern: &str, rules: ValueRules<'_>) -> Result<(Date, Option<Time>), ValueError> {
    let failed = |_| ValueError::NotByPattern(pattern.to_owned());
    let read = BrokenDownTime::parse(pattern, text).map_err(failed)?;
    let day = read.to_date().map_err(failed)?;
    let time = read.hour().is_some().then(|| read.to_time().map_err(failed)).transpose()?;
    // A `Z` that the pattern has as a letter is a zone all the same.
    let offset =
        read.offset().or_else(|| (pattern.ends_with('Z') && !pattern.ends_with("%Z")).then_some(Offset::UTC));
    match (time, offset, read.iana_time_zone()) {
        (Some(time), Some(offset), _) => on_the_server(day, time, Zone::Offset(offset), rules),
        (Some(time), None, Some(name)) => on_the_server(day, time, Zone::Name(name), rules),
        _ => Ok((in_range(day)?, time)),
    }
}

/// What the server's clock shows at this time of this zone.
fn on_the_server(
    day: Date,
    time: Time,
    zone: Zone<'_>,
    rules: ValueRules<'_>,
) -> Result<(Date, Option<Time>), ValueError> {
    let offset: Offset = match zone {
        Zone::Offset(offset) => offset,
        Zone::Name(name) => return Err(ValueError::NamedZone(name.to_owned())),
    };
    let server = rules.zone.ok_or(ValueError::Zone)?;
    let there = server.time(day.to_datetime(time), offset).ok_or(ValueError::Year(day.year()))?;
    Ok((in_range(there.date())?, Some(there.time())))
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

/// `H:MM` or `HH:MM:SS`, with or without a fraction of a second, and a zone where there is one.
fn time_of_day(text: &str) -> Result<(Time, Option<Zone<'_>>), ValueError> {
    let is_clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',');
    let (clock, rest) = text.split_at(text.find(|c| !is_clock(c)).unwrap_or(text.len()));
    let zone = match rest.trim() {
        "" => None,
        rest => Some(zone(rest).ok_or(ValueError::NoTime)?),
    };
    let clock = match clock.split_once(['.', ',']) {
        Some((whole, part)) if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return Err(ValueError::NoTime),
        None => clock,
    };
    let mut parts = clock.as_bytes().split(|b| *b == b':').map(|part| match part {
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
    let time = Time::new(hour, minute, second, 0).map_err(|_| ValueError::NoTime)?;
    Ok((time, zone))
}

#[cfg(test)]
mod tests {
    use super::{date, date_time};
    use crate::validating::kept::Kept;
    use crate::validating::rules::ValueRules;
    use crate::validating::{DateOrder, ServerZone, ValueError};

    fn day(text: &str, order: &DateOrder) -> Result<String, ValueError> {
        let mut out = String::new();
        date(text, ValueRules::of_dates(order), &mut out).map(|_| out)
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
            "2023-03-09Z",
            "2023-03-09 16:03 PM",
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
            assert_eq!(date_time(written, ValueRules::NONE, &mut out).map(|()| out), Ok(meant.to_owned()));
        }
        let mut out = String::new();
        assert_eq!(date("2023-03-09 16:03:28", ValueRules::NONE, &mut out), Ok(Kept::Day));
        assert_eq!(out, "2023-03-09");
    }

    #[test]
    fn a_zone_after_a_time_waits_for_the_servers() {
        let zone: ServerZone = "Europe/Kyiv".parse().expect("a zone");
        let read = |text: &str, zone, dates: &DateOrder| {
            let mut out = String::new();
            let rules = ValueRules { zone, ..ValueRules::of_dates(dates) };
            date_time(text, rules, &mut out).map(|()| out)
        };
        let order = DateOrder::Unsaid;
        for (written, meant) in [
            ("2022-03-24T22:00:00.000Z", "2022-03-25 00:00:00"),
            ("2022-03-24T22:00:00.000+03:00", "2022-03-24 21:00:00"),
            ("24.03.2022 22:00 +0200", "2022-03-24 22:00:00"),
            ("2022-03-24 22:00:00", "2022-03-24 22:00:00"),
        ] {
            assert_eq!(read(written, Some(&zone), &order), Ok(meant.to_owned()), "{written}");
        }
        for with in ["2022-03-24T22:00:00.000Z", "2022-03-24T22:00:00,5+02:00", "2022-03-24 22:00 UTC"] {
            assert_eq!(read(with, None, &order), Err(ValueError::Zone), "{with}");
        }
        let named = Err(ValueError::NamedZone("EET".to_owned()));
        assert_eq!(read("2022-03-24 22:00:00 EET", Some(&zone), &order), named);
        for wrong in ["2022-03-24 22:00:00.5 anything", "2022-03-24 22:00:00.", "2022-03-24 22:00:00.x"] {
            assert_eq!(read(wrong, Some(&zone), &order), Err(ValueError::NoTime), "{wrong}");
        }
        for (pattern, text) in
            [("%Y-%m-%d %H-%M%z", "2022-03-24 22-00+0000"), ("%Y-%m-%dT%TZ", "2022-03-24T22:00:00Z")]
        {
            let pattern: DateOrder = pattern.parse().expect("a pattern");
            assert_eq!(read(text, None, &pattern), Err(ValueError::Zone));
            assert_eq!(read(text, Some(&zone), &pattern), Ok("2022-03-25 00:00:00".to_owned()));
        }
    }
}
