//! Time, handed in: what waits here takes no time in tests.

use std::future::Future;
use std::time::{Duration, SystemTime};

/// A clock that only goes forward, and a way to wait on it.
pub trait Clock: Clone + 'static {
    /// The time since a moment that stays the same for this clock.
    fn now(&self) -> Duration;
    /// The time of day, for dates that a server names.
    fn wall(&self) -> SystemTime;
    /// Waits until [`now`](Clock::now) has reached the moment.
    fn sleep_until(&self, moment: Duration) -> impl Future<Output = ()>;
}

/// The clock of the tokio runtime that it was made in.
#[derive(Debug, Clone, Copy)]
pub struct TokioClock {
    start: tokio::time::Instant,
}

impl TokioClock {
    /// Starts at zero. Must be called inside a runtime.
    #[must_use]
    pub fn start() -> Self {
        Self { start: tokio::time::Instant::now() }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep_until(&self, moment: Duration) -> impl Future<Output = ()> {
        tokio::time::sleep_until(self.start + moment)
    }
}
