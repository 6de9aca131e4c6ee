//! The second pass: one thread reads rows and makes calls, the engine sends them, one thread writes what
//! became of them. Every channel is bounded, so the slowest of the three sets the speed.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::failure::Failure;
use super::validation::check;
use crate::events::{Event, Listener};
use crate::reading::{ReadError, Records, Row, RowNumber};
use crate::recording::{RecordError, Results, RowResult, Status};
use crate::sending::{Delivery, Job, StopSignal, Ticket};
use crate::validating::{Across, Checker};

/// Calls and results travel in bundles: waking a thread for each would cost more than the work itself.
const BUNDLE: usize = 64;
/// How many bundles wait at the most.
pub(super) const BUNDLES: usize = 8;

/// What the recorder is sent.
pub(super) enum Report {
    /// From the engine.
    Deliveries(Vec<Delivery>),
    /// From the feeder: rows that are not sent.
    Unsent(Vec<(RowNumber, RowResult)>),
}

impl From<Vec<Delivery>> for Report {
    fn from(deliveries: Vec<Delivery>) -> Self {
        Self::Deliveries(deliveries)
    }
}

/// Reads rows and hands them on.
pub(super) struct Feeder {
    pub(super) records: Records,
    pub(super) checker: Checker,
    pub(super) across: Across,
    pub(super) reports: mpsc::Sender<Report>,
}

/// What becomes of valid rows.
pub(super) enum Valid {
    /// They are sent.
    Send(mpsc::Sender<Vec<Job>>),
    /// They are not, and why.
    Skip(&'static str),
}

impl Feeder {
    /// Goes through all rows. When the engine takes no more calls, the rest is not sent.
    pub(super) fn run(mut self, mut valid: Valid) -> Result<(), ReadError> {
        let mut row = Row::default();
        let mut jobs = Vec::with_capacity(BUNDLE);
        let mut unsent = Vec::new();
        while self.records.read(&mut row)? {
            let number = row.number();
            match check(&mut self.checker, &mut self.across, &row, |checked| match valid {
                Valid::Send(_) => Ok(checked.to_call()),
                Valid::Skip(why) => Err(why),
            }) {
                Ok(Ok(call)) => jobs.push(Job { ticket: Ticket(number.0), call }),
                Ok(Err(why)) => unsent.push((number, RowResult::skipped(why))),
                Err(rejection) => unsent.push((number, RowResult::invalid(&rejection))),
            }
            if jobs.len() >= BUNDLE {
                self.send(std::mem::replace(&mut jobs, Vec::with_capacity(BUNDLE)), &mut valid);
            }
            if unsent.len() >= BUNDLE {
                self.report(std::mem::take(&mut unsent));
            }
        }
        self.send(jobs, &mut valid);
        self.report(unsent);
        Ok(())
    }

    fn send(&self, jobs: Vec<Job>, valid: &mut Valid) {
        let Valid::Send(calls) = valid else { return };
        if jobs.is_empty() {
            return;
        }
        if let Err(mpsc::error::SendError(jobs)) = calls.blocking_send(jobs) {
            const WHY: &str = "the run stopped before this row was sent";
            *valid = Valid::Skip(WHY);
            self.report(
                jobs.into_iter().map(|job| (RowNumber(job.ticket.0), RowResult::skipped(WHY))).collect(),
            );
        }
    }

    fn report(&self, unsent: Vec<(RowNumber, RowResult)>) {
        // Where the recorder is gone, its own error is what counts.
        if !unsent.is_empty() {
            let _ = self.reports.blocking_send(Report::Unsent(unsent));
        }
    }
}

/// Writes results down until nobody sends any more. After a fault nothing more is written, and what could
/// not be is told instead, so that nobody has to guess.
pub(super) fn record(
    mut results: Results,
    mut reports: mpsc::Receiver<Report>,
    listener: &Arc<dyn Listener>,
    stop: &watch::Sender<StopSignal>,
) -> Result<Results, Failure> {
    let mut fault = None;
    while let Some(report) = reports.blocking_recv() {
        let rows = rows_of(report, listener);
        rows.iter().for_each(|(_, result)| listener.event(Event::Row(result.status)));
        if fault.is_some() {
            rows.iter().for_each(|(number, result)| tell_unwritten(*number, result, listener));
        } else if let Err(error) = write(&mut results, &rows) {
            // What was handed over since the last flush may be lost with the buffer, and what waits for an
            // earlier row is in no file at all.
            let lost: BTreeMap<_, _> = results.held().into_iter().chain(rows).collect();
            lost.iter().for_each(|(number, result)| tell_unwritten(*number, result, listener));
            fault = Some(error);
            // Nothing more may be launched; what is in flight still comes, and is told.
            stop.send_if_modified(|signal| {
                let changes = *signal < StopSignal::Finish;
                *signal = (*signal).max(StopSignal::Finish);
                changes
            });
        }
    }
    match fault {
        None => Ok(results),
        Some(error) => Err(Failure::results_lost(error, results.tally())),
    }
}

fn write(results: &mut Results, rows: &[(RowNumber, RowResult)]) -> Result<(), RecordError> {
    for (number, result) in rows {
        results.put(*number, result.clone())?;
    }
    results.flush()
}

fn rows_of(report: Report, listener: &Arc<dyn Listener>) -> Vec<(RowNumber, RowResult)> {
    match report {
        Report::Unsent(rows) => rows,
        Report::Deliveries(deliveries) => deliveries
            .into_iter()
            .filter_map(|delivery| match delivery {
                Delivery::Settled(settled) => Some((RowNumber(settled.ticket.0), settled.outcome.into())),
                Delivery::Paused { span, capped } => {
                    listener.event(Event::Paused { span, capped });
                    None
                }
            })
            .collect(),
    }
}

fn tell_unwritten(number: RowNumber, result: &RowResult, listener: &Arc<dyn Listener>) {
    if matches!(result.status, Status::Skipped | Status::Invalid) {
        return;
    }
    let id = result.id.as_deref().map_or_else(String::new, |id| format!(", id {id}"));
    let error = result.error.as_ref().map_or_else(String::new, |(_, text)| format!(": {text}"));
    let text = format!("not written to the results: row {number} is {}{id}{error}", result.status.name());
    listener.event(Event::Warning(&text));
}
