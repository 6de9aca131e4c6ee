//! The one who writes down: marks, outcomes and findings go to the journal from one thread, as many of them in
//! one commit as have come together meanwhile.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::events::{Event, Listener};
use crate::recording::{ErrorCode, Journal, JournalError, RowResult, RowStep, Status};
use crate::sending::{Intent, IntentLog, NotRecorded, Settled, StopSwitch};

/// How many reports wait at the most.
const WAITING: usize = 8;

/// Something to be written down.
pub(super) enum Report {
    /// These calls are about to be sent; they wait for the answer.
    Leaving(Vec<Intent>, oneshot::Sender<()>),
    /// From the engine.
    Settled(Vec<Settled>),
    /// Rows that are not sent.
    Rows(Vec<(RowStep, RowResult)>),
    /// A row that was looked for before it was sent: it is there already, as often as was counted, or nobody knows.
    Existing(RowStep, RowResult, Option<u64>),
    /// Customers who were there before the first row was sent, and may be taken for what a row has made.
    There(Vec<String>),
    /// Rows that were in doubt.
    Found(Vec<FoundOut>),
    /// Rows whose answers were yes and that are not there, and what a person has to look at.
    Doubted(Vec<(RowStep, String)>),
    /// The balance of a customer before the first booking.
    Balance { customer: String, before: String },
    /// So many rows are done with this.
    Progress(&'static str, u64),
    /// What was measured of the server, under a name.
    Fact(&'static str, String),
    /// Someone waits for what becomes of this row, once it is in the journal.
    Watch(RowStep, oneshot::Sender<RowResult>),
    /// Someone wants to hear of rows in doubt, once they are in the journal.
    WatchDoubts(mpsc::UnboundedSender<RowStep>),
}

/// What was found out about a row that was in doubt.
pub(super) struct FoundOut {
    pub(super) of: RowStep,
    /// Applied; or not, or, without a code, still in doubt.
    pub(super) found: Result<Applied, (Option<ErrorCode>, String)>,
}

/// A row that was found on the server.
pub(super) struct Applied {
    /// The id that the server gave.
    pub(super) id: Option<String>,
    /// How often it is there.
    pub(super) times: u64,
}

impl From<Vec<Settled>> for Report {
    fn from(settled: Vec<Settled>) -> Self {
        Self::Settled(settled)
    }
}

/// The way to the journal.
#[derive(Clone)]
pub(super) struct Notes(pub(super) mpsc::Sender<Report>);

impl Notes {
    /// Resolves once everything reported before is in the journal; false where it cannot be written.
    pub(super) async fn written(&self) -> bool {
        self.record(Vec::new()).await.is_ok()
    }

    /// Reports from a thread that may wait. Where the recorder is gone, its own error is what counts.
    pub(super) fn report_blocking(&self, report: Report) {
        let _ = self.0.blocking_send(report);
    }

    /// Reports.
    pub(super) async fn report(&self, report: Report) {
        let _ = self.0.send(report).await;
    }
}

impl IntentLog for Notes {
    fn record(&self, intents: Vec<Intent>) -> impl Future<Output = Result<(), NotRecorded>> + 'static {
        let reports = self.0.clone();
        async move {
            let (written, is_written) = oneshot::channel();
            reports.send(Report::Leaving(intents, written)).await.map_err(|_| NotRecorded)?;
            is_written.await.map_err(|_| NotRecorded)
        }
    }
}

/// What is left when nobody reports any more.
pub(super) struct Recorded {
    pub(super) journal: Journal,
    /// Why something is not in the journal. It was told.
    pub(super) fault: Option<JournalError>,
}

/// Starts the thread. It ends when all notes are gone. After a fault `stop` says that nothing more may be sent.
pub(super) fn start(
    journal: Journal,
    listener: Arc<dyn Listener>,
    stop: StopSwitch,
    now: impl Fn() -> Timestamp + Send + 'static,
) -> (Notes, JoinHandle<Recorded>) {
    let (reports, received) = mpsc::channel(WAITING);
    let (unwritten, now) = (Vec::new(), Box::new(now));
    let recorder =
        Recorder { journal, listener, now, unwritten, watched: Vec::new(), doubts: None, fault: None };
    (Notes(reports), spawn_blocking(move || recorder.run(received, &stop)))
}

struct Recorder {
    journal: Journal,
    listener: Arc<dyn Listener>,
    /// The time of day.
    now: Box<dyn Fn() -> Timestamp + Send>,
    /// What could not be written yet: it is tried again with everything that comes later.
    unwritten: Vec<Report>,
    /// Calls that someone waits for.
    watched: Vec<(RowStep, oneshot::Sender<RowResult>)>,
    /// Who hears of rows in doubt.
    doubts: Option<mpsc::UnboundedSender<RowStep>>,
    fault: Option<JournalError>,
}

impl Recorder {
    fn run(mut self, mut reports: mpsc::Receiver<Report>, stop: &StopSwitch) -> Recorded {
        while let Some(report) = reports.blocking_recv() {
            self.take(report);
            while let Ok(report) = reports.try_recv() {
                self.take(report);
            }
            if self.write().is_err() {
                // What is in flight still comes, and is tried again with what comes last.
                stop.finish();
            }
        }
        if !self.unwritten.is_empty() && self.write().is_err() {
            for report in &self.unwritten {
                if let Report::Rows(rows) = report {
                    rows.iter().for_each(|(row, result)| tell_unwritten(*row, result, &*self.listener));
                }
            }
        }
        Recorded { journal: self.journal, fault: self.fault }
    }

    fn take(&mut self, report: Report) {
        let report = match report {
            Report::Settled(settled) => {
                self.listener.event(Event::Calls(settled.len() as u64));
                let rows = rows_of(settled, |status| self.listener.event(Event::Row(status)));
                self.unwritten.push(Report::Rows(rows));
                return;
            }
            Report::Watch(row, told) => {
                self.watched.push((row, told));
                return;
            }
            Report::WatchDoubts(told) => {
                self.doubts = Some(told);
                return;
            }
            other => other,
        };
        if let Report::Rows(rows) = &report {
            rows.iter().for_each(|(_, result)| self.listener.event(Event::Row(result.status)));
        }
        self.unwritten.push(report);
    }

    fn write(&mut self) -> Result<(), ()> {
        match write(&mut self.journal, (self.now)(), &self.unwritten) {
            Ok(()) => {
                for report in self.unwritten.drain(..) {
                    match report {
                        Report::Leaving(_, written) => {
                            // If nobody waits for it any more, the calls are delivered as not sent.
                            let _ = written.send(());
                        }
                        Report::Rows(rows) => {
                            tell_watchers(&mut self.watched, &rows);
                            tell_doubts(self.doubts.as_ref(), &rows);
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
            Err(error) => {
                // Calls that are not marked do not leave; their marks are not wanted any more.
                self.unwritten.retain(|report| !matches!(report, Report::Leaving(..)));
                self.watched.clear();
                self.fault.get_or_insert(error);
                Err(())
            }
        }
    }
}

/// A row is told of once, whatever its number of calls.
fn rows_of(settled: Vec<Settled>, tell: impl Fn(Status)) -> Vec<(RowStep, RowResult)> {
    let row = |Settled { ticket, outcome, is_last }| {
        let result = RowResult::from(outcome);
        if is_last {
            tell(result.status);
        }
        (RowStep::of_ticket(ticket), result)
    };
    settled.into_iter().map(row).collect()
}

fn write(journal: &mut Journal, at: Timestamp, reports: &[Report]) -> Result<(), JournalError> {
    let group = journal.group(at)?;
    for report in reports {
        match report {
            Report::Leaving(departures, _) => group.intents(departures)?,
            Report::Rows(rows) => group.results(rows)?,
            // They were made rows when they came.
            Report::Settled(_) => {}
            Report::Found(found) => {
                for FoundOut { of, found } in found {
                    match found {
                        Ok(Applied { id, times }) => group.found(*of, id.as_deref(), *times)?,
                        Err((Some(code), text)) => group.not_applied(*of, *code, text)?,
                        Err((None, text)) => group.undecided(*of, text)?,
                    }
                }
            }
            Report::Doubted(rows) => {
                rows.iter().try_for_each(|(row, text)| group.doubted(*row, ErrorCode::BadAnswer, text))?;
            }
            Report::There(ids) => ids.iter().try_for_each(|id| group.was_there(id))?,
            Report::Existing(row, result, times) => {
                group.result(*row, result)?;
                times.map_or(Ok(()), |times| group.times(*row, times))?;
            }
            Report::Balance { customer, before } => group.balance_before(customer, before)?,
            Report::Progress(what, rows) => group.progress(what, *rows)?,
            Report::Fact(name, value) => group.fact(name, value)?,
            // They were taken when they came.
            Report::Watch(..) | Report::WatchDoubts(_) => {}
        }
    }
    group.commit()
}

/// Tells those who wait for calls what became of them.
fn tell_watchers(watched: &mut Vec<(RowStep, oneshot::Sender<RowResult>)>, rows: &[(RowStep, RowResult)]) {
    let mut place = 0;
    while let Some((of, _)) = watched.get(place) {
        match rows.iter().find(|(other, _)| other == of) {
            Some((_, result)) => {
                let (_, told) = watched.swap_remove(place);
                let _ = told.send(result.clone());
            }
            None => place += 1,
        }
    }
}

/// Tells the one who wants to hear of rows in doubt, if there is anyone.
fn tell_doubts(doubts: Option<&mpsc::UnboundedSender<RowStep>>, rows: &[(RowStep, RowResult)]) {
    let Some(told) = doubts else { return };
    for (row, _) in rows.iter().filter(|(_, result)| result.status == Status::Unknown) {
        // Once sending is over nobody is.
        let _ = told.send(*row);
    }
}

fn tell_unwritten(of: RowStep, result: &RowResult, listener: &dyn Listener) {
    if matches!(result.status, Status::Skipped | Status::Invalid) {
        return;
    }
    let id = result.id.as_deref().map_or_else(String::new, |id| format!(", id {id}"));
    let error = result.error.as_ref().map_or_else(String::new, |(_, text)| format!(": {text}"));
    let text = format!("not written to the journal: row {} is {}{id}{error}", of.row, result.status.name());
    listener.event(Event::Warning(&text));
}
