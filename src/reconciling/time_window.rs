//! When a booking can have been made, and whether the time that a server writes to an entry can be that moment. Servers
//! write their own time without its zone, by a clock that may be minutes or a day apart from this machine's.

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

/// How far the times in a history are ahead of this machine's, read as if they were UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset(SignedDuration);

/// What a measured offset leaves open: the server's clock may go wrong meanwhile, or summer time begin or end.
const MEASURED: SignedDuration = SignedDuration::from_mins(62);
/// Where it was not measured: a day between two clocks, and all zones of the earth.
const UNMEASURED: SignedDuration = SignedDuration::from_hours(24 + 14);

impl Offset {
    /// By an entry that was made at this moment.
    pub fn measured(time: EntryTime, made: Timestamp) -> Option<Self> {
        match time {
            EntryTime::Local(local) => TimeZone::UTC.to_timestamp(local).ok(),
            EntryTime::At(moment) => Some(moment),
            EntryTime::Day(_) | EntryTime::Unreadable => None,
        }
        .map(|written| Self(written.duration_since(made)))
    }

    /// From whole seconds, as a journal keeps them.
    pub const fn of_seconds(seconds: i64) -> Self {
        Self(SignedDuration::from_secs(seconds))
    }

    pub const fn seconds(self) -> i64 {
        self.0.as_secs()
    }
}

impl Window {
    pub const fn new(from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        Self { from, to }
    }

    /// Whether the entry can have been made in the window.
    pub(super) fn may_hold(&self, time: EntryTime, offset: Option<Offset>) -> bool {
        let utc = |local| TimeZone::UTC.to_timestamp(local).ok();
        let (first, last) = match time {
            EntryTime::Unreadable => return true,
            EntryTime::At(moment) => (Some(moment), Some(moment)),
            EntryTime::Local(local) => (utc(local), utc(local)),
            EntryTime::Day(day) => (utc(day.at(0, 0, 0, 0)), utc(day.at(23, 59, 59, 0))),
        };
        let (ahead, slack) = match offset {
            Some(Offset(ahead)) => (ahead, MEASURED),
            None => (SignedDuration::ZERO, UNMEASURED),
        };
        // At the ends of time there is no before and no after.
        let earliest = self.from.and_then(|from| from.checked_add(ahead).ok()?.checked_sub(slack).ok());
        let latest = self.to.and_then(|to| to.checked_add(ahead).ok()?.checked_add(slack).ok());
        earliest.zip(last).is_none_or(|(earliest, last)| earliest <= last)
            && latest.zip(first).is_none_or(|(latest, first)| first <= latest)
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryTime, Offset, Window};
    use jiff::Timestamp;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn local(text: &str) -> EntryTime {
        EntryTime::Local(text.parse().expect("a date and time"))
    }

    fn window() -> Window {
        Window::new(Some(at("2026-11-23T18:20:00Z")), Some(at("2026-11-23T18:21:00Z")))
    }

    /// The server is two hours and seven minutes ahead.
    #[test]
    fn a_measured_offset_tells_most_entries_apart() {
        let offset = Offset::measured(local("2026-11-23 20:07:00"), at("2026-11-23T18:00:00Z"));
        for (time, expected) in [
            (local("2026-11-23 20:27:30"), true),
            (local("2026-11-23 19:27:30"), true),
            (local("2026-11-23 21:27:30"), true),
            (local("2026-11-23 18:20:30"), false),
            (local("2026-11-23 22:30:00"), false),
            (local("2026-11-22 20:27:30"), false),
            (EntryTime::Day("2026-11-23".parse().expect("a day")), true),
            (EntryTime::Day("2026-11-22".parse().expect("a day")), false),
            (EntryTime::Unreadable, true),
        ] {
            assert_eq!(window().may_hold(time, offset), expected, "{time:?}");
        }
    }

    /// Clocks that are minutes or a day apart must not make a booking look as if it were another one.
    #[test]
    fn without_one_a_day_is_near_enough() {
        for (time, expected) in [
            (local("2026-11-22 18:20:30"), true),
            (local("2026-11-24 18:20:30"), true),
            (EntryTime::At(at("2026-11-23T18:10:00Z")), true),
            (local("2026-11-21 18:20:30"), false),
            (local("2026-11-26 18:20:30"), false),
            (EntryTime::Day("2026-11-25".parse().expect("a day")), true),
            (EntryTime::Day("2026-11-19".parse().expect("a day")), false),
        ] {
            assert_eq!(window().may_hold(time, None), expected, "{time:?}");
        }
    }

    #[test]
    fn without_limits_everything_fits() {
        let window = Window::new(None, None);
        for offset in [None, Some(Offset::of_seconds(7200))] {
            assert!(window.may_hold(local("1999-01-01 00:00:00"), offset));
        }
    }
}
