//! Whether a value could be one of a parameter: for those who do not know yet which parameter it is.

use super::date::day;
use super::date_order::DateOrder;
use super::kinds::normalise;
use super::rules::ValueRules;
use super::value_error::ValueError;
use crate::catalogue::Parameter;

/// What a parameter says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// It takes it.
    Taken,
    /// It takes it once it is said how dates are written.
    NeedsDateFormat,
    /// It does not take it.
    Refused,
}

/// Tries a value, which must be trimmed and not empty.
pub fn tried(parameter: &Parameter, value: &str) -> Trial {
    match normalise(parameter, value, ValueRules::NONE, &mut String::new()) {
        Ok(_) => Trial::Taken,
        Err(ValueError::TwoDates { .. } | ValueError::ShortYear) => Trial::NeedsDateFormat,
        Err(_) => Trial::Refused,
    }
}

/// The one date format, of the usual ones, under which all these dates can be read; none where several are, or none is.
pub fn date_format_of(values: &[&str]) -> Option<&'static str> {
    const FORMATS: [&str; 6] = ["dmy", "mdy", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y"];
    let reads = |format: &&&str| {
        format.parse::<DateOrder>().is_ok_and(|order| values.iter().all(|value| day(value, &order).is_ok()))
    };
    let mut fitting = FORMATS.iter().filter(reads);
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::date_format_of;

    #[test]
    fn a_format_is_told_by_the_dates_that_read_one_way() {
        for (dates, format) in [
            (&["03/04/2023", "31/12/2023"][..], Some("dmy")),
            (&["03/04/2023", "12/31/2023"], Some("mdy")),
            (&["03/04/2023", "04/05/2023"], None),
            (&["03.04.23", "31.12.23"], Some("%d.%m.%y")),
            (&["31/12/2023", "12/31/2023"], None),
            (&["soon"], None),
        ] {
            assert_eq!(date_format_of(dates), format, "{dates:?}");
        }
    }
}
