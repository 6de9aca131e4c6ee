//! What goes into the engine and what comes out of it: calls in; outcomes, and how the run ended.

use super::outcome::{Outcome, Problem, Ticket};
use super::stop::StopReason;
use crate::validating::Call;

/// A call to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Comes back with the outcome.
    pub ticket: Ticket,
    pub call: Call,
    /// What earlier runs know of it.
    pub prior: PriorAttempts,
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
