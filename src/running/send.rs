//! Sending: rows are read and made calls on a thread of their own, and handed to the engine. Every channel is
//! bounded, so the slowest sets the speed.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use super::booked_before::UnreadRows;
use super::chain::{Chain, Left, Scope};
use super::error::RunError;
use super::first_alone::{Alone, TracedCall};
use super::phases::Phases;
use super::recorder::{Notes, Report};
use super::rows::Rows;
use super::run_end::RunEnd;
use crate::catalogue::{Action, ApiSelector, Version};
use crate::events::{Event, Listener};
use crate::reading::RowNumber;
use crate::recording::{Entry, Replay, RowEntries, RowResult, RowStep, Status, Tagging};
use crate::sending::{Clock, Ended, Job, StopReason, Transport};
use crate::validating::{Call, RowCalls, StepCall, StepSet};

/// Calls and results travel in bundles: waking a thread for each would cost more than the work itself.
const BUNDLE: usize = 64;
/// How many bundles wait at the most.
const BUNDLES: usize = 8;

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Sends rows, but none of those whose customer's history could not be read.
    pub(super) async fn send(
        &self,
        selector: ApiSelector,
        scope: Scope,
        unread: &UnreadRows,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        self.forget_doubts_end().await;
        let (calls, taken) = mpsc::channel(BUNDLES);
        let feeder = Feeder {
            rows: self.rows()?,
            replay: self.replay()?,
            server: self.input.spec.rules.server,
            alone: if scope == Scope::Open { self.steps_alone() } else { StepSet::default() },
            scope,
            unread: unread.clone(),
            tagging: self.tagging(),
            notes: self.notes.clone(),
            listener: Arc::clone(&self.host.listener),
        };
        let (alone, rows_alone) = mpsc::channel(1);
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
    server: Option<Version>,
    /// The steps whose first calls go alone, to be read back.
    alone: StepSet,
    replay: Replay,
    scope: Scope,
    unread: UnreadRows,
    tagging: Tagging,
    notes: Notes,
    listener: Arc<dyn Listener>,
}

impl Feeder {
    /// Goes through all rows, until the engine takes no more.
    fn run(self, calls: &mpsc::Sender<Vec<Job>>, gate: mpsc::Sender<Alone>) -> Result<(), RunError> {
        let Self { rows, mut replay, server, mut alone, scope, unread, tagging, notes, listener } = self;
        let mut jobs = Vec::with_capacity(BUNDLE);
        let mut invalid = Vec::new();
        let mut resent = HashSet::new();
        rows.each(|checked| checked.calls(), |row, checked| {
            let number = row.number();
            let entries = replay.entries(number)?;
            match checked {
                Err(rejection) if entries.is_empty() => {
                    invalid.push((RowStep::first(number), RowResult::invalid(&rejection)));
                }
                Err(_) => {}
                Ok(_) if unread.contains(&number) => listener.event(Event::Row(Status::Skipped)),
                Ok(bare) => {
                    // What is read back is the row as the file has it. Of all others no copy is made.
                    let traces = traces(&bare, &entries, alone, tagging, number);
                    let sequence = bare.sequence();
                    let follows_resent = sequence.is_some_and(|key| resent.contains(&key));
                    let chain = Chain { row: number, tagging, server, scope };
                    match chain.job(bare, entries, follows_resent) {
                        Ok(job) => {
                            resent.extend(sequence.filter(|_| job.prior.doubt.is_some()));
                            let traces = traces.into_iter().filter(|trace| is_sent(&job, trace)).collect::<Vec<_>>();
                            if !traces.is_empty() {
                                let next = go_alone(&gate, job, traces, &notes, calls);
                                let goes_on = next.is_some();
                                alone = next.unwrap_or_default();
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

/// What is to be read back of a row.
fn traces(
    calls: &RowCalls,
    entries: &RowEntries,
    alone: StepSet,
    tagging: Tagging,
    row: RowNumber,
) -> Vec<TracedCall> {
    if alone.is_empty() {
        return Vec::new();
    }
    let makes =
        |of: &StepCall| of.call.action() == Action::Add && !entries.of(of.step).is_some_and(Entry::is_found);
    let is_new = calls.iter().any(makes);
    let wanted = calls.iter().filter(|of| alone.has(of.step) && can_be_read_back(&of.call));
    wanted
        .map(|StepCall { step, call }| {
            let (of, entry) = (RowStep { row, step: *step }, entries.of(*step).cloned());
            let customer = entries.customer_before(*step).map(str::to_owned);
            TracedCall { of, call: call.clone(), customer, is_new, entry, tagging }
        })
        .collect()
}

/// Whether the call of a trace is among those that are sent.
fn is_sent(job: &Job, trace: &TracedCall) -> bool {
    let ticket = trace.of.ticket();
    job.ticket == ticket || job.then.iter().any(|next| next.ticket == ticket)
}

/// Sends a row alone, and waits until it was read back. None where nothing more is to be sent; else the steps whose next
/// calls go alone too.
fn go_alone(
    gate: &mpsc::Sender<Alone>,
    job: Job,
    traces: Vec<TracedCall>,
    notes: &Notes,
    calls: &mpsc::Sender<Vec<Job>>,
) -> Option<StepSet> {
    let (go, goes) = oneshot::channel();
    let watched = traces.into_iter().map(|trace| {
        let (told, answered) = oneshot::channel();
        notes.report_blocking(Report::Watch(trace.of, told));
        (trace, answered)
    });
    let watched = watched.collect();
    calls.blocking_send(vec![job]).ok()?;
    gate.blocking_send(Alone { watched, go }).ok()?;
    goes.blocking_recv().ok()
}
