//! The calls of a run that are not settled yet: new ones, those waiting for another attempt, those waiting
//! for an equal row before them, those being marked, and those in flight. Pure bookkeeping; it sends nothing and
//! knows no time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use super::job::Job;
use super::marks::{Gate, Intent};
use super::outcome::{FailureCode, Fate, Problem, Ticket};
use super::retry::Event;
use crate::catalogue::Action;
use crate::validating::{Call, SequenceKey};

/// A call on its way, and what has happened to it so far.
#[derive(Debug)]
pub(super) struct Work {
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

impl Work {
    /// The fate of a call in doubt: the doubt comes first, because it is what has to be found out.
    pub(super) fn uncertain(&self, last: Problem) -> Fate {
        match &self.doubt {
            Some(doubt) if *doubt != last => {
                Fate::Uncertain(Problem::new(doubt.code, format!("{doubt}; then: {last}")))
            }
            _ => Fate::Uncertain(last),
        }
    }

    /// The fate of a call that the run's stop keeps from being sent, or from being sent again.
    pub(super) fn unsent(&self) -> Fate {
        let stopped = |text| Problem::new(FailureCode::Stopped, text);
        match &self.doubt {
            Some(doubt) if self.attempts == 0 => Fate::Uncertain(doubt.clone()),
            Some(_) => self.uncertain(stopped("the run stopped before another attempt")),
            None => Fate::NotSent(stopped("the run stopped before this row was sent")),
        }
    }

    /// A `delete` that may have happened and is refused the second time: the customer may be gone, which
    /// is what the row wanted.
    pub(super) fn confirmation(&self, event: Event, refusal: &Problem) -> Option<Confirming> {
        let is_refused_delete = event == Event::SaidNo && self.call.action() == Action::Delete;
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

/// A work's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(usize);

#[derive(Default)]
pub(super) struct Queue {
    works: Vec<Option<Work>>,
    free: Vec<Slot>,
    /// Not marked yet.
    fresh: VecDeque<Slot>,
    /// Being marked, and marked.
    pub(super) gate: Gate,
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
            attempts_before: job.past.attempts,
            doubt: job.past.doubt,
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

    /// Takes up to so many new calls out of the queue, for being marked.
    pub(super) fn take_fresh(&mut self, count: usize) -> (Vec<Slot>, Vec<Intent>) {
        let count = count.min(self.fresh.len());
        let slots: Vec<Slot> = self.fresh.drain(..count).collect();
        let works = slots.iter().filter_map(|slot| self.works.get(slot.0)?.as_ref());
        let departure = |work: &Work| Intent {
            ticket: work.ticket,
            attempts: work.attempts_before,
            content: work.call.digest(),
        };
        let departures = works.map(departure).collect();
        (slots, departures)
    }

    /// The call that is to be sent next, if one may be sent now: retries that are due before new calls.
    pub(super) fn ready(&self, now: Duration) -> Option<Slot> {
        match self.waiting.peek() {
            Some(Reverse((due, slot))) if *due <= now => Some(*slot),
            _ => self.gate.first(),
        }
    }

    /// Takes that call out of its queue; it is in flight from now on.
    pub(super) fn launch(&mut self, now: Duration) -> Option<(Slot, &mut Work)> {
        let slot = self.ready(now)?;
        if self.waiting.peek().is_some_and(|Reverse((_, waiting))| *waiting == slot) {
            self.waiting.pop();
        } else {
            self.gate.pass();
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

    /// Everything leaves unsent that is neither in flight nor being marked.
    pub(super) fn abandon_queued(&mut self) -> Vec<Work> {
        let mut left = Vec::new();
        self.fresh.extend(self.gate.close());
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

    /// Everything leaves, what is in flight or being marked too.
    pub(super) fn abandon_all(&mut self) -> Vec<Work> {
        let left = self.works.drain(..).flatten().collect();
        *self = Self::default();
        left
    }
}
