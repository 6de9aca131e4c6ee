//! Between the queue and the wire: a call passes once its intent is recorded.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::FuturesUnordered;

use super::intent_log::NotRecorded;
use super::pending::Slot;

/// A group of calls, and whether their intents are written down.
pub(super) type RecordedGroup = (Vec<Slot>, Result<(), NotRecorded>);

/// The calls between the queue and the wire: the intents of one group at a time are being recorded, and meanwhile the
/// next group gathers. So many calls share one write to the disk.
#[derive(Default)]
pub(super) struct Gate {
    /// At most one. A set, because it can be waited for without losing it.
    pub(super) being_recorded: FuturesUnordered<Pin<Box<dyn Future<Output = RecordedGroup>>>>,
    ready: VecDeque<Slot>,
}

impl Gate {
    /// How many intents may be recorded now, where so many calls may be recorded and not sent.
    pub(super) fn room(&self, ahead: usize) -> usize {
        if self.being_recorded.is_empty() { ahead.saturating_sub(self.ready.len()) } else { 0 }
    }

    /// Starts a group.
    pub(super) fn begin(
        &mut self,
        slots: Vec<Slot>,
        written: impl Future<Output = Result<(), NotRecorded>> + 'static,
    ) {
        self.being_recorded.push(Box::pin(async move { (slots, written.await) }));
    }

    /// The group is written.
    pub(super) fn open(&mut self, slots: Vec<Slot>) {
        self.ready.extend(slots);
    }

    /// The call that goes next.
    pub(super) fn first(&self) -> Option<Slot> {
        self.ready.front().copied()
    }

    /// It goes.
    pub(super) fn pass(&mut self) -> Option<Slot> {
        self.ready.pop_front()
    }

    /// None of those that wait goes.
    pub(super) fn close(&mut self) -> VecDeque<Slot> {
        std::mem::take(&mut self.ready)
    }
}
