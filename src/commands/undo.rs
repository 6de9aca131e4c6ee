//! `undo`: the rows that take a run back, for a person to look at and to import.

use std::path::PathBuf;

use super::failure::Failure;
use super::import::ImportJob;
use super::journal::open_same;
use crate::cli::{OutputTarget, StoredOptions, UndoSettings};
use crate::count::Count;
use crate::events::Event;
use crate::exit::Exit;
use crate::reconciling::{can_be_undone, compensation};
use crate::recording::{AtomicFile, Journal, OutputSink, Status, Table};
use crate::reporting::print_text;
use crate::shell::quoted;
use crate::validating::{Across, Checker};

/// Writes what takes a run back. Sends nothing.
pub(super) fn run(settings: UndoSettings) -> Result<Exit, Failure> {
    // Held, so that no run goes on with it meanwhile: what would be taken back must be all of it.
    let journal = Journal::open(&settings.journal)?;
    let (run, replay) = (journal.run().clone(), journal.replay()?);
    let stored = StoredOptions::from_json(&run.options)?.near(&settings.journal);
    let place = settings.output(&stored)?;
    let import = settings.import_settings(stored)?;
    if !can_be_undone(import.operation) {
        return Err(Failure::CannotUndo { operation: import.operation.name() });
    }
    let content = run.input.is_none().then(|| journal.input()).transpose()?;
    let job = ImportJob::new(import, |settings| open_same(settings, content, &run.fingerprint))?;
    let checker = job.checker()?;
    let undone = write(&job.source, checker, replay, run.id, place, job.settings.rules.allow_duplicates)?;
    if !settings.quiet {
        print_text(&undone.text(&run.operation));
    }
    if undone.unknown > 0 {
        let rows = Count(undone.unknown, "row");
        let are = rows.agree("is", "are");
        let text = format!(
            "{rows} of the run {are} unknown and {are} not taken back: `userside-bulk reconcile {}` finds out, then undo again",
            quoted(&settings.journal)
        );
        job.listener.event(Event::Warning(&text));
        return Ok(Exit::SomeNotOk);
    }
    Ok(Exit::Done)
}

/// What was written.
struct Undone {
    path: PathBuf,
    earlier: Option<PathBuf>,
    rows: u64,
    sum: Option<crate::validating::Money>,
    unknown: u64,
}

impl Undone {
    fn text(&self, operation: &str) -> String {
        let rows = Count(self.rows, "row");
        let sum = self.sum.map_or_else(String::new, |sum| format!(", together {sum}"));
        let earlier = self.earlier.as_ref().map_or_else(String::new, |earlier| {
            format!("\nan earlier file is kept as {}", earlier.display())
        });
        let place = if self.path.as_os_str() == "-" {
            "standard output".to_owned()
        } else {
            quoted(&self.path).to_string()
        };
        let next = if self.path.as_os_str() == "-" {
            String::new()
        } else {
            format!("\nnothing was sent. Look at the rows, then: userside-bulk import {operation} {place}")
        };
        format!("undo: {rows}{sum}, in {place}{earlier}{next}")
    }
}

fn write(
    source: &crate::reading::Source,
    checker: Checker,
    mut replay: crate::recording::Replay,
    run: crate::recording::RunId,
    place: OutputTarget,
    allow_duplicates: bool,
) -> Result<Undone, Failure> {
    let columns: Vec<&'static str> = checker.columns().parameters().map(|parameter| parameter.name).collect();
    let (_, records) = source.records()?;
    let rows = super::pipeline::Rows { records, checker, across: Across::new(allow_duplicates) };
    let file: Box<dyn OutputSink> = match place {
        OutputTarget::Stdout => Box::new(std::io::stdout()),
        OutputTarget::File(path) => Box::new(AtomicFile::create(&path)?),
    };
    let mut table = Table::begin(file, source.dialect(), columns.iter().copied())?;
    let (mut count, mut unknown) = (0, 0);
    let mut sum = Some(crate::validating::Money::ZERO);
    rows.each(
        |checked| checked.to_call(),
        |row, checked| {
            let (Some(entry), Ok(call)) = (replay.entry(row.number())?, checked) else { return Ok(true) };
            unknown += u64::from(entry.result.status == crate::recording::Status::Unknown);
            if entry.result.status != Status::Ok {
                return Ok(true);
            }
            let Some(back) = compensation(&call, row.number(), run) else { return Ok(true) };
            let cell =
                |name: &&str| back.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
            table.write(columns.iter().map(cell))?;
            count += 1;
            sum = match (sum, call.amount()) {
                (Some(sum), Some(amount)) => sum.plus(amount.negated()),
                _ => None,
            };
            Ok(true)
        },
    )?;
    let (path, earlier) = table.finish()?;
    Ok(Undone { path, earlier, rows: count, sum, unknown })
}
