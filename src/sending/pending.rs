//! A call that is not settled yet.

use super::attempt_end::AttemptEnd;
use super::outcome::{FailureCode, Fate, Problem, Ticket};
use crate::catalogue::Action;
use crate::validating::Call;

/// A call on its way, and what has happened to it so far.
#[derive(Debug)]
pub(super) struct PendingCall {
    pub(super) ticket: Ticket,
    pub(super) call: Call,
    /// Requests sent for the call itself in this run.
    pub(super) attempts: u32,
    /// Requests sent for it in earlier runs.
    pub(super) attempts_before: u32,
    /// The first attempt that may have been applied.
    pub(super) doubt: Option<Problem>,
    /// The status of the last answer.
    pub(super) http_status: Option<u16>,
    /// Set while the server is asked whether the customer is still there.
    pub(super) confirming: Option<Confirming>,
}

impl PendingCall {
    /// The fate of a call in doubt: the doubt comes first, because it is what has to be found out.
    pub(super) fn uncertain(&self, last: Problem) -> Fate {
        match &self.doubt {
            Some(doubt) if *doubt != last => {
                Fate::Unknown(Problem::new(doubt.code, format!("{doubt}; then: {last}")))
            }
            _ => Fate::Unknown(last),
        }
    }

    /// The fate of a call that the run's stop keeps from being sent, or from being sent again.
    pub(super) fn unsent(&self) -> Fate {
        let stopped = |text| Problem::new(FailureCode::Stopped, text);
        match &self.doubt {
            Some(doubt) if self.attempts == 0 => Fate::Unknown(doubt.clone()),
            Some(_) => self.uncertain(stopped("the run stopped before another attempt")),
            None => Fate::Skipped(stopped("the run stopped before this row was sent")),
        }
    }

    /// A `delete` that may have happened and is refused the second time: the customer may be gone, which
    /// is what the row wanted.
    pub(super) fn confirmation(&self, end: AttemptEnd, refusal: &Problem) -> Option<Confirming> {
        let is_refused_delete = end == AttemptEnd::SaidNo && self.call.action() == Action::Delete;
        let read = is_refused_delete.then(|| self.call.read_customer().ok())??;
        Some(Confirming { read, reads: 0, refusal: refusal.clone() })
    }
}

/// A `delete` in doubt whose repetition was refused: is the customer gone?
#[derive(Debug)]
pub(super) struct Confirming {
    pub(super) read: Call,
    pub(super) reads: u32,
    pub(super) refusal: Problem,
}

/// The place of a pending call in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(pub(super) usize);
