//! How many failures a run bears: it counts calls that fail, and says when it is enough.

use super::limits::FailureLimit;
use super::outage::Outage;
use super::outcome::Problem;
use super::stop::StopReason;

#[derive(Debug)]
pub(super) struct FailureBudget {
    limit: FailureLimit,
    in_all: u64,
    in_a_row: u64,
    /// Of calls that cannot connect. A server that is gone stops the run whatever the limit says.
    outage: Outage,
}

impl FailureBudget {
    pub(super) fn new(limit: FailureLimit) -> Self {
        Self { limit, in_all: 0, in_a_row: 0, outage: Outage::default() }
    }

    /// An answer came, whatever it says: the server is there.
    pub(super) fn server_answered(&mut self) {
        self.outage.answered();
    }

    /// A call ended because its last attempt could not connect. In doubt or not, it tells that the server may
    /// be gone.
    pub(super) fn unreached(&mut self) {
        self.outage.lost();
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
        if self.outage.is_total() {
            Some(StopReason::ServerGone(problem.clone()))
        } else {
            is_too_much.then(|| StopReason::TooManyFailures(problem.clone()))
        }
    }
}
