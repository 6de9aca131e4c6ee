//! EntryTime a booking can have been made, and whether what a server writes as its date can be that moment.
//! Servers write their own time without its zone, so that most dates may be one of many moments.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::customers::EntryTime;

/// Between these two moments a request can have been applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first; none where it is not known when the request left.
    from: Option<Timestamp>,
    /// The last; none where nothing limits it.
    to: Option<Timestamp>,
}

/// Whether an entry's time lies in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Inside {
    /// It does not.
    No,
    /// It can, if the zone is right, or if the time that cannot be read is.
    Maybe,
    /// It does, in this machine's zone or in UTC.
    Yes,
}

/// How far the clocks of two machines may differ.
const SLACK: SignedDuration = SignedDuration::from_mins(2);
/// The steps in which zones differ, and the farthest of them.
const STEP: i64 = 15 * 60;
const FARTHEST: i64 = 14 * 3600;

impl Window {
    /// From shortly before the first moment to shortly after the last.
    pub fn new(from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        // At the ends of time there is no before and no after.
        Self {
            from: from.and_then(|moment| moment.checked_sub(SLACK).ok()),
            to: to.and_then(|moment| moment.checked_add(SLACK).ok()),
        }
    }

    /// The shortest window that holds both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            from: self.from.zip(other.from).map(|(one, two)| one.min(two)),
            to: self.to.zip(other.to).map(|(one, two)| one.max(two)),
        }
    }

    fn has(&self, moment: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.to.is_none_or(|to| moment <= to)
    }

    /// Whether the entry's moment can lie in the window; `zone` is this machine's.
    pub(super) fn contains(&self, time: EntryTime, zone: &TimeZone) -> Inside {
        match time {
            EntryTime::Unreadable => Inside::Maybe,
            EntryTime::At(moment) if self.has(moment) => Inside::Yes,
            EntryTime::At(_) => Inside::No,
            EntryTime::Local(local) => {
                let in_zone = |zone: &TimeZone| {
                    zone.to_ambiguous_timestamp(local).compatible().is_ok_and(|moment| self.has(moment))
                };
                if in_zone(zone) || in_zone(&TimeZone::UTC) {
                    Inside::Yes
                } else if self.has_in_some_zone(local, local) {
                    Inside::Maybe
                } else {
                    Inside::No
                }
            }
            EntryTime::Day(day) => {
                let (first, last) = (day.at(0, 0, 0, 0), day.at(23, 59, 59, 0));
                if self.has_in_some_zone(first, last) { Inside::Maybe } else { Inside::No }
            }
        }
    }

    /// Whether a moment between these two times of day lies in the window in any zone of the earth.
    fn has_in_some_zone(&self, first: DateTime, last: DateTime) -> bool {
        let seconds = |local: DateTime| TimeZone::UTC.to_timestamp(local).map(Timestamp::as_second);
        let (Ok(first), Ok(last)) = (seconds(first), seconds(last)) else { return true };
        let from = self.from.map_or(i64::MIN, Timestamp::as_second);
        let to = self.to.map_or(i64::MAX, Timestamp::as_second);
        (-FARTHEST..=FARTHEST)
            .step_by(STEP as usize)
            .any(|offset| last - offset >= from && first - offset <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryTime, Inside, Window};
    use jiff::Timestamp;
    use jiff::tz::{TimeZone, offset};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn local(text: &str) -> EntryTime {
        EntryTime::Local(text.parse().expect("a date and time"))
    }

    /// Sent at 18:20:00 UTC, over at 18:21:00; the machine is two hours ahead.
    fn inside(when: EntryTime) -> Inside {
        let window = Window::new(Some(at("2026-11-23T18:20:00Z")), Some(at("2026-11-23T18:21:00Z")));
        window.contains(when, &TimeZone::fixed(offset(2)))
    }

    #[test]
    fn a_time_in_the_machines_zone_or_in_utc_is_certain() {
        for (when, expected) in [
            (local("2026-11-23 18:20:30"), Inside::Yes),
            (local("2026-11-23 20:20:30"), Inside::Yes),
            (local("2026-11-23 18:18:00"), Inside::Yes),
            (local("2026-11-23 18:17:59"), Inside::No),
            (local("2026-11-23 18:23:00"), Inside::Yes),
            (local("2026-11-23 18:23:01"), Inside::No),
            // Nepal is five hours and three quarters ahead.
            (local("2026-11-24 00:05:30"), Inside::Maybe),
            (local("2026-11-23 23:20:30"), Inside::Maybe),
            (local("2026-11-23 23:27:00"), Inside::No),
            (local("2026-11-24 08:20:30"), Inside::Maybe),
            (local("2026-11-24 08:35:30"), Inside::No),
            (local("2025-11-23 18:20:30"), Inside::No),
        ] {
            assert_eq!(inside(when), expected, "{when:?}");
        }
    }

    #[test]
    fn seconds_since_1970_have_no_zone() {
        assert_eq!(inside(EntryTime::At(at("2026-11-23T18:22:59Z"))), Inside::Yes);
        assert_eq!(inside(EntryTime::At(at("2026-11-23T20:20:30Z"))), Inside::No);
    }

    #[test]
    fn a_date_alone_may_be_any_time_of_that_day() {
        for (day, expected) in
            [("2026-11-22", Inside::No), ("2026-11-23", Inside::Maybe), ("2026-11-24", Inside::Maybe)]
        {
            assert_eq!(inside(EntryTime::Day(day.parse().expect("a date"))), expected, "{day}");
        }
        assert_eq!(inside(EntryTime::Unreadable), Inside::Maybe);
    }

    #[test]
    fn without_limits_everything_fits() {
        let window = Window::new(None, None);
        assert_eq!(window.contains(local("1999-01-01 00:00:00"), &TimeZone::UTC), Inside::Yes);
        assert_eq!(window.contains(EntryTime::Unreadable, &TimeZone::UTC), Inside::Maybe);
        let short = Window::new(Some(at("2026-11-23T18:20:00Z")), Some(at("2026-11-23T18:21:00Z")));
        assert_eq!(window.with(short), window);
        assert_eq!(short.with(short), short);
    }
}
