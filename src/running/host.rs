//! What a command gives to a run: who is told, what the user wants, and the time.

use std::sync::Arc;

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

/// The time of day by this clock. A clock beyond what a date can hold is at its end.
pub(super) fn time_of_day(clock: &impl Clock) -> Timestamp {
    Timestamp::try_from(clock.wall()).unwrap_or(Timestamp::MAX)
}
