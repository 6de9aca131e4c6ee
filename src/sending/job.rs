//! What goes into the engine and what comes out of it: calls in; outcomes, and how the run ended.

use std::collections::VecDeque;
use std::fmt;

use super::outcome::{Outcome, Problem, Ticket};
use super::stop::StopReason;
use crate::validating::Call;

/// A call to be sent, and the calls that go after it.
#[derive(Debug)]
pub struct Job {
    /// Comes back with the outcome.
    pub ticket: Ticket,
    pub call: Call,
    /// What earlier runs know of it.
    pub prior: PriorAttempts,
    /// Calls about the same customer, in their order: each goes once the one before has proven to be done. Where one is
    /// not, those after it are delivered as not sent.
    pub then: VecDeque<NextCall>,
    /// Whether other rows wait for the customer that this call makes.
    pub is_awaited: bool,
}

/// What is handed in: calls to be sent, and calls that wait for another row.
#[derive(Debug)]
pub enum Intake {
    Ready(Job),
    Waiting(WaitingJob),
}

impl From<Job> for Intake {
    fn from(job: Job) -> Self {
        Self::Ready(job)
    }
}

/// Makes the calls of a row out of the id of its parent; none where they are not what an earlier run has sent.
pub type MakeJob = Box<dyn FnOnce(&str) -> Option<Job> + Send>;

/// The calls of a row that can't be made before another row has made its customer. That one is handed in before.
pub struct WaitingJob {
    /// The call that makes whom they wait for.
    pub parent: Ticket,
    /// The calls, in their order, with what earlier runs know of them.
    pub calls: Vec<(Ticket, PriorAttempts)>,
    /// Makes them, once the parent is there.
    pub make: MakeJob,
    /// Whether other rows wait for the customer that the first of them makes.
    pub is_awaited: bool,
}

impl fmt::Debug for WaitingJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitingJob")
            .field("parent", &self.parent)
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Job {
    /// A call after which no other goes.
    pub const fn alone(ticket: Ticket, call: Call, prior: PriorAttempts) -> Self {
        Self { ticket, call, prior, then: VecDeque::new(), is_awaited: false }
    }
}

/// Only of calls after which no other goes.
#[cfg(test)]
impl Clone for Job {
    fn clone(&self) -> Self {
        assert!(self.then.is_empty(), "a call that waits can be made once");
        Self::alone(self.ticket, self.call.clone(), self.prior.clone())
    }
}

/// Makes a call out of the customer's id, which the call before has made or named.
pub type MakeCall = Box<dyn FnOnce(&str) -> Call + Send>;

/// A call that waits for the one before.
pub struct NextCall {
    /// Comes back with the outcome.
    pub ticket: Ticket,
    /// The call, once it is known whom it is about.
    pub make: MakeCall,
    /// What earlier runs know of it.
    pub prior: PriorAttempts,
}

impl fmt::Debug for NextCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextCall")
            .field("ticket", &self.ticket)
            .field("prior", &self.prior)
            .finish_non_exhaustive()
    }
}

/// What earlier runs know of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PriorAttempts {
    /// How many requests were sent for it. They count in its outcome, not for its retries.
    pub attempts: u32,
    /// Why it may have been applied already; then a refusal settles nothing.
    pub doubt: Option<Problem>,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub ticket: Ticket,
    pub outcome: Outcome,
    /// Whether it is what the calls that go one after the other have come to: the last of them, or the one that is not
    /// done.
    pub is_last: bool,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Why it stopped early; none where every call was settled in the ordinary way.
    pub stopped: Option<StopReason>,
    /// All requests sent.
    pub requests: u64,
    /// Of these, attempts after the first.
    pub retries: u64,
}
