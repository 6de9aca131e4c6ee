//! How much a run does at once, and how many failures it bears.

use std::num::{NonZeroU64, NonZeroUsize};

/// How much a run does at once, and how much it bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests in flight at the most.
    pub concurrency: NonZeroUsize,
    /// The intents of so many calls may be recorded and not sent yet, where no pace holds them back: after a crash
    /// they are as much in doubt as if they had been sent.
    pub unsent_intents: NonZeroUsize,
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
