//! Sending: rows are read and made calls on a thread of their own, and handed to the engine. Every channel is
//! bounded, so the slowest sets the speed.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use super::booked_before::UnreadRows;
use super::error::RunError;
use super::first_alone::{Alone, GoesNext};
use super::phases::Phases;
use super::recorder::{Notes, Report};
use super::rows::Rows;
use super::run_end::RunEnd;
use crate::catalogue::{Action, ApiSelector, Effect};
use crate::events::{Event, Listener};
use crate::reading::RowNumber;
use crate::reconciling::{Next, next};
use crate::recording::{Entry, Replay, RowResult, Status, Tag, Tagging};
use crate::sending::{Clock, Ended, Job, PriorAttempts, StopReason, Ticket, Transport};
use crate::validating::Call;

/// Calls and results travel in bundles: waking a thread for each would cost more than the work itself.
const BUNDLE: usize = 64;
/// How many bundles wait at the most.
const BUNDLES: usize = 8;

/// Which rows are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All that were not sent yet, and those that are safe to be sent again.
    Open,
    /// Only those that were proven not to be applied.
    NotApplied,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Sends rows, but none of those whose customer's history could not be read.
    pub(super) async fn send(
        &self,
        selector: ApiSelector,
        scope: Scope,
        unread: UnreadRows,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        self.forget_doubts_end().await;
        let (calls, taken) = mpsc::channel(BUNDLES);
        let feeder = Feeder {
            rows: self.rows()?,
            replay: self.replay()?,
            scope,
            unread,
            tagging: self.tagging(),
            notes: self.notes.clone(),
            listener: Arc::clone(&self.host.listener),
        };
        let (alone, rows_alone) = mpsc::channel(1);
        let alone = (scope == Scope::Open && self.goes_alone()).then_some(alone);
        let feeder = spawn_blocking(move || feeder.run(&calls, alone));
        let Notes(reports) = self.notes.clone();
        let (link, stop) = (&self.server.link, self.host.stop.stop());
        let engine = crate::sending::run(link, selector, self.limits, &self.notes, taken, reports, stop);
        let sending = async { tokio::join!(engine, self.read_back(selector, rows_alone)) };
        let (ended, blind): (Ended, _) = tokio::select! {
            biased;
            ended = sending => ended,
            never = self.settle_meanwhile(selector, end) => match never {},
        };
        end.retries += ended.retries;
        if let Some(reason) = ended.stopped.or(blind.map(StopReason::Blind)) {
            end.stop(reason);
        }
        feeder.await?
    }
}

/// Hands calls to the engine, unless the journal knows what became of their rows.
struct Feeder {
    rows: Rows,
    replay: Replay,
    scope: Scope,
    unread: UnreadRows,
    tagging: Tagging,
    notes: Notes,
    listener: Arc<dyn Listener>,
}

impl Feeder {
    /// Goes through all rows, until the engine takes no more.
    fn run(
        self,
        calls: &mpsc::Sender<Vec<Job>>,
        mut alone: Option<mpsc::Sender<Alone>>,
    ) -> Result<(), RunError> {
        let Self { rows, mut replay, scope, unread, tagging, notes, listener } = self;
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
                Ok(_) if unread.contains(&number) => listener.event(Event::Row(Status::Skipped)),
                Ok(bare) => {
                    // What is read back is the row as the file has it. Of all others no copy is made.
                    let trace = alone.as_ref().filter(|_| can_be_read_back(&bare)).map(|_| {
                        let tag = tagging.tag(number, bare.key(), entry.as_ref());
                        (bare.clone(), tag)
                    });
                    let call = tagging.put_on(number, bare, entry.as_ref());
                    let follows_resent = call.sequence().is_some_and(|key| resent.contains(&key));
                    match job(number, call, entry, scope, follows_resent) {
                        Ok(job) => {
                            resent.extend(job.call.sequence().filter(|_| job.prior.doubt.is_some()));
                            if let Some((bare, tag)) = trace
                                && let Some(gate) = alone.take()
                            {
                                let next = go_alone(gate, job, bare, tag, &notes, calls);
                                let goes_on = next.is_some();
                                alone = next.flatten();
                                return Ok(goes_on);
                            }
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

/// Whether a row's trace can be looked for.
fn can_be_read_back(call: &Call) -> bool {
    call.action() != Action::Add || call.find_same().is_some()
}

/// Sends a row alone, and waits until it was read back. None where nothing more is to be sent; else the gate, where the
/// next row goes alone too.
fn go_alone(
    gate: mpsc::Sender<Alone>,
    job: Job,
    call: Call,
    tag: Option<Tag>,
    notes: &Notes,
    calls: &mpsc::Sender<Vec<Job>>,
) -> Option<Option<mpsc::Sender<Alone>>> {
    let (told, answered) = oneshot::channel();
    let (go, goes) = oneshot::channel();
    let row = RowNumber(job.ticket.0);
    notes.report_blocking(Report::Watch(row, told));
    calls.blocking_send(vec![job]).ok()?;
    gate.blocking_send(Alone { row, call, tag, answered, go }).ok()?;
    match goes.blocking_recv().ok()? {
        GoesNext::All => Some(None),
        GoesNext::OneAlone => Some(Some(gate)),
    }
}

/// Why a row is not sent.
pub(super) enum Left {
    /// What became of it is known, or has to be found out.
    Settled(Status),
    /// Its content is not what it was.
    Changed,
}

/// What is sent for a row. `follows_resent`: an earlier row of the same customer is sent again.
pub(super) fn job(
    row: RowNumber,
    call: Call,
    entry: Option<Entry>,
    scope: Scope,
    follows_resent: bool,
) -> Result<Job, Left> {
    let (effect, resend) = (call.effect(), scope == Scope::NotApplied);
    let next = next(effect, entry.as_ref(), resend);
    let is_wanted = scope != Scope::NotApplied || entry.as_ref().is_some_and(Entry::was_not_applied);
    let Some(entry) = entry else {
        return if is_wanted {
            Ok(Job { ticket: Ticket(row.0), call, prior: PriorAttempts::default() })
        } else {
            Err(Left::Settled(Status::Skipped))
        };
    };
    // An earlier row of the same customer is sent again: the later one must have the last word.
    let is_overtaken = follows_resent && entry.result.status == Status::Ok && effect == Effect::Repeatable;
    let is_sent = matches!(next, Next::Send | Next::SendInDoubt) || is_overtaken;
    if !is_wanted || !is_sent {
        return Err(Left::Settled(entry.result.status));
    }
    if entry.content.as_ref().is_some_and(|content| *content != call.digest().to_string()) {
        return Err(Left::Changed);
    }
    let doubt = (next == Next::SendInDoubt || is_overtaken).then(|| entry.doubt());
    Ok(Job { ticket: Ticket(row.0), call, prior: PriorAttempts { attempts: entry.result.attempts, doubt } })
}
