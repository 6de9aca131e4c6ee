//! Numbers as they are typed: one like `3`, a range like `3-5`, or several like `3,7-9`, from 1 on; and times
//! like `45s`.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;

/// A set of numbers, kept as ranges: a long range takes no more memory than a short one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers(Vec<RangeInclusive<u64>>);

impl Numbers {
    /// Reads a comma-separated list of numbers and ranges; none if an item is neither.
    pub(super) fn read(text: &str) -> Option<Self> {
        text.split(',').map(range).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether the number is one of them.
    pub(super) fn contains(&self, number: u64) -> bool {
        self.0.iter().any(|range| range.contains(&number))
    }
}

fn range(text: &str) -> Option<RangeInclusive<u64>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (digits(first.trim())?, digits(last.trim())?);
    (first >= 1 && first <= last).then_some(first..=last)
}

/// A number written in digits only, without sign or space.
pub(super) fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A time such as `45s`, `500ms` or `2m`, forwards only.
pub(super) fn span(text: &str) -> Option<Duration> {
    offset(text).and_then(|time| Duration::try_from(time).ok())
}

/// A time such as `7m`, or `-7m` backwards; at most a year.
pub(super) fn offset(text: &str) -> Option<SignedDuration> {
    let time = text.trim().parse::<SignedDuration>().ok()?;
    (time.abs() <= SignedDuration::from_hours(24 * 366)).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Numbers, SignedDuration, offset, span};

    #[test]
    fn times_have_a_unit_and_may_go_backwards_where_that_makes_sense() {
        assert_eq!(span("45s"), Some(Duration::from_secs(45)));
        assert_eq!((span("-1s"), span("45"), span(""), span("soon")), (None, None, None, None));
        assert_eq!(offset("-7m"), Some(SignedDuration::from_mins(-7)));
        assert_eq!(offset("9000000000s"), None);
    }

    #[test]
    fn numbers_and_ranges_in_any_order() {
        let numbers = Numbers::read("20-22, 7").expect("numbers");
        let found: Vec<u64> = (0..30).filter(|number| numbers.contains(*number)).collect();
        assert_eq!(found, [7, 20, 21, 22]);
    }

    #[test]
    fn what_is_no_number_from_one_on_spoils_the_whole_list() {
        for text in ["", "0", "5-3", "1,,2", "x", "1-", "-1", "+1", "1-2-3", "1.5", "99999999999999999999"] {
            assert_eq!(Numbers::read(text), None, "{text}");
        }
    }
}
