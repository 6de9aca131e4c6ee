//! Time zones after a time: which offset is meant, and what time it then is on the server's clock.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// Where the server's clock is: `--time-zone`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerZone(TimeZone);

/// `--time-zone` is not a zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a time zone; write it like Europe/Kyiv, UTC or +02:00")]
pub struct ParseZoneError(String);

impl FromStr for ServerZone {
    type Err = ParseZoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        if let Some(offset) = offset_of(name) {
            return Ok(Self(TimeZone::fixed(offset)));
        }
        let is_name = !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'-'));
        let named = if is_name { TimeZone::get(name).ok() } else { None };
        named.map(Self).ok_or_else(|| ParseZoneError(text.to_owned()))
    }
}

impl ServerZone {
    /// The time on the server's clock when a clock with this offset shows `moment`.
    pub(super) fn time(&self, moment: DateTime, offset: Offset) -> Option<DateTime> {
        let instant = offset.to_timestamp(moment).ok()?;
        Some(self.0.to_datetime(instant))
    }
}

/// What stands after a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone<'t> {
    /// So far from UTC.
    Offset(Offset),
    /// A name, which may stand for several offsets.
    Name(&'t str),
}

/// The zone that this is; none where it is something else, such as `PM`.
pub(super) fn zone(text: &str) -> Option<Zone<'_>> {
    // `+02:00[Europe/Kyiv]` and `+0200 EET` name the offset's zone besides.
    let first = text.split(['[', ' ']).next().unwrap_or_default();
    if let Some(offset) = offset_of(first) {
        let rest = text[first.len()..].trim_start().trim_matches(['[', ']', '(', ')']);
        return (rest.is_empty() || is_name(rest)).then_some(Zone::Offset(offset));
    }
    is_name(text.trim_matches(['[', ']', '(', ')'])).then_some(Zone::Name(text))
}

/// `EET`, `Europe/Kyiv`.
fn is_name(text: &str) -> bool {
    let is_short = matches!(text.len(), 2..=5) && text.bytes().all(|b| b.is_ascii_uppercase());
    let is_long =
        text.contains('/') && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    (is_short && !matches!(text, "AM" | "PM"))
        || (is_long && text.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// `Z`, `UTC`, `+02:00`, `+0200`, `+02`, `UTC+2`.
fn offset_of(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z") {
        return Some(Offset::UTC);
    }
    let is_universal = |text: &str| text.eq_ignore_ascii_case("UTC") || text.eq_ignore_ascii_case("GMT");
    let (universal, offset) = match text.get(..3).filter(|start| is_universal(start)) {
        Some(start) => (true, &text[start.len()..]),
        None => (false, text),
    };
    if universal && offset.is_empty() {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match offset.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, offset.strip_prefix(['-', '\u{2212}'])?),
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |sum: i32, b| b.is_ascii_digit().then(|| sum * 10 + i32::from(b - b'0')))
    };
    let (hours, minutes) = match digits.as_bytes() {
        [_] | [_, _] => (number(digits.as_bytes())?, 0),
        [hours @ .., b':', m1, m2] if matches!(hours.len(), 1 | 2) => (number(hours)?, number(&[*m1, *m2])?),
        [h1, h2, m1, m2] => (number(&[*h1, *h2])?, number(&[*m1, *m2])?),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::{ServerZone, Zone, zone};
    use jiff::civil::DateTime;

    fn seconds(text: &str) -> Option<i32> {
        match zone(text) {
            Some(Zone::Offset(offset)) => Some(offset.seconds()),
            _ => None,
        }
    }

    #[test]
    fn an_offset_is_understood_in_any_usual_notation() {
        for (written, meant) in [
            ("Z", 0),
            ("z", 0),
            ("UTC", 0),
            ("GMT+2", 7200),
            ("+02:00", 7200),
            ("+0300", 10_800),
            ("+02", 7200),
            ("-05:30", -19_800),
            ("+02:00[Europe/Kyiv]", 7200),
            ("+0200 EET", 7200),
        ] {
            assert_eq!(seconds(written), Some(meant), "{written}");
        }
        for name in ["EET", "MSK", "Europe/Kyiv", "[Europe/Kyiv]"] {
            assert_eq!(zone(name), Some(Zone::Name(name)));
        }
        for other in ["", "PM", "AM", "anything", "+", "+25", "+02:60", "+02:0", "eet", "+02 anything"] {
            assert_eq!(zone(other), None, "{other}");
        }
    }

    #[test]
    fn the_servers_clock_goes_by_summer_time_too() {
        let kyiv: ServerZone = "Europe/Kyiv".parse().expect("a zone");
        let utc = match zone("Z") {
            Some(Zone::Offset(offset)) => offset,
            _ => panic!("not UTC"),
        };
        for (utc_time, local) in
            [("2022-03-24T22:00:00", "2022-03-25T00:00:00"), ("2022-03-28T22:00:00", "2022-03-29T01:00:00")]
        {
            let moment: DateTime = utc_time.parse().expect("a time");
            assert_eq!(kyiv.time(moment, utc).map(|time| time.to_string()).as_deref(), Some(local));
        }
        assert!("+02:00".parse::<ServerZone>().is_ok() && "UTC".parse::<ServerZone>().is_ok());
        for bad in ["", "Nowhere", "Europe/Nowhere", "../../etc/passwd", "+99"] {
            assert!(bad.parse::<ServerZone>().is_err(), "{bad}");
        }
    }
}
