//! How dates are written whose text is ambiguous: `--date-format`.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;

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
            && Offset::UTC.to_timestamp(example.at(0, 0, 0, 0)).is_ok_and(|midnight| {
                BrokenDownTime::from(midnight).to_string(text).is_ok_and(|written| {
                    BrokenDownTime::parse(text, &written)
                        .and_then(|read| read.to_date())
                        .is_ok_and(|read| read == example)
                })
            });
        if survives { Ok(Self::Pattern(text.to_owned())) } else { Err(ParseDateOrderError(text.to_owned())) }
    }
}
