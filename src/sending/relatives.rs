//! Rows that wait for what another row makes: a child for its parent, and for nobody else. Once the parent is there the
//! child goes; where it is not to come, neither does the child go.

use std::collections::HashMap;

use super::job::WaitingJob;
use super::outcome::Ticket;

/// So many rows wait at the most before no more are taken. The rows that they wait for were taken before them.
const WAITING: usize = 8192;

/// Who waits for whom.
#[derive(Debug, Default)]
pub(super) struct Relatives {
    /// The customers that awaited calls have made; none of those that have made nobody.
    settled: HashMap<Ticket, Option<String>>,
    waiting: HashMap<Ticket, Vec<WaitingJob>>,
    count: usize,
}

/// What becomes of a row that waits.
#[derive(Debug)]
pub(super) enum Turn {
    /// Its parent is this customer.
    Goes(WaitingJob, String),
    /// Its parent is not there.
    Stays(WaitingJob),
}

impl Relatives {
    pub(super) fn has_room(&self) -> bool {
        self.count < WAITING
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes a row that waits; what becomes of it, if that is known already.
    pub(super) fn take(&mut self, job: WaitingJob) -> Option<Turn> {
        match self.settled.get(&job.parent) {
            Some(Some(parent)) => Some(Turn::Goes(job, parent.clone())),
            Some(None) => Some(Turn::Stays(job)),
            None => {
                self.count += 1;
                self.waiting.entry(job.parent).or_default().push(job);
                None
            }
        }
    }

    /// An awaited call has made this customer, or nobody: those whose turn it is.
    pub(super) fn settle(&mut self, ticket: Ticket, customer: Option<&str>) -> Vec<Turn> {
        self.settled.insert(ticket, customer.map(str::to_owned));
        let waiting = self.waiting.remove(&ticket).unwrap_or_default();
        self.count -= waiting.len();
        let turn = |job| match customer {
            Some(customer) => Turn::Goes(job, customer.to_owned()),
            None => Turn::Stays(job),
        };
        waiting.into_iter().map(turn).collect()
    }

    /// Everybody who waits: nothing more is sent.
    pub(super) fn leave(&mut self) -> Vec<WaitingJob> {
        self.count = 0;
        self.waiting.drain().flat_map(|(_, jobs)| jobs).collect()
    }
}
