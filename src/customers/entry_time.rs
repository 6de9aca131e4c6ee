//! The time that a server writes to an entry of a history, in several notations and mostly without its zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::Value;

/// The time of an entry, as far as the server tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryTime {
    /// Date and time in a zone that is not said.
    Local(DateTime),
    /// Seconds since 1970: the same moment everywhere.
    At(Timestamp),
    /// A date alone.
    Day(Date),
    /// None, or none that can be read.
    Unreadable,
}

impl EntryTime {
    /// Reads it in any notation that was seen.
    pub(super) fn read(value: &Value) -> Self {
        let seconds = |seconds: i64| Timestamp::from_second(seconds).map_or(Self::Unreadable, Self::At);
        match value {
            Value::Number(number) => number.as_i64().map_or(Self::Unreadable, seconds),
            Value::String(text) => {
                let text = text.trim();
                // Below ten digits it may be a date without separators.
                if text.len() >= 10 && text.bytes().all(|b| b.is_ascii_digit()) {
                    return text.parse().map_or(Self::Unreadable, seconds);
                }
                Self::written(text)
            }
            _ => Self::Unreadable,
        }
    }

    fn written(text: &str) -> Self {
        // Second 0, in whatever zone, stands for no date.
        if text.starts_with("1970-01-01") || text.starts_with("01.01.1970") {
            return Self::Unreadable;
        }
        // With an offset it is a moment. Without one it is not, whatever stands in front of it.
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Self::At(moment);
        }
        const TIMES: [&str; 5] = [
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M",
            "%d.%m.%Y %H:%M:%S",
            "%d.%m.%Y %H:%M",
        ];
        if let Some(time) = TIMES.iter().find_map(|format| DateTime::strptime(format, text).ok()) {
            return Self::Local(time);
        }
        let date = ["%Y-%m-%d", "%d.%m.%Y"].iter().find_map(|format| Date::strptime(format, text).ok());
        date.map_or(Self::Unreadable, Self::Day)
    }
}
