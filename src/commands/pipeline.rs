//! The second pass: rows are read and made calls on a thread of their own, and handed to whoever takes them.
//! Every channel is bounded, so the slowest sets the speed.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::failure::Failure;
use super::recorder::{Notes, Report};
use super::validation::check;
use crate::catalogue::Effect;
use crate::events::{Event, Listener};
use crate::reading::{Records, Row, RowNumber};
use crate::reconciling::{Next, next};
use crate::recording::{Entry, Finished, Replay, Results, RowResult, RunId, Status, Tag};
use crate::sending::{Job, PriorAttempts, Ticket};
use crate::validating::{Across, Call, Checked, Checker, Rejection};

/// Calls and results travel in bundles: waking a thread for each would cost more than the work itself.
const BUNDLE: usize = 64;
/// How many bundles wait at the most.
pub(super) const BUNDLES: usize = 8;

/// The rows of an input and the rules for them.
pub(super) struct Rows {
    pub(super) records: Records,
    pub(super) checker: Checker,
    pub(super) across: Across,
}

impl Rows {
    /// Goes through all rows; `take` gets what the check says of each, and whether to go on is its answer.
    pub(super) fn each<R>(
        mut self,
        mut make: impl FnMut(&Checked<'_>) -> R,
        mut take: impl FnMut(&Row, Result<R, Rejection>) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let mut row = Row::default();
        while self.records.read(&mut row)? {
            let checked = check(&mut self.checker, &mut self.across, &row, &mut make);
            if !take(&row, checked)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The results of an input of which nothing is sent.
    pub(super) fn write_unsent(self, mut results: Results, why: &'static str) -> Result<Finished, Failure> {
        self.each(
            |_| (),
            |_, checked| {
                let result = match checked {
                    Ok(()) => RowResult::skipped(why),
                    Err(rejection) => RowResult::invalid(&rejection),
                };
                results.put(&result)?;
                Ok(true)
            },
        )?;
        Ok(results.finish()?)
    }
}

/// Which rows are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All that were not sent yet, and those that are safe to be sent again.
    Open,
    /// Only those that were proven not to be applied.
    NotApplied,
}

/// Hands calls to the engine, unless the journal knows what became of their rows.
pub(super) struct Feeder {
    pub(super) rows: Rows,
    pub(super) replay: Replay,
    pub(super) effect: Effect,
    pub(super) scope: Scope,
    /// The run that comments are tagged with; none where they are left alone.
    pub(super) tags: Option<RunId>,
    pub(super) notes: Notes,
    pub(super) listener: Arc<dyn Listener>,
}

impl Feeder {
    /// Goes through all rows, until the engine takes no more.
    pub(super) fn run(self, calls: &mpsc::Sender<Vec<Job>>) -> Result<(), Failure> {
        let Self { rows, mut replay, effect, scope, tags, notes, listener } = self;
        let mut jobs = Vec::with_capacity(BUNDLE);
        let mut invalid = Vec::new();
        let mut resent = HashSet::new();
        rows.each(|checked| checked.to_call(), |row, checked| {
            let number = row.number();
            let entry = replay.entry(number)?;
            match checked {
                Err(rejection) if entry.is_none() => {
                    invalid.push((number, RowResult::invalid(&rejection)));
                }
                Err(_) => {}
                Ok(call) => {
                    let call = tagged(&call, tags.as_ref(), number);
                    let is_behind = call.sequence().is_some_and(|key| resent.contains(&key));
                    match job(number, call, entry, effect, scope, is_behind) {
                        Ok(job) => {
                            resent.extend(job.call.sequence().filter(|_| job.past.doubt.is_some()));
                            jobs.push(job);
                        }
                        Err(Left::Settled(status)) => listener.event(Event::Row(status)),
                        Err(Left::Changed) => listener.event(Event::Warning(&format!(
                            "line {}: what would be sent is not what an earlier session sent for this row; it is left alone. Did the version of the program change?",
                            row.line()
                        ))),
                    }
                }
            }
            if invalid.len() >= BUNDLE {
                notes.report_blocking(Report::Rows(std::mem::take(&mut invalid)));
            }
            if jobs.len() >= BUNDLE {
                let bundle = std::mem::replace(&mut jobs, Vec::with_capacity(BUNDLE));
                return Ok(calls.blocking_send(bundle).is_ok());
            }
            Ok(true)
        })?;
        if !invalid.is_empty() {
            notes.report_blocking(Report::Rows(invalid));
        }
        if !jobs.is_empty() {
            // Where the engine takes no more, the rows were not sent, and the journal says nothing of them.
            let _ = calls.blocking_send(jobs);
        }
        Ok(())
    }
}

/// The call as it is sent: a booking's comment carries the tag that finds it again.
pub(super) fn tagged(call: &Call, tags: Option<&RunId>, row: RowNumber) -> Call {
    match tags {
        Some(run) => call.tagged(&Tag { run: *run, row }.to_string()),
        None => call.clone(),
    }
}

/// Why a row is not sent.
enum Left {
    /// What became of it is known, or has to be found out.
    Settled(Status),
    /// Its content is not what it was.
    Changed,
}

/// What is sent for a row. `is_behind`: an earlier row of the same customer is sent again.
fn job(
    row: RowNumber,
    call: Call,
    entry: Option<Entry>,
    effect: Effect,
    scope: Scope,
    is_behind: bool,
) -> Result<Job, Left> {
    let resend = scope == Scope::NotApplied;
    let next = next(effect, entry.as_ref(), resend);
    let is_wanted = scope != Scope::NotApplied || entry.as_ref().is_some_and(Entry::was_not_applied);
    let Some(entry) = entry else {
        return if is_wanted {
            Ok(Job { ticket: Ticket(row.0), call, past: PriorAttempts::default() })
        } else {
            Err(Left::Settled(Status::Skipped))
        };
    };
    // An earlier row of the same customer is sent again: the later one must have the last word.
    let is_overtaken = is_behind && entry.result.status == Status::Ok && effect == Effect::Repeatable;
    let is_sent = matches!(next, Next::Send | Next::SendInDoubt) || is_overtaken;
    if !is_wanted || !is_sent {
        return Err(Left::Settled(entry.result.status));
    }
    if entry.content.as_ref().is_some_and(|content| *content != call.digest().to_string()) {
        return Err(Left::Changed);
    }
    let doubt = (next == Next::SendInDoubt || is_overtaken).then(|| entry.doubt());
    Ok(Job { ticket: Ticket(row.0), call, past: PriorAttempts { attempts: entry.result.attempts, doubt } })
}
