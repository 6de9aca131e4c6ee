//! `history`: what happened to the customers of a table.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::reads::{self, Reads, broken};
use super::table::ReadTable;
use crate::catalogue::{CUSTOMER_ID, HISTORY_COLUMNS};
use crate::cli::HistorySettings;
use crate::count::{Count, grouped};
use crate::events::{Event, Listener, Look, ReadSummary};
use crate::exit::Exit;
use crate::recording::{AtomicFile, OutputSink, OutputTarget, RecordError};
use crate::table_reads::{
    Histories, HistorySpec, HistoryTable, Losses, Period, Story, Told, Way, read_histories,
};
use crate::validating::customer_id;

/// Customers that wait to be written.
const WAITING: usize = 16;
/// So many customers who could not be read are named.
const NAMED: u64 = 5;

/// Reads all histories.
pub(super) fn run(settings: HistorySettings) -> Result<Exit, Failure> {
    let HistorySettings { history, read } = settings;
    let HistorySpec { table, period, server, output, errors } = history;
    let [customer, ..] = HISTORY_COLUMNS;
    let table = ReadTable::open(&table, &[CUSTOMER_ID, customer], |text| customer_id(text).is_ok())?;
    let histories = Histories { column: table.column, server, period, zone: TimeZone::system() };
    reads::run(read, |reads| read_all(reads, table, histories, Places { output, errors }))
}

/// Where the output goes, and who is not in it.
struct Places {
    output: OutputTarget,
    errors: Option<PathBuf>,
}

impl Places {
    /// Begins the files. Nothing is seen of them before they are whole, on standard output neither.
    fn begin(&self) -> Result<HistoryTable, Failure> {
        let output = reads::begin(&self.output)?;
        let errors = self.errors.as_deref().map(AtomicFile::replacing).transpose()?;
        Ok(HistoryTable::begin(output, errors.map(|file| Box::new(file) as Box<dyn OutputSink>))?)
    }
}

async fn read_all(
    reads: Reads,
    table: ReadTable,
    histories: Histories,
    places: Places,
) -> Result<Exit, Failure> {
    table.tell(&*reads.listener);
    let written = places.begin()?;
    let selector = match reads.selector().await {
        Ok(selector) => selector,
        Err(no_server) => return Ok(reads.refused("history", no_server)),
    };
    reads.listener.event(Event::Looking { look: Look::Histories, rows: table.rows, done: 0 });
    let losses = Losses::new(reads.stop.clone());
    let way = Way { link: &reads.link, selector, concurrency: reads.concurrency, losses: &losses };
    let (stories, received) = mpsc::channel(WAITING);
    let writer = spawn_blocking(move || write(written, received));
    let (_, records) = table.source.records()?;
    let mut tally = Tally::default();
    let mut told = |story: &Story| {
        tally.count(story, &*reads.listener);
        reads.listener.event(Event::Looked(tally.customers()));
    };
    let repeated = read_histories(&histories, &way, records, &stories, &mut told).await?;
    drop(stories);
    let written = writer.await.map_err(broken)?.map_err(Failure::NotWritten)?;
    let stopped = losses.stopped();
    let path = match &stopped {
        Some(_) => {
            drop(written);
            None
        }
        None => match spawn_blocking(move || written.finish()).await.map_err(broken)? {
            Err(error) if reads::is_closed(&error) => return Ok(Exit::Done),
            finished => Some(finished.map_err(Failure::NotWritten)?),
        },
    };
    tally.tell(&histories.period, &*reads.listener);
    if stopped.is_some() {
        let text =
            "nothing is written: a history with a hole in it is worse than none. Run the same command again";
        reads.listener.event(Event::Error(text));
    }
    let summary = ReadSummary {
        command: "history",
        what: "customer",
        output: path.filter(|_| matches!(places.output, OutputTarget::File(_))),
        stopped,
        ..tally.summary(repeated)
    };
    let exit = reads::exit_of(&summary);
    reads.finish(summary);
    Ok(exit)
}

/// Writes what comes, until nothing comes any more. What is written is not finished yet.
fn write(mut table: HistoryTable, mut received: mpsc::Receiver<Story>) -> Result<HistoryTable, RecordError> {
    while let Some(story) = received.blocking_recv() {
        table.put(&story)?;
    }
    Ok(table)
}

/// What was read of how many customers.
#[derive(Debug, Default)]
struct Tally {
    ok: u64,
    unread: u64,
    no_id: u64,
    stopped: u64,
    entries: u64,
    undated: u64,
}

impl Tally {
    /// The first ones who could not be read are named.
    fn count(&mut self, story: &Story, listener: &dyn Listener) {
        let is_named = self.unread + self.no_id < NAMED;
        let (customer, warn) = (&story.customer, |text: String| listener.event(Event::Warning(&text)));
        match &story.told {
            Told::Lines { lines, undated } => {
                self.ok += 1;
                self.entries += lines.len() as u64;
                self.undated += undated;
            }
            Told::Unread(reason) => {
                self.unread += 1;
                if is_named {
                    warn(format!("customer {customer} could not be read: {reason}"));
                }
            }
            Told::NoId(reason) => {
                self.no_id += 1;
                if is_named {
                    warn(format!("'{customer}' is left out: {reason}"));
                }
            }
            Told::Stopped => self.stopped += 1,
        }
    }

    /// Says what a person must know of the whole.
    fn tell(&self, period: &Period, listener: &dyn Listener) {
        let left_out = self.unread + self.no_id;
        if left_out > NAMED {
            let more = left_out - NAMED;
            listener.event(Event::Warning(&format!(
                "and {} more; --errors FILE lists all of them",
                grouped(more)
            )));
        }
        if period.is_limited() && self.undated > 0 {
            let entries = Count(self.undated, "entry");
            listener.event(Event::Warning(&format!(
                "{entries} {} a date that cannot be read; {} kept, whatever --from and --to say",
                entries.agree("has", "have"),
                entries.agree("it is", "they are")
            )));
        }
    }

    fn customers(&self) -> u64 {
        self.ok + self.unread + self.no_id + self.stopped
    }

    fn summary(&self, repeated: u64) -> ReadSummary {
        let mut lines = vec![format!("  {}", Count(self.entries, "entry"))];
        if repeated > 0 {
            let rows = Count(repeated, "row");
            lines.push(format!("  {rows} {} a customer; each is read once", rows.agree("repeats", "repeat")));
        }
        ReadSummary {
            rows: self.customers(),
            ok: self.ok,
            failed: self.unread,
            invalid: self.no_id,
            skipped: self.stopped,
            lines,
            ..ReadSummary::default()
        }
    }
}
