//! The mark before a request: what is written down before a call may leave, so that a crash cannot make
//! anybody forget that it may have been sent. Who writes, and where, is not this stage's business.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::FuturesUnordered;

use super::outcome::Ticket;
use super::queue::Slot;
use crate::validating::Digest;

/// A call that is about to be sent for the first time in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Which call.
    pub ticket: Ticket,
    /// How many requests were sent for it in earlier runs.
    pub attempts: u32,
    /// The fingerprint of what is sent.
    pub content: Digest,
}

/// Nothing can be written down any more, so nothing may be sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotMarked;

/// Writes marks.
pub trait IntentLog {
    /// Resolves once these calls are where a crash cannot take them away. Only then are they sent. Calls that
    /// were marked and did not leave after all are delivered as not sent.
    fn mark(&self, leaving: Vec<Intent>) -> impl Future<Output = Result<(), NotMarked>> + 'static;
}

/// Writes no marks.
#[cfg(test)]
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmarked;

#[cfg(test)]
impl IntentLog for Unmarked {
    fn mark(&self, _: Vec<Intent>) -> impl Future<Output = Result<(), NotMarked>> + 'static {
        std::future::ready(Ok(()))
    }
}

/// A group of calls whose marks are being written.
pub(super) type Marking = (Vec<Slot>, Result<(), NotMarked>);

/// The calls between the queue and the wire: one group at a time is being marked, and while that is written
/// the next one gathers. So many calls share one write to the disk.
#[derive(Default)]
pub(super) struct Gate {
    /// At most one. A set, because it can be waited for without losing it.
    pub(super) being_marked: FuturesUnordered<Pin<Box<dyn Future<Output = Marking>>>>,
    marked: VecDeque<Slot>,
}

impl Gate {
    /// How many calls may be marked now, of so many that may wait for their turn marked.
    pub(super) fn room(&self, ahead: usize) -> usize {
        if self.being_marked.is_empty() { ahead.saturating_sub(self.marked.len()) } else { 0 }
    }

    /// Starts a group.
    pub(super) fn begin(
        &mut self,
        slots: Vec<Slot>,
        written: impl Future<Output = Result<(), NotMarked>> + 'static,
    ) {
        self.being_marked.push(Box::pin(async move { (slots, written.await) }));
    }

    /// The group is written.
    pub(super) fn open(&mut self, slots: Vec<Slot>) {
        self.marked.extend(slots);
    }

    /// The call that goes next.
    pub(super) fn first(&self) -> Option<Slot> {
        self.marked.front().copied()
    }

    /// It goes.
    pub(super) fn pass(&mut self) -> Option<Slot> {
        self.marked.pop_front()
    }

    /// None of those that wait goes.
    pub(super) fn close(&mut self) -> VecDeque<Slot> {
        std::mem::take(&mut self.marked)
    }
}
