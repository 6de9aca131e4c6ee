//! The table of fates: what happened to an attempt, what a repetition of the call does, and how many
//! attempts are left decide what comes next. Nothing else in the program decides on another attempt.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::catalogue::Effect;

/// What happened to one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Event {
    /// The server said that it is done.
    Accepted,
    /// The request never reached the server: no such host, connection refused, TLS.
    Unreached,
    /// The server turned it away before doing anything: 429, 503.
    TurnedAway,
    /// It may have been applied: no answer in time, connection lost, 500, an answer that cannot be read.
    MayHaveHappened,
    /// The server said no.
    SaidNo,
    /// The server refused the key.
    KeyRefused,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The call is done.
    Done,
    /// Another attempt, after a wait.
    Again,
    /// The call was not applied.
    Failed,
    /// Nobody knows whether the call was applied.
    Uncertain,
    /// No further call has a chance; this one was not applied.
    StopFailed,
    /// No further call has a chance; nobody knows whether an earlier attempt of this one was applied.
    StopUncertain,
}

/// Decides. `in_doubt` says that an earlier attempt of the same call may have been applied; from then on
/// only an accepted answer settles it, because the worst attempt counts.
pub(super) fn decide(event: Event, effect: Effect, in_doubt: bool, attempts_left: bool) -> Decision {
    let reads = effect == Effect::Reads;
    let settled = if in_doubt && !reads { Decision::Uncertain } else { Decision::Failed };
    match event {
        Event::Accepted => Decision::Done,
        Event::Unreached | Event::TurnedAway if attempts_left => Decision::Again,
        Event::Unreached | Event::TurnedAway | Event::SaidNo => settled,
        Event::MayHaveHappened => match effect {
            Effect::OnceOnly => Decision::Uncertain,
            Effect::Reads | Effect::Repeatable if attempts_left => Decision::Again,
            Effect::Repeatable => Decision::Uncertain,
            Effect::Reads => Decision::Failed,
        },
        Event::KeyRefused if in_doubt && !reads => Decision::StopUncertain,
        Event::KeyRefused => Decision::StopFailed,
    }
}

/// How long to wait before another attempt: doubling, with jitter, up to a minute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    first: Duration,
}

/// Whatever the number of attempts, no wait grows longer than this before jitter.
const LONGEST: Duration = Duration::from_secs(60);

impl Schedule {
    pub(super) fn new(first: Duration) -> Self {
        Self { first: first.min(LONGEST) }
    }

    /// The wait behind the given attempt, counted from 1. Jitter adds up to as much again, so that rows
    /// turned away together do not come back together.
    pub(super) fn wait(&self, attempt: u32) -> Duration {
        let builder = ExponentialBuilder::new()
            .with_factor(2.0)
            .with_min_delay(self.first)
            .with_max_delay(LONGEST)
            .without_max_times()
            .with_jitter();
        let attempt = attempt.clamp(1, 64) as usize;
        builder.build().nth(attempt - 1).unwrap_or(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Event, LONGEST, Schedule, decide};
    use crate::catalogue::Effect::{OnceOnly, Reads, Repeatable};
    use std::time::Duration;

    /// Every cell of the table: the first attempt with others left, the last one, and both again after an
    /// attempt that may have been applied.
    #[test]
    fn the_table_of_fates() {
        use Decision::{Again, Done, Failed, StopFailed, StopUncertain, Uncertain};
        let table = [
            // event, effect, (left, last, left in doubt, last in doubt)
            (Event::Accepted, Repeatable, [Done, Done, Done, Done]),
            (Event::Accepted, OnceOnly, [Done, Done, Done, Done]),
            (Event::Accepted, Reads, [Done, Done, Done, Done]),
            (Event::Unreached, Repeatable, [Again, Failed, Again, Uncertain]),
            (Event::Unreached, OnceOnly, [Again, Failed, Again, Uncertain]),
            (Event::Unreached, Reads, [Again, Failed, Again, Failed]),
            (Event::TurnedAway, Repeatable, [Again, Failed, Again, Uncertain]),
            (Event::TurnedAway, OnceOnly, [Again, Failed, Again, Uncertain]),
            (Event::TurnedAway, Reads, [Again, Failed, Again, Failed]),
            (Event::MayHaveHappened, Repeatable, [Again, Uncertain, Again, Uncertain]),
            (Event::MayHaveHappened, OnceOnly, [Uncertain, Uncertain, Uncertain, Uncertain]),
            (Event::MayHaveHappened, Reads, [Again, Failed, Again, Failed]),
            (Event::SaidNo, Repeatable, [Failed, Failed, Uncertain, Uncertain]),
            (Event::SaidNo, OnceOnly, [Failed, Failed, Uncertain, Uncertain]),
            (Event::SaidNo, Reads, [Failed, Failed, Failed, Failed]),
            (Event::KeyRefused, Repeatable, [StopFailed, StopFailed, StopUncertain, StopUncertain]),
            (Event::KeyRefused, OnceOnly, [StopFailed, StopFailed, StopUncertain, StopUncertain]),
            (Event::KeyRefused, Reads, [StopFailed, StopFailed, StopFailed, StopFailed]),
        ];
        for (event, effect, [left, last, left_in_doubt, last_in_doubt]) in table {
            let cell = |in_doubt, attempts_left| decide(event, effect, in_doubt, attempts_left);
            assert_eq!(
                [cell(false, true), cell(false, false), cell(true, true), cell(true, false)],
                [left, last, left_in_doubt, last_in_doubt],
                "{event:?} {effect:?}"
            );
        }
    }

    #[test]
    fn waits_double_with_jitter_up_to_a_limit() {
        let schedule = Schedule::new(Duration::from_secs(1));
        for (attempt, seconds) in [(1, 1), (2, 2), (3, 4), (7, 60), (60, 60)] {
            let wait = schedule.wait(attempt);
            let least = Duration::from_secs(seconds).min(LONGEST);
            assert!(wait >= least && wait <= least * 2, "{attempt}: {wait:?}");
        }
    }
}
