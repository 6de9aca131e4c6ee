//! The calls of a run that are not settled yet: new ones, those waiting for another attempt, those waiting for an equal
//! row before them, those whose intent is being recorded, and those in flight. Pure bookkeeping: it sends nothing and
//! knows no time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use super::gate::Gate;
use super::intent_log::Intent;
use super::job::Job;
use super::pending::{PendingCall, Slot};
use crate::validating::SequenceKey;

#[derive(Default)]
pub(super) struct Queue {
    works: Vec<Option<PendingCall>>,
    free: Vec<Slot>,
    /// Without a recorded intent.
    fresh: VecDeque<Slot>,
    /// Whose intents are being recorded, or are recorded.
    pub(super) gate: Gate,
    waiting: BinaryHeap<Reverse<(Duration, Slot)>>,
    /// Turned away more than once: they let others find out whether the server is back.
    held: VecDeque<Slot>,
    /// A key is here while a call with it is unsettled; the calls after it wait in the order of the file.
    sequences: HashMap<SequenceKey, VecDeque<Slot>>,
}

impl Queue {
    /// How many calls are not settled.
    pub(super) fn len(&self) -> usize {
        self.works.len() - self.free.len()
    }

    pub(super) fn add(&mut self, job: Job) {
        let sequence = job.call.sequence();
        let work = PendingCall::new(job);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.works.push(None);
            Slot(self.works.len() - 1)
        });
        self.works[slot.0] = Some(work);
        match sequence.and_then(|key| self.sequences.get_mut(&key)) {
            Some(waiting) => waiting.push_back(slot),
            None => {
                if let Some(key) = sequence {
                    self.sequences.insert(key, VecDeque::new());
                }
                self.fresh.push_back(slot);
            }
        }
    }

    /// Takes up to so many new calls out of the queue, whose intents are to be recorded.
    pub(super) fn take_fresh(&mut self, count: usize) -> (Vec<Slot>, Vec<Intent>) {
        let count = count.min(self.fresh.len());
        let slots: Vec<Slot> = self.fresh.drain(..count).collect();
        let works = slots.iter().filter_map(|slot| self.works.get(slot.0)?.as_ref());
        let intent = |work: &PendingCall| Intent {
            ticket: work.ticket,
            attempts: work.attempts_before,
            content: work.call.digest(),
            key: work.call.key().map(|key| key.to_string()),
            effect: work.call.effect(),
        };
        let intents = works.map(intent).collect();
        (slots, intents)
    }

    /// The call that is to be sent next, if one may be sent now: retries that are due before new calls.
    pub(super) fn ready(&self, now: Duration) -> Option<Slot> {
        match self.waiting.peek() {
            Some(Reverse((due, slot))) if *due <= now => Some(*slot),
            _ => self.gate.first(),
        }
    }

    /// Takes that call out of its queue; it is in flight from now on.
    pub(super) fn launch(&mut self, now: Duration) -> Option<(Slot, &mut PendingCall)> {
        let slot = self.ready(now)?;
        if self.waiting.peek().is_some_and(|Reverse((_, waiting))| *waiting == slot) {
            self.waiting.pop();
        } else {
            self.gate.pass();
        }
        Some((slot, self.works[slot.0].as_mut()?))
    }

    /// What is in flight may get another's answer.
    pub(super) fn suspect_all_in_flight(&mut self) {
        self.works
            .iter_mut()
            .flatten()
            .filter(|work| work.is_in_flight)
            .for_each(|work| work.is_suspect = true);
    }

    /// When the next retry is due.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.waiting.peek().map(|Reverse((due, _))| *due)
    }

    pub(super) fn work(&mut self, slot: Slot) -> Option<&mut PendingCall> {
        self.works.get_mut(slot.0)?.as_mut()
    }

    /// The call is to be sent again at this moment.
    pub(super) fn wait(&mut self, slot: Slot, until: Duration) {
        self.waiting.push(Reverse((until, slot)));
    }

    /// The call goes again once others got through, or when there are no others.
    pub(super) fn hold(&mut self, slot: Slot) {
        self.held.push_back(slot);
    }

    /// Others got through: those that were held go again, each at the moment that follows from how often
    /// it was to blame.
    pub(super) fn release(&mut self, due: impl Fn(u32) -> Duration) {
        let works = &self.works;
        let blamed = |slot: &Slot| works.get(slot.0).and_then(Option::as_ref).map_or(0, |work| work.blamed);
        self.waiting.extend(self.held.drain(..).map(|slot| Reverse((due(blamed(&slot)), slot))));
    }

    /// There are no others: the first of them goes.
    pub(super) fn release_one(&mut self, now: Duration) {
        if self.waiting.is_empty() && self.gate.first().is_none() {
            self.waiting.extend(self.held.pop_front().map(|slot| Reverse((now, slot))));
        }
    }

    /// The call is settled: it leaves, and the next one with its key may go.
    pub(super) fn settle(&mut self, slot: Slot) -> Option<PendingCall> {
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

    /// The call is settled, and the one after it takes its place, before all others: a row that was begun comes to its
    /// end.
    pub(super) fn go_on(&mut self, slot: Slot, next: PendingCall) -> Option<PendingCall> {
        let work = self.works.get_mut(slot.0)?.replace(next)?;
        self.fresh.push_front(slot);
        Some(work)
    }

    /// Everything leaves unsent that is neither in flight nor being recorded.
    pub(super) fn abandon_queued(&mut self) -> Vec<PendingCall> {
        let mut left = Vec::new();
        self.fresh.extend(self.gate.close());
        self.fresh.append(&mut self.held);
        loop {
            let slot = self.fresh.pop_front().or_else(|| self.waiting.pop().map(|Reverse((_, slot))| slot));
            match slot {
                Some(slot) => left.extend(self.settle(slot)),
                None => break,
            }
        }
        // What waits for a call in flight has nothing left to wait for.
        let waiting: Vec<Slot> = self.sequences.values_mut().flat_map(std::mem::take).collect();
        left.extend(waiting.into_iter().filter_map(|slot| {
            let work = self.works.get_mut(slot.0)?.take();
            self.free.push(slot);
            work
        }));
        left
    }

    /// Everything leaves, including what is in flight or being recorded.
    pub(super) fn abandon_all(&mut self) -> Vec<PendingCall> {
        let left = self.works.drain(..).flatten().collect();
        *self = Self::default();
        left
    }
}
