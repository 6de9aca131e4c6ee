//! What a command gives to a run: who is told, what the user wants, and the time.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::events::{Event, Listener};
use crate::sending::{Clock, StopSwitch};

/// What a command gives to a run.
#[derive(Clone)]
pub struct Host<C> {
    /// Who is told.
    pub listener: Arc<dyn Listener>,
    /// What the user wants; the run itself uses it too when it can't go on.
    pub stop: StopSwitch,
    /// The time, from the start of the command.
    pub clock: C,
}

impl<C: Clock> Host<C> {
    pub(super) fn tell(&self, event: Event<'_>) {
        self.listener.event(event);
    }

    /// The time of day.
    pub(super) fn now(&self) -> Timestamp {
        time_of_day(&self.clock)
    }
}

/// When a session began, by the clock that goes only forward and by the one that people set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) at: Duration,
    pub(super) wall: Timestamp,
}

impl Begun {
    pub(super) fn now(clock: &impl Clock) -> Self {
        Self { at: clock.now(), wall: time_of_day(clock) }
    }

    /// The time of day, as if nobody set the clock meanwhile: two times of a session are as far apart as they were.
    pub(super) fn time_of_day(self, clock: &impl Clock) -> Timestamp {
        self.wall.checked_add(clock.now().saturating_sub(self.at)).unwrap_or(Timestamp::MAX)
    }
}

/// The time of day by this clock. A clock beyond what a date can hold is at its end.
pub(super) fn time_of_day(clock: &impl Clock) -> Timestamp {
    Timestamp::try_from(clock.wall()).unwrap_or(Timestamp::MAX)
}
