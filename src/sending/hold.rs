//! An outage is the run's trouble, not a row's. While the server cannot be reached, or turns requests away, nothing is
//! launched but one try at a time, after waits that grow. What got through to the server ends it; where nothing does
//! for as long as the user's patience lasts, there is no use in going on.

use std::time::{Duration, SystemTime};

use super::outcome::Problem;
use super::retry::Schedule;

/// The first try comes this soon: one request turned away at random should not cost a run a second.
const SOON: Duration = Duration::from_millis(50);

/// Whether a request may leave, as far as an outage is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    Open,
    /// Not before this moment.
    Wait(Duration),
    /// One request may leave, to find out whether the server is back.
    Try,
    /// That request is on its way.
    Tried,
    /// The user's patience is over; the last problem.
    Over(Problem),
}

/// What people are told of the way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkNews {
    /// Requests are held back.
    Held {
        since: SystemTime,
        /// When it is tried again.
        until: SystemTime,
        /// Why.
        problem: Problem,
        /// The pause that the server asks for, where it does; it may be longer than the program waits.
        ordered: Option<Duration>,
        /// Whether nothing was told of this outage yet.
        is_first: bool,
    },
    /// The run goes on.
    Over {
        /// How long it was held.
        lasted: Duration,
    },
    /// An answer went to another request than its own.
    MixedUp(Problem),
    /// Answers are not in UTF-8 but in this encoding, from which they are decoded.
    Decoded(&'static str),
    /// A request that finds out whether the server is there was turned away with the wish for a pause.
    Paused {
        problem: Problem,
        ordered: Duration,
        /// How long it is obeyed.
        obeyed: Duration,
    },
}

/// What was turned away, or did not reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strike {
    /// What was sent to find out whether the server is back.
    Try,
    /// A request for the first time: it tells something of the pace.
    Fresh,
    /// One that was turned away before, maybe for what it is.
    Again,
}

impl Strike {
    pub(super) fn of_call(is_first: bool) -> Self {
        if is_first { Self::Fresh } else { Self::Again }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Trying,
    /// A try got through. Whether the server also takes what was held back is not known yet.
    Through,
}

#[derive(Debug)]
struct OutageState {
    since: Duration,
    /// By the time of day.
    begun: SystemTime,
    /// Failed tries.
    tries: u32,
    due: Duration,
    phase: Phase,
    problem: Problem,
    was_told: bool,
}

#[derive(Debug)]
pub(super) struct Hold {
    schedule: Schedule,
    patience: Duration,
    held: Option<OutageState>,
}

/// News worth a line.
const NEWS: Duration = Duration::from_secs(1);

impl Hold {
    pub(super) fn new(schedule: Schedule, patience: Duration) -> Self {
        Self { schedule, patience, held: None }
    }

    /// When an outage that begins then is tried for the last time.
    pub(super) fn last_try(&self, since: Duration) -> Duration {
        since.saturating_add(self.patience)
    }

    pub(super) fn way(&self, now: Duration) -> Way {
        match &self.held {
            None => Way::Open,
            Some(held) => match held.phase {
                Phase::Through => Way::Open,
                Phase::Trying => Way::Tried,
                Phase::Waiting if self.is_over(held) => Way::Over(held.problem.clone()),
                Phase::Waiting if held.due > now => Way::Wait(held.due),
                Phase::Waiting => Way::Try,
            },
        }
    }

    /// Whether even the last try, at the end of the user's patience, has failed.
    fn is_over(&self, held: &OutageState) -> bool {
        held.tries > 0 && held.due > held.since.saturating_add(self.patience)
    }

    /// The request that finds out leaves.
    pub(super) fn tries(&mut self) {
        if let Some(held) = &mut self.held {
            held.phase = Phase::Trying;
        }
    }

    /// It was left before it had an answer.
    pub(super) fn tries_no_more(&mut self) {
        if let Some(held) = self.held.as_mut().filter(|held| held.phase == Phase::Trying) {
            held.phase = Phase::Waiting;
        }
    }

    /// A request was turned away or could not connect, or a try has failed. Of requests that were in flight together
    /// only the first begins a hold; whether this one did.
    pub(super) fn struck(
        &mut self,
        at: (Duration, SystemTime),
        problem: &Problem,
        ordered: Option<Duration>,
        strike: Strike,
    ) -> bool {
        let ((now, wall), schedule, patience) = (at, self.schedule, self.patience);
        let begins = self.held.is_none();
        let held = self.held.get_or_insert_with(|| OutageState {
            since: now,
            begun: wall,
            tries: 0,
            due: now,
            phase: Phase::Waiting,
            problem: problem.clone(),
            was_told: false,
        });
        let ordered = now + ordered.unwrap_or_default();
        if begins {
            let soon = schedule.wait(1).min(SOON);
            held.due = ordered.max(now + soon).min(held.since.saturating_add(patience));
            return true;
        }
        held.problem = problem.clone();
        if held.phase == Phase::Through || strike == Strike::Try {
            held.tries = held.tries.saturating_add(1);
            held.phase = Phase::Waiting;
            let end = held.since.saturating_add(patience);
            let due = ordered.max(now + schedule.wait(held.tries));
            // The last try is made when patience ends, and not later.
            held.due = if now < end { due.min(end) } else { due.max(end + Duration::from_nanos(1)) };
        } else {
            held.due = held.due.max(ordered.min(held.since.saturating_add(patience)));
        }
        false
    }

    /// The try got through.
    pub(super) fn got_through(&mut self) {
        if let Some(held) = &mut self.held {
            held.phase = Phase::Through;
        }
    }

    /// The server took a request of those that were held back: it is over. What there is to tell, and whether waiting
    /// was needed: a try that failed shows that the first refusal was not a whim.
    pub(super) fn ends(&mut self, now: Duration) -> Option<(Option<LinkNews>, bool)> {
        let held = self.held.take_if(|held| held.phase == Phase::Through)?;
        let news = held.was_told.then(|| LinkNews::Over { lasted: now.saturating_sub(held.since) });
        Some((news, held.tries > 0))
    }

    /// What is to be told now; short waits are not worth it.
    pub(super) fn news(&mut self, now: Duration, ordered: Option<Duration>) -> Option<LinkNews> {
        let held = self.held.as_mut().filter(|held| held.phase == Phase::Waiting)?;
        let wait = held.due.saturating_sub(now);
        if wait < NEWS {
            return None;
        }
        let is_first = !std::mem::replace(&mut held.was_told, true);
        let until = held.begun + (held.due - held.since);
        Some(LinkNews::Held { since: held.begun, until, problem: held.problem.clone(), ordered, is_first })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{Hold, SOON, Strike, Way};
    use crate::sending::outcome::{FailureCode, Problem};
    use crate::sending::retry::Schedule;

    const SECOND: Duration = Duration::from_secs(1);

    fn hold() -> Hold {
        Hold::new(Schedule::new(SECOND), 60 * SECOND)
    }

    fn problem() -> Problem {
        Problem::new(FailureCode::Connect, "x")
    }

    fn strike(hold: &mut Hold, now: Duration, ordered: Option<Duration>, is_try: bool) {
        let strike = if is_try { Strike::Try } else { Strike::Fresh };
        hold.struck((now, SystemTime::UNIX_EPOCH + now), &problem(), ordered, strike);
    }

    fn due(hold: &Hold, now: Duration) -> Duration {
        match hold.way(now) {
            Way::Wait(due) => due,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_try_comes_soon_and_the_others_after_waits_that_grow() {
        let mut hold = hold();
        assert_eq!(hold.way(SECOND), Way::Open);
        strike(&mut hold, SECOND, None, false);
        assert_eq!(due(&hold, SECOND), SECOND + SOON);
        let (mut now, mut least) = (SECOND + SOON, SECOND);
        for _ in 0..4 {
            assert_eq!(hold.way(now), Way::Try);
            hold.tries();
            assert_eq!(hold.way(now), Way::Tried);
            strike(&mut hold, now, None, true);
            assert!(due(&hold, now) >= now + least && due(&hold, now) <= now + 2 * least);
            (now, least) = (due(&hold, now), 2 * least);
        }
    }

    #[test]
    fn the_servers_wish_is_obeyed_and_patience_ends() {
        let mut hold = hold();
        strike(&mut hold, SECOND, Some(30 * SECOND), false);
        assert_eq!(due(&hold, SECOND), 31 * SECOND);
        strike(&mut hold, 2 * SECOND, Some(50 * SECOND), false);
        assert_eq!(due(&hold, SECOND), 52 * SECOND);
        strike(&mut hold, 52 * SECOND, Some(600 * SECOND), true);
        assert_eq!(due(&hold, 52 * SECOND), 61 * SECOND, "the last try");
        assert_eq!(hold.way(61 * SECOND), Way::Try);
        hold.tries();
        strike(&mut hold, 61 * SECOND, None, true);
        assert_eq!(hold.way(61 * SECOND), Way::Over(problem()));
    }

    #[test]
    fn without_patience_there_is_one_try() {
        let mut hold = Hold::new(Schedule::new(SECOND), Duration::ZERO);
        strike(&mut hold, SECOND, Some(SECOND), false);
        assert_eq!(hold.way(SECOND), Way::Try);
        hold.tries();
        strike(&mut hold, SECOND, None, true);
        assert_eq!(hold.way(SECOND), Way::Over(problem()));
    }

    /// A server that answers the try and turns everything else away is as little use as one that is silent.
    #[test]
    fn a_try_that_gets_through_ends_nothing_by_itself() {
        let mut hold = hold();
        strike(&mut hold, SECOND, None, false);
        hold.tries();
        hold.got_through();
        assert_eq!(hold.way(2 * SECOND), Way::Open);
        strike(&mut hold, 2 * SECOND, None, false);
        assert!(due(&hold, 2 * SECOND) >= 3 * SECOND);
        assert_eq!(hold.ends(2 * SECOND), None, "an answer to what left before");
        hold.tries();
        hold.got_through();
        assert_eq!(hold.ends(5 * SECOND), Some((None, true)));
        assert_eq!(hold.way(5 * SECOND), Way::Open);
    }

    #[test]
    fn a_try_that_was_left_is_made_again() {
        let mut hold = hold();
        strike(&mut hold, SECOND, None, false);
        hold.tries();
        hold.tries_no_more();
        assert_eq!(hold.way(2 * SECOND), Way::Try);
    }
}
