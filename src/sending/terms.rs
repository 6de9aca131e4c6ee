//! What goes into a run and what comes out of it: calls, limits and the stop signal; outcomes, pauses, and why
//! it ended.

use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use super::outcome::{Outcome, Problem, Ticket};
use crate::validating::Call;

/// A call to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Comes back with the outcome.
    pub ticket: Ticket,
    /// The call.
    pub call: Call,
    /// What earlier runs know of it.
    pub past: PriorAttempts,
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
    /// Which call.
    pub ticket: Ticket,
    /// What became of it.
    pub outcome: Outcome,
}

/// What the engine tells while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// A call is settled. Each call that was taken is settled exactly once.
    Settled(Settled),
    /// The server ordered a pause.
    Paused {
        /// For how long.
        span: Duration,
        /// Whether it is longer than the longest pause that is obeyed.
        capped: bool,
    },
}

/// How much a run does at once, and how much it bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests in flight at the most.
    pub concurrency: NonZeroUsize,
    /// So many calls may be marked and not sent yet, where no pace holds them back: after a crash they are as much
    /// in doubt as if they had been sent.
    pub ahead: NonZeroUsize,
    /// How many calls may fail.
    pub failures: FailureLimit,
}

/// When calls that are failed or unknown stop the run: `--max-failures`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureLimit {
    /// So many without a good one between them.
    InARow(NonZeroU64),
    /// So many in all.
    InAll(NonZeroU64),
}

/// What the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum StopSignal {
    /// Nothing: go on.
    #[default]
    None,
    /// Launch nothing more, finish what is in flight.
    Finish,
    /// Leave at once; what is in flight stays unknown.
    Abandon,
}

/// Why a run stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The user wanted it.
    Interrupted,
    /// The server refused the key.
    KeyRefused(Problem),
    /// Too many calls failed; with the last problem.
    TooManyFailures(Problem),
    /// The server cannot be reached any more; with the last problem.
    ServerGone(Problem),
    /// What is sent cannot be written down any more.
    NotRecorded,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Why it stopped early; none where every call was settled in the ordinary way.
    pub stopped: Option<StopReason>,
    /// All requests sent.
    pub requests: u64,
    /// Of these, attempts behind the first.
    pub retries: u64,
}
