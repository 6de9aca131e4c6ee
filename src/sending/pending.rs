//! A call that is not settled yet.

use std::collections::VecDeque;

use super::attempt_end::AttemptEnd;
use super::job::{Job, NextCall};
use super::outcome::{FailureCode, Fate, Problem, Ticket};
use super::stop::StopReason;
use crate::catalogue::Action;
use crate::validating::Call;

/// A call on its way, and what has happened to it so far.
#[derive(Debug)]
pub(super) struct PendingCall {
    pub(super) ticket: Ticket,
    pub(super) call: Call,
    /// Requests sent for the call itself in this run.
    pub(super) attempts: u32,
    /// Of these, those that were turned away: an outage is the run's trouble, so they do not count for its retries.
    pub(super) held: u32,
    /// Why it waits for the server to come back.
    pub(super) outage: Option<Problem>,
    /// How many calls the server had answered when this one was turned away for the last time.
    pub(super) held_at: u64,
    /// How often it was turned away although the server had taken others: then it is the row's trouble.
    pub(super) blamed: u32,
    /// Requests sent for it in earlier runs.
    pub(super) attempts_before: u32,
    /// The first attempt that may have been applied.
    pub(super) doubt: Option<Problem>,
    /// On its way.
    pub(super) is_in_flight: bool,
    /// It was on its way when an answer went to another request than its own: its answer may be another's too.
    pub(super) is_suspect: bool,
    /// The status of the last answer.
    pub(super) http_status: Option<u16>,
    /// The calls that go after it.
    pub(super) then: VecDeque<NextCall>,
    /// Whether other rows wait for the customer that it makes.
    pub(super) is_awaited: bool,
    /// Set while the server is asked whether the customer is still there.
    pub(super) confirming: Option<Confirming>,
}

impl PendingCall {
    pub(super) fn new(job: Job) -> Self {
        let Job { ticket, call, prior, then, is_awaited } = job;
        Self {
            ticket,
            call,
            attempts: 0,
            held: 0,
            outage: None,
            held_at: 0,
            blamed: 0,
            attempts_before: prior.attempts,
            doubt: prior.doubt,
            is_in_flight: false,
            is_suspect: false,
            http_status: None,
            then,
            is_awaited,
            confirming: None,
        }
    }

    /// The fate of a call in doubt: the doubt comes first, because it is what has to be found out.
    pub(super) fn uncertain(&self, last: Problem) -> Fate {
        match &self.doubt {
            Some(doubt) if *doubt != last => {
                Fate::Unknown(Problem::new(doubt.code, format!("{doubt}; then: {last}")))
            }
            _ => Fate::Unknown(last),
        }
    }

    /// The fate of a call that the server turns away although it takes others.
    pub(super) fn turned_away(&self, last: Problem) -> Fate {
        if self.doubt.is_some() { self.uncertain(last) } else { Fate::Failed(last) }
    }

    /// The fate of a call that the run's stop keeps from being sent, or from being sent again.
    pub(super) fn unsent(&self, reason: Option<&StopReason>) -> Fate {
        let stopped = |text| Problem::new(FailureCode::Stopped, text);
        match (&self.doubt, &self.outage) {
            (Some(doubt), _) if self.attempts == 0 => Fate::Unknown(doubt.clone()),
            (Some(_), _) => self.uncertain(stopped("the run stopped before another attempt")),
            (None, Some(outage)) if matches!(reason, Some(StopReason::ServerGone(_))) => {
                let text = format!("not applied, and the server did not come back in time: {outage}");
                Fate::Skipped(Problem::new(FailureCode::Connect, text))
            }
            (None, _) => Fate::Skipped(stopped("the run stopped before this row was sent")),
        }
    }

    /// A `delete` that may have happened and is refused the second time: the customer may be gone, which
    /// is what the row wanted.
    pub(super) fn confirmation(&self, end: AttemptEnd, refusal: &Problem) -> Option<Confirming> {
        let is_refused_delete = end == AttemptEnd::SaidNo && self.call.action() == Action::Delete;
        let read = is_refused_delete.then(|| self.call.read_customer().ok())??;
        Some(Confirming { read, is_other_name: false, reads: 0, refusal: refusal.clone() })
    }
}

/// A `delete` in doubt whose repetition was refused: is the customer gone?
#[derive(Debug)]
pub(super) struct Confirming {
    pub(super) read: Call,
    /// Whether the customer is looked for under the name that only some servers have.
    pub(super) is_other_name: bool,
    pub(super) reads: u32,
    pub(super) refusal: Problem,
}

/// A request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flight {
    Call(Slot),
    /// Whether the server is back.
    Probe,
}

/// The place of a pending call in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(pub(super) usize);
