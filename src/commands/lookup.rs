//! `lookup`: who has the value of a column, row by row.

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::reads::{self, Reads, broken};
use super::table::ReadTable;
use crate::cli::LookupSettings;
use crate::count::Count;
use crate::events::{Event, Look, ReadSummary};
use crate::exit::Exit;
use crate::reading::Row;
use crate::recording::{ErrorCode, LookupResult, LookupTable, OutputTarget, RecordError};
use crate::running::RunError;
use crate::table_reads::{Lookup, LookupSpec, Losses, Way, look_up, reads_like_a_value};

/// Results that wait to be written.
const WAITING: usize = 64;

/// Looks everybody up.
pub(super) fn run(settings: LookupSettings) -> Result<Exit, Failure> {
    let LookupSettings { lookup, read } = settings;
    let LookupSpec { kind, table, skip_former, server, output } = lookup;
    if let (Some(server), Some(added)) = (server, kind.since)
        && server < added
    {
        return Err(RunError::NotInVersion { operation: kind.name, added, server }.into());
    }
    let table = ReadTable::open(&table, &[kind.name], |text| reads_like_a_value(kind, text))?;
    let lookup = Lookup {
        kind,
        skip_former,
        column: table.column,
        name: table.column_name(),
        width: table.header.len(),
    };
    reads::run(read, |reads| look_all_up(reads, table, lookup, output))
}

async fn look_all_up(
    reads: Reads,
    table: ReadTable,
    lookup: Lookup,
    output: OutputTarget,
) -> Result<Exit, Failure> {
    table.tell(&*reads.listener);
    let written = LookupTable::begin(reads::begin(&output)?, &table.source, &table.header)?;
    let selector = match reads.selector().await {
        Ok(selector) => selector,
        Err(no_server) => return Ok(reads.refused("lookup", no_server)),
    };
    reads.listener.event(Event::Looking { look: Look::Lookups, rows: table.rows, done: 0 });
    let losses = Losses::new(reads.stop.clone());
    let way = Way { link: &reads.link, selector, concurrency: reads.concurrency, losses: &losses };
    let (results, received) = mpsc::channel(WAITING);
    let writer = spawn_blocking(move || write(written, received));
    let (_, records) = table.source.records()?;
    let mut tally = Tally::default();
    let mut told = |result: &LookupResult| {
        tally.count(result);
        reads.listener.event(Event::Looked(tally.rows()));
    };
    look_up(&lookup, &way, records, &results, &mut told).await?;
    drop(results);
    let written = match writer.await.map_err(broken)? {
        Err(error) => return closed_or(error),
        Ok(written) => written,
    };
    // Only here, where every row is known to have come.
    let path = match spawn_blocking(move || written.finish()).await.map_err(broken)? {
        Err(error) => return closed_or(error),
        Ok(path) => path,
    };
    let summary = ReadSummary {
        command: "lookup",
        what: "row",
        output: matches!(output, OutputTarget::File(_)).then_some(path),
        stopped: losses.stopped(),
        ..tally.summary()
    };
    let exit = reads::exit_of(&summary);
    reads.finish(summary);
    Ok(exit)
}

/// Writes what comes, until nothing comes any more. What is written is not finished yet.
fn write(
    mut table: LookupTable,
    mut received: mpsc::Receiver<(Row, LookupResult)>,
) -> Result<LookupTable, RecordError> {
    while let Some((row, result)) = received.blocking_recv() {
        table.put(&row, &result)?;
    }
    Ok(table)
}

fn closed_or(error: RecordError) -> Result<Exit, Failure> {
    if reads::is_closed(&error) { Ok(Exit::Done) } else { Err(Failure::NotWritten(error)) }
}

/// How many rows ended how.
#[derive(Debug, Default)]
struct Tally {
    ok: u64,
    ambiguous: u64,
    not_found: u64,
    unanswered: u64,
    invalid: u64,
    skipped: u64,
}

impl Tally {
    fn count(&mut self, result: &LookupResult) {
        let count = match result {
            LookupResult::One(_) => &mut self.ok,
            LookupResult::Several(_) => &mut self.ambiguous,
            LookupResult::Failed(ErrorCode::NotFound, _) => &mut self.not_found,
            LookupResult::Failed(..) => &mut self.unanswered,
            LookupResult::Invalid(..) => &mut self.invalid,
            LookupResult::Skipped(_) => &mut self.skipped,
        };
        *count += 1;
    }

    fn failed(&self) -> u64 {
        self.ambiguous + self.not_found + self.unanswered
    }

    fn rows(&self) -> u64 {
        self.ok + self.failed() + self.invalid + self.skipped
    }

    fn summary(&self) -> ReadSummary {
        let lines = [
            (self.not_found, "nobody was found"),
            (self.ambiguous, "several were found"),
            (self.unanswered, "the server had no answer"),
            (self.invalid, "there is nothing to look for"),
        ];
        let lines = lines.into_iter().filter(|(count, _)| *count > 0);
        ReadSummary {
            rows: self.rows(),
            ok: self.ok,
            failed: self.failed(),
            invalid: self.invalid,
            skipped: self.skipped,
            lines: lines.map(|(count, what)| format!("  {}: {what}", Count(count, "row"))).collect(),
            ..ReadSummary::default()
        }
    }
}
