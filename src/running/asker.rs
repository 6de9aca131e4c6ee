//! Reads the rows of which a step is in doubt, for those who ask the server about them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::doubts::{Doubtful, Doubts};
use super::error::RunError;
use super::rows::{Rows, call_of};
use crate::catalogue::{Step, Version};
use crate::reconciling::{Open, Settling};
use crate::recording::{Replay, RowStep, Tagging};

/// Reads the rows in doubt.
pub(super) struct Asker {
    pub(super) step: Step,
    pub(super) server: Option<Version>,
    pub(super) rows: Rows,
    pub(super) replay: Replay,
    pub(super) doubts: Arc<Doubts>,
    pub(super) tagging: Tagging,
    pub(super) settling: Settling,
    pub(super) due: Option<BTreeMap<RowStep, Duration>>,
    pub(super) now: Duration,
}

impl Asker {
    pub(super) fn run(self, open: &mpsc::Sender<Open>) -> Result<(), RunError> {
        let Self { step, server, rows, mut replay, doubts, tagging, settling, due, now } = self;
        let last = due.as_ref().and_then(|due| due.keys().next_back().copied());
        rows.each(
            |checked| checked.calls(),
            |row, checked| {
                let of = RowStep { row: row.number(), step };
                let entries = replay.entries(of.row)?;
                let Some(entry) = entries.of(step) else { return Ok(true) };
                let asked_before = due.as_ref().map(|due| due.get(&of).copied());
                let is_wanted = match asked_before {
                    // The first round asks for all.
                    None => Doubtful::Unknown.is_wanted(entry),
                    Some(due) => due.is_some(),
                };
                let call = checked.ok().and_then(|calls| call_of(calls, step, &entries, server));
                let Some(call) = call.filter(|_| is_wanted) else { return Ok(true) };
                let due = asked_before.flatten().unwrap_or_else(|| settling.due(now, entry.ended));
                let row = doubts.open(call, entry, tagging, due, &settling);
                Ok(open.blocking_send(row).is_ok() && last.is_none_or(|last| of < last))
            },
        )
    }
}
