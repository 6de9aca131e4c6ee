//! How many failures a run bears: it counts rows that the API refused and rows in doubt, and says when it is enough.

use super::limits::FailureLimit;
use super::outcome::Problem;
use super::stop::StopReason;

#[derive(Debug)]
pub(super) struct FailureBudget {
    limit: FailureLimit,
    in_all: u64,
    in_a_row: u64,
}

impl FailureBudget {
    pub(super) fn new(limit: FailureLimit) -> Self {
        Self { limit, in_all: 0, in_a_row: 0 }
    }

    /// A call was applied.
    pub(super) fn done(&mut self) {
        self.in_a_row = 0;
    }

    /// A call failed or is unknown; the reason to stop, if this was one too many.
    pub(super) fn failed(&mut self, problem: &Problem) -> Option<StopReason> {
        self.in_all += 1;
        self.in_a_row += 1;
        let is_too_much = match self.limit {
            FailureLimit::InARow(limit) => self.in_a_row >= limit.get(),
            FailureLimit::InAll(limit) => self.in_all >= limit.get(),
        };
        is_too_much.then(|| StopReason::TooManyFailures(problem.clone()))
    }
}
