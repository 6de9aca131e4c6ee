//! Sending: rows are read and made calls on a thread of their own, and handed to the engine. Every channel is
//! bounded, so the slowest sets the speed.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use super::booked_before::UnreadRows;
use super::chain::{Chain, Left, Scope};
use super::error::RunError;
use super::first_alone::{Alone, TracedCall};
use super::first_pass::Passes;
use super::kin::{Kin, Kinship, without_parent};
use super::phases::Phases;
use super::recorder::{Notes, Report};
use super::run_end::RunEnd;
use crate::catalogue::{Action, ApiSelector, Step, Version};
use crate::events::{Event, Listener};
use crate::reading::{Row, RowNumber};
use crate::recording::{Entry, Replay, RowEntries, RowResult, RowStep, Status, Tagging};
use crate::sending::{Clock, Ended, Intake, Job, StopReason, Transport};
use crate::validating::{Call, Checker, Rejection, RowCalls, SequenceKey, StepCall, StepSet};

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
            passes: self.validated.passes(&self.input.source),
            parents_found: self.parents_found.borrow().clone(),
            journal: self.journal.to_owned(),
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
    passes: Passes,
    parents_found: HashMap<RowNumber, String>,
    journal: PathBuf,
    server: Option<Version>,
    /// The steps whose first calls go alone, to be read back.
    alone: StepSet,
    scope: Scope,
    unread: UnreadRows,
    tagging: Tagging,
    notes: Notes,
    listener: Arc<dyn Listener>,
}

impl Feeder {
    /// Goes through all rows, until the engine takes no more; once more for those whose parents come later.
    fn run(self, calls: &mpsc::Sender<Vec<Intake>>, gate: mpsc::Sender<Alone>) -> Result<(), RunError> {
        let rows = || self.passes.rows();
        let mut feeding = Feeding {
            checker: self.passes.checker(),
            replay: Replay::open(&self.journal)?,
            kin: Kin::find(
                self.passes.families(),
                self.parents_found.clone(),
                rows()?,
                Replay::open(&self.journal)?,
            )?,
            alone: self.alone,
            feeder: &self,
            calls,
            gate,
            jobs: Vec::with_capacity(BUNDLE),
            unsent: Vec::new(),
            resent: HashSet::new(),
        };
        loop {
            let mut is_taken = true;
            rows()?.each(
                |checked| checked.calls(),
                |row, checked| {
                    is_taken = feeding.take(row, checked)?;
                    Ok(is_taken)
                },
            )?;
            feeding.end_pass();
            if !is_taken || !feeding.kin.next_pass() {
                return Ok(());
            }
            feeding.replay = Replay::open(&self.journal)?;
        }
    }
}

/// A pass over the rows.
struct Feeding<'f> {
    checker: Checker,
    feeder: &'f Feeder,
    replay: Replay,
    kin: Kin,
    alone: StepSet,
    calls: &'f mpsc::Sender<Vec<Intake>>,
    gate: mpsc::Sender<Alone>,
    jobs: Vec<Intake>,
    /// Rows that are not sent.
    unsent: Vec<(RowStep, RowResult)>,
    resent: HashSet<SequenceKey>,
}

impl Feeding<'_> {
    /// Takes a row; false where the engine takes no more.
    fn take(&mut self, row: &Row, checked: Result<RowCalls, Rejection>) -> Result<bool, RunError> {
        let number = row.number();
        if !self.kin.is_wanted(number) {
            return Ok(true);
        }
        let entries = self.replay.entries(number)?;
        let found = entries.of(Step::FIRST).filter(|entry| entry.is_found());
        // What its first step was to set goes with a later one.
        let checked = match found.and_then(|found| found.result.id.as_deref()) {
            Some(id) if checked.is_ok() => self.checker.check_found(row, id).map(|found| found.calls()),
            _ => checked,
        };
        match checked {
            Err(rejection) if entries.is_empty() => {
                self.unsent.push((RowStep::first(number), RowResult::invalid(&rejection)));
            }
            Err(_) => {}
            Ok(_) if self.feeder.unread.contains(&number) => self.tell(Event::Row(Status::Skipped)),
            Ok(calls) => match self.kin.of(number, calls.parent()) {
                Kinship::None => return Ok(self.send(row, calls, entries)),
                Kinship::Known(parent) => return Ok(self.send(row, calls.of_parent(&parent), entries)),
                Kinship::OnTheWay(parent) => self.wait(row, calls, entries, parent),
                Kinship::Later => self.kin.leave(number),
                Kinship::Missing => self.leave_child(number, calls, &entries),
            },
        }
        if self.unsent.len() >= BUNDLE {
            self.feeder.notes.report_blocking(Report::Rows(std::mem::take(&mut self.unsent)));
        }
        Ok(self.hand_in(BUNDLE))
    }

    /// Hands jobs in where there are so many; false where the engine takes no more.
    fn hand_in(&mut self, bundle: usize) -> bool {
        if self.jobs.len() < bundle {
            return true;
        }
        let jobs = std::mem::replace(&mut self.jobs, Vec::with_capacity(BUNDLE));
        self.calls.blocking_send(jobs).is_ok()
    }

    fn chain(&self, row: RowNumber) -> Chain {
        let Feeder { tagging, server, scope, .. } = *self.feeder;
        Chain { row, tagging, server, scope, is_awaited: self.kin.is_parent(row) }
    }

    fn send(&mut self, row: &Row, calls: RowCalls, entries: RowEntries) -> bool {
        let number = row.number();
        // What is read back is the row as the file has it. Of all others no copy is made.
        let traces = traces(&calls, &entries, self.alone, self.feeder.tagging, number);
        let sequence = calls.sequence();
        let follows_resent = sequence.is_some_and(|key| self.resent.contains(&key));
        match self.chain(number).job(calls, &entries, follows_resent) {
            Ok(job) => {
                self.kin.send(number);
                self.resent.extend(sequence.filter(|_| job.prior.doubt.is_some()));
                let traces: Vec<_> = traces.into_iter().filter(|trace| is_sent(&job, trace)).collect();
                if traces.is_empty() {
                    self.jobs.push(Intake::Ready(job));
                    return self.hand_in(BUNDLE);
                }
                // Those before it go first.
                let next = if self.hand_in(1) {
                    go_alone(&self.gate, job, traces, &self.feeder.notes, self.calls)
                } else {
                    None
                };
                self.alone = next.unwrap_or_default();
                next.is_some()
            }
            Err(left) => {
                self.tell_left(row, left);
                true
            }
        }
    }

    fn wait(&mut self, row: &Row, calls: RowCalls, entries: RowEntries, parent: RowNumber) {
        match self.chain(row.number()).waiting(calls, entries, parent) {
            Ok(job) => {
                self.kin.send(row.number());
                self.jobs.push(Intake::Waiting(job));
            }
            Err(left) => self.tell_left(row, left),
        }
    }

    /// A row whose parent is not there.
    fn leave_child(&mut self, row: RowNumber, calls: RowCalls, entries: &RowEntries) {
        if let Ok(job) = self.chain(row).job(calls, entries, false) {
            self.unsent.push((RowStep::of_ticket(job.ticket), without_parent()));
        }
    }

    fn tell_left(&self, row: &Row, left: Left) {
        match left {
            Left::Settled(status) => self.tell(Event::Row(status)),
            Left::Changed => self.tell(Event::Warning(&format!(
                "line {}: what would be sent is not what an earlier session sent for this row; it is left alone. Did the version of the program change?",
                row.line()
            ))),
        }
    }

    fn tell(&self, event: Event<'_>) {
        self.feeder.listener.event(event);
    }

    fn end_pass(&mut self) {
        if !self.unsent.is_empty() {
            self.feeder.notes.report_blocking(Report::Rows(std::mem::take(&mut self.unsent)));
        }
        // Where the engine takes no more, the rows were not sent, and the journal says nothing of them.
        let _ = self.hand_in(1);
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
    calls: &mpsc::Sender<Vec<Intake>>,
) -> Option<StepSet> {
    let (go, goes) = oneshot::channel();
    let watched = traces.into_iter().map(|trace| {
        let (told, answered) = oneshot::channel();
        notes.report_blocking(Report::Watch(trace.of, told));
        (trace, answered)
    });
    let watched = watched.collect();
    calls.blocking_send(vec![Intake::Ready(job)]).ok()?;
    gate.blocking_send(Alone { watched, go }).ok()?;
    goes.blocking_recv().ok()
}
