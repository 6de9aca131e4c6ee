//! The calls of a run that are not settled yet: new ones, those waiting for another attempt, those waiting
//! for an equal row before them, and those in flight. Pure bookkeeping; it sends nothing and knows no time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use super::outcome::{Problem, Ticket};
use super::terms::Job;
use crate::validating::{Call, SequenceKey};

/// A call on its way, and what has happened to it so far.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) ticket: Ticket,
    pub(super) call: Call,
    /// Requests sent for the call itself.
    pub(super) attempts: u32,
    /// The first attempt that may have been applied.
    pub(super) doubt: Option<Problem>,
    /// The status of the last answer.
    pub(super) http_status: Option<u16>,
    /// Set while the server is asked whether the customer is still there.
    pub(super) confirming: Option<Confirming>,
}

/// A `delete` in doubt whose repetition was refused: is the customer gone?
#[derive(Debug)]
pub(super) struct Confirming {
    pub(super) read: Call,
    pub(super) reads: u32,
    pub(super) refusal: Problem,
}

/// A work's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(usize);

#[derive(Debug, Default)]
pub(super) struct Queue {
    works: Vec<Option<Work>>,
    free: Vec<Slot>,
    fresh: VecDeque<Slot>,
    waiting: BinaryHeap<Reverse<(Duration, Slot)>>,
    /// A key is here while a call with it is unsettled; the calls behind it wait in file order.
    sequences: HashMap<SequenceKey, VecDeque<Slot>>,
}

impl Queue {
    /// How many calls are not settled.
    pub(super) fn len(&self) -> usize {
        self.works.len() - self.free.len()
    }

    pub(super) fn add(&mut self, job: Job) {
        let sequence = job.call.sequence();
        let work = Work {
            ticket: job.ticket,
            call: job.call,
            attempts: 0,
            doubt: None,
            http_status: None,
            confirming: None,
        };
        let slot = self.free.pop().unwrap_or_else(|| {
            self.works.push(None);
            Slot(self.works.len() - 1)
        });
        self.works[slot.0] = Some(work);
        match sequence.and_then(|key| self.sequences.get_mut(&key)) {
            Some(behind) => behind.push_back(slot),
            None => {
                if let Some(key) = sequence {
                    self.sequences.insert(key, VecDeque::new());
                }
                self.fresh.push_back(slot);
            }
        }
    }

    /// The call that is to be sent next, if one may be sent now: retries that are due before new calls.
    pub(super) fn ready(&self, now: Duration) -> Option<Slot> {
        match self.waiting.peek() {
            Some(Reverse((due, slot))) if *due <= now => Some(*slot),
            _ => self.fresh.front().copied(),
        }
    }

    /// Takes that call out of its queue; it is in flight from now on.
    pub(super) fn launch(&mut self, now: Duration) -> Option<(Slot, &mut Work)> {
        let slot = self.ready(now)?;
        if self.waiting.peek().is_some_and(|Reverse((_, waiting))| *waiting == slot) {
            self.waiting.pop();
        } else {
            self.fresh.pop_front();
        }
        Some((slot, self.works[slot.0].as_mut()?))
    }

    /// When the next retry is due.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.waiting.peek().map(|Reverse((due, _))| *due)
    }

    pub(super) fn work(&mut self, slot: Slot) -> Option<&mut Work> {
        self.works.get_mut(slot.0)?.as_mut()
    }

    /// The call is to be sent again at this moment.
    pub(super) fn wait(&mut self, slot: Slot, until: Duration) {
        self.waiting.push(Reverse((until, slot)));
    }

    /// The call is settled: it leaves, and the next one with its key may go.
    pub(super) fn settle(&mut self, slot: Slot) -> Option<Work> {
        let work = self.works.get_mut(slot.0)?.take()?;
        self.free.push(slot);
        if let Some(key) = work.call.sequence() {
            match self.sequences.get_mut(&key).and_then(VecDeque::pop_front) {
                Some(next) => self.fresh.push_front(next),
                None => {
                    self.sequences.remove(&key);
                }
            }
        }
        Some(work)
    }

    /// Everything that is not in flight leaves unsent.
    pub(super) fn abandon_queued(&mut self) -> Vec<Work> {
        let mut left = Vec::new();
        loop {
            let slot = self.fresh.pop_front().or_else(|| self.waiting.pop().map(|Reverse((_, slot))| slot));
            match slot {
                Some(slot) => left.extend(self.settle(slot)),
                None => break,
            }
        }
        // What waits behind a call in flight waits for nothing any more.
        let behind: Vec<Slot> = self.sequences.values_mut().flat_map(std::mem::take).collect();
        left.extend(behind.into_iter().filter_map(|slot| {
            let work = self.works.get_mut(slot.0)?.take();
            self.free.push(slot);
            work
        }));
        left
    }

    /// Everything leaves, what is in flight too.
    pub(super) fn abandon_all(&mut self) -> Vec<Work> {
        let left = self.works.drain(..).flatten().collect();
        *self = Self::default();
        left
    }
}
