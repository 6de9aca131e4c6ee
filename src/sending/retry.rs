//! The table of fates: what happened to an attempt, what a repetition of the call does, and how many attempts are left
//! decide what is done next. Nothing else in the program decides on another attempt.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::attempt_end::AttemptEnd;
use crate::catalogue::Effect;

/// What is done after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The call is settled as applied.
    Accept,
    /// Another attempt, after a wait.
    Again,
    /// The run is held until the server is back, and then the call goes again: that was no attempt.
    Hold,
    /// The call is settled as not applied.
    Fail,
    /// The call is settled as one that may have been applied.
    Doubt,
    /// As [`Self::Fail`], and the run stops: no further call has a chance.
    FailAndStop,
    /// As [`Self::Doubt`], and the run stops: no further call has a chance.
    DoubtAndStop,
}

/// Decides. `in_doubt` says that an earlier attempt of the same call may have been applied; from then on
/// only an accepted answer settles it, because the worst attempt counts. A call that must not happen twice is
/// failed by the API's own verdict alone.
pub(super) fn decide(end: AttemptEnd, effect: Effect, in_doubt: bool, attempts_left: bool) -> Decision {
    let is_once_only = effect == Effect::OnceOnly;
    let settled = |is_open: bool| match effect {
        Effect::Reads => Decision::Fail,
        _ if is_open || in_doubt => Decision::Doubt,
        _ => Decision::Fail,
    };
    let stopped = |is_open: bool| match settled(is_open) {
        Decision::Doubt => Decision::DoubtAndStop,
        _ => Decision::FailAndStop,
    };
    match end {
        AttemptEnd::Accepted => Decision::Accept,
        AttemptEnd::TurnedAway | AttemptEnd::MayHaveHappened if is_once_only => Decision::Doubt,
        AttemptEnd::Unreached | AttemptEnd::TurnedAway => Decision::Hold,
        AttemptEnd::MayHaveHappened if attempts_left => Decision::Again,
        AttemptEnd::SaidNo => settled(false),
        AttemptEnd::MayHaveHappened => settled(true),
        AttemptEnd::Replaced => settled(is_once_only),
        AttemptEnd::KeyRefused => stopped(false),
        AttemptEnd::Barred => stopped(true),
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

    /// The wait after the given attempt, counted from 1. Jitter adds up to as much again, so that rows
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
    use super::{AttemptEnd, Decision, LONGEST, Schedule, decide};
    use crate::catalogue::Effect::{OnceOnly, Reads, Repeatable};
    use std::time::Duration;

    /// Every cell of the table: the first attempt with others left, the last one, and both again after an
    /// attempt that may have been applied.
    #[test]
    fn the_table_of_fates() {
        use Decision::{Accept, Again, Doubt, DoubtAndStop, Fail, FailAndStop, Hold};
        let table = [
            // end, effect, (left, last, left in doubt, last in doubt)
            (AttemptEnd::Accepted, Repeatable, [Accept, Accept, Accept, Accept]),
            (AttemptEnd::Accepted, OnceOnly, [Accept, Accept, Accept, Accept]),
            (AttemptEnd::Accepted, Reads, [Accept, Accept, Accept, Accept]),
            (AttemptEnd::Unreached, Repeatable, [Hold, Hold, Hold, Hold]),
            (AttemptEnd::Unreached, OnceOnly, [Hold, Hold, Hold, Hold]),
            (AttemptEnd::Unreached, Reads, [Hold, Hold, Hold, Hold]),
            (AttemptEnd::TurnedAway, Repeatable, [Hold, Hold, Hold, Hold]),
            (AttemptEnd::TurnedAway, OnceOnly, [Doubt, Doubt, Doubt, Doubt]),
            (AttemptEnd::TurnedAway, Reads, [Hold, Hold, Hold, Hold]),
            (AttemptEnd::MayHaveHappened, Repeatable, [Again, Doubt, Again, Doubt]),
            (AttemptEnd::MayHaveHappened, OnceOnly, [Doubt, Doubt, Doubt, Doubt]),
            (AttemptEnd::MayHaveHappened, Reads, [Again, Fail, Again, Fail]),
            (AttemptEnd::SaidNo, Repeatable, [Fail, Fail, Doubt, Doubt]),
            (AttemptEnd::SaidNo, OnceOnly, [Fail, Fail, Doubt, Doubt]),
            (AttemptEnd::SaidNo, Reads, [Fail, Fail, Fail, Fail]),
            (AttemptEnd::Replaced, Repeatable, [Fail, Fail, Doubt, Doubt]),
            (AttemptEnd::Replaced, OnceOnly, [Doubt, Doubt, Doubt, Doubt]),
            (AttemptEnd::Replaced, Reads, [Fail, Fail, Fail, Fail]),
            (AttemptEnd::KeyRefused, Repeatable, [FailAndStop, FailAndStop, DoubtAndStop, DoubtAndStop]),
            (AttemptEnd::KeyRefused, OnceOnly, [FailAndStop, FailAndStop, DoubtAndStop, DoubtAndStop]),
            (AttemptEnd::KeyRefused, Reads, [FailAndStop, FailAndStop, FailAndStop, FailAndStop]),
            (AttemptEnd::Barred, Repeatable, [DoubtAndStop, DoubtAndStop, DoubtAndStop, DoubtAndStop]),
            (AttemptEnd::Barred, OnceOnly, [DoubtAndStop, DoubtAndStop, DoubtAndStop, DoubtAndStop]),
            (AttemptEnd::Barred, Reads, [FailAndStop, FailAndStop, FailAndStop, FailAndStop]),
        ];
        for (end, effect, [left, last, left_in_doubt, last_in_doubt]) in table {
            let cell = |in_doubt, attempts_left| decide(end, effect, in_doubt, attempts_left);
            assert_eq!(
                [cell(false, true), cell(false, false), cell(true, true), cell(true, false)],
                [left, last, left_in_doubt, last_in_doubt],
                "{end:?} {effect:?}"
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
