//! `export`: ids, then customers, then the file. Everything that can fail without the server fails before it is
//! asked; what was read is kept in the journal, from which the file is written at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::collecting::{Collecting, Course};
use super::failure::Failure;
use super::reads::{self, Reads, begin, broken, exit_of, is_closed};
use super::writing::{Written, write};
use crate::cli::{ExportSettings, NewExportSettings};
use crate::events::{Event, Listener, ReadSummary};
use crate::exit::Exit;
use crate::exporting::{EarlierExport, EarlierFile, ExportSpec, ListError, NewExport, Selection, ids};
use crate::reading::{DialectChoice, Input, Source};
use crate::recording::{ExportJournal, JournalError, NewExportJournal, OutputTarget};
use crate::sending::StopReason;
use crate::validating::Conditions;

/// The command, as its summary calls it.
const NAME: &str = "export";

/// What was found out about an export before the server was asked.
struct Prepared {
    /// The ids that were given.
    ids: Option<Vec<u64>>,
    /// The conditions, where none were.
    conditions: Option<Conditions>,
    earlier: Option<EarlierExport>,
    /// There is no earlier export yet, and everybody is new.
    all_new: bool,
}

/// Runs a new export.
pub(super) fn run(settings: NewExportSettings) -> Result<Exit, Failure> {
    let NewExportSettings { settings: ExportSettings { read, export }, begin } = settings;
    let NewExport { customers, earlier, journal, options } = begin;
    let prepared = prepare(customers, earlier)?;
    check_places(&export)?;
    reads::run(read, |reads| async move {
        let conditions = prepared.conditions.clone();
        let listener = Arc::clone(&reads.listener);
        let begun = spawn_blocking(move || begin_journal(journal.as_deref(), options, prepared, &*listener));
        let collection = begun.await.map_err(broken)??;
        go_on(&reads, export, collection, conditions).await
    })
}

/// Goes on with one that was interrupted.
pub(super) fn resume(settings: ExportSettings, collection: ExportJournal) -> Result<Exit, Failure> {
    let ExportSettings { read, export } = settings;
    let damaged = |reason: &str| {
        let path = collection.path().unwrap_or(Path::new("")).to_owned();
        Failure::Journal(JournalError::DamagedExport { path, reason: reason.to_owned() })
    };
    let conditions = match &collection.about().conditions {
        Some(json) => {
            let parts = serde_json::from_str(json).map_err(|_| damaged("its conditions cannot be read"))?;
            Some(Conditions::checked_before(parts).map_err(|_| damaged("its conditions are none"))?)
        }
        None if !collection.is_complete()? => return Err(damaged("its list of ids is not whole")),
        None => None,
    };
    let begun = collection.about().begun;
    check_places(&export)?;
    reads::run(read, |reads| async move {
        let text = format!("this export began {}", begun.strftime("%Y-%m-%d %H:%M UTC"));
        reads.listener.event(Event::Note(&text));
        go_on(&reads, export, collection, conditions).await
    })
}

/// Reads the files that name customers.
fn prepare(customers: Selection, earlier: Option<EarlierFile>) -> Result<Prepared, Failure> {
    let open = |input: &Input| Source::open(input, DialectChoice::default(), None, std::io::stdin());
    let (given, conditions) = match customers {
        Selection::Listed(input) => (Some(ids(&open(&input)?)?), None),
        Selection::Meeting(conditions) => (None, Some(conditions)),
    };
    let mut all_new = false;
    let earlier = match earlier {
        Some(EarlierFile { path, first_run }) if !path.exists() => {
            if !first_run {
                return Err(Failure::NoEarlier { path });
            }
            all_new = true;
            None
        }
        Some(EarlierFile { path, first_run }) => match EarlierExport::open(&open(&Input::File(path))?) {
            Err(ListError::NoIdColumn { .. }) if first_run => {
                all_new = true;
                None
            }
            earlier => Some(earlier?),
        },
        None => None,
    };
    Ok(Prepared { ids: given, conditions, earlier, all_new })
}

/// Everything that is to be written can be written to. A pipe is not tried: its reader would see the end.
fn check_places(spec: &ExportSpec) -> Result<(), Failure> {
    let output = match &spec.output {
        OutputTarget::File(path) => Some(path),
        OutputTarget::Stdout => None,
    };
    for path in [output, spec.totals_file.as_ref(), spec.errors_file.as_ref()].into_iter().flatten() {
        if !path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            begin(&OutputTarget::File(path.clone()))?;
        }
    }
    Ok(())
}

/// Makes the journal, with what was given beforehand in it.
fn begin_journal(
    path: Option<&Path>,
    options: String,
    prepared: Prepared,
    listener: &dyn Listener,
) -> Result<ExportJournal, Failure> {
    let conditions = prepared.conditions.as_ref();
    let new = NewExportJournal {
        options,
        conditions: conditions.map(|c| serde_json::to_string(&c.parts()).unwrap_or_default()),
        begun: Timestamp::now(),
    };
    match path {
        Some(path) => {
            let (collection, before) =
                ExportJournal::create(path, &new, |collection| fill(collection, prepared))?;
            if let Some(begun) = before {
                let begun = begun.strftime("%Y-%m-%d %H:%M UTC");
                let text = format!("an export that began {begun} was never finished; this one begins anew");
                listener.event(Event::Note(&text));
            }
            Ok(collection)
        }
        None => {
            let mut collection = ExportJournal::nameless(&new)?;
            fill(&mut collection, prepared)?;
            Ok(collection)
        }
    }
}

fn fill(collection: &mut ExportJournal, prepared: Prepared) -> Result<(), Failure> {
    if let Some(earlier) = prepared.earlier {
        let header = earlier.header().to_vec();
        collection.keep_earlier(&header, earlier.map(|row| row.map_err(Failure::from)))?;
    } else if prepared.all_new {
        collection.keep_earlier(&[], std::iter::empty::<Result<_, Failure>>())?;
    }
    if let Some(ids) = prepared.ids {
        collection.list(&ids)?;
        collection.complete(None)?;
    }
    Ok(())
}

/// Goes through the phases that are left.
async fn go_on(
    reads: &Reads,
    spec: ExportSpec,
    collection: ExportJournal,
    conditions: Option<Conditions>,
) -> Result<Exit, Failure> {
    let journal = collection.path().map(Path::to_owned);
    let exit = phases(reads, spec, collection, conditions).await;
    exit.map_err(|failure| lost(failure, journal.as_deref()))
}

async fn phases(
    reads: &Reads,
    spec: ExportSpec,
    collection: ExportJournal,
    conditions: Option<Conditions>,
) -> Result<Exit, Failure> {
    let journal = collection.path().map(Path::to_owned);
    let selector = match reads.selector().await {
        Ok(selector) => selector,
        Err(no_server) => {
            // Whatever was given is in the journal: once the server is there, it is enough to go on.
            reads.finish(refused(journal));
            return Ok(no_server.exit());
        }
    };
    let collecting = Collecting { reads, selector, spec: &spec, conditions };
    let (collection, course) = collecting.run(collection).await?;
    match course {
        Course::Whole => finish(reads, spec, collection).await,
        Course::Stopped(reason) => {
            let (wanted, unread, left) =
                (collection.wanted()?, collection.unread()?, collection.missing_count()?);
            let summary = ReadSummary {
                ok: wanted.saturating_sub(left + unread),
                skipped: left,
                stopped: Some(reason),
                journal,
                ..counted(wanted, unread)
            };
            let exit = exit_of(&summary);
            reads.finish(summary);
            Ok(exit)
        }
        Course::Unsaid(text) => {
            reads.listener.event(Event::Error(&text));
            reads.finish(refused(journal));
            Ok(Exit::StoppedEarly)
        }
        Course::Refused(text) => {
            reads.listener.event(Event::Error(&text));
            // Whoever asks the same again is refused again; but what other searches have found is worth another try.
            let is_of_use = collection.searches_done()? > 0 && !collection.is_complete()?;
            if !is_of_use {
                collection.discard();
            }
            reads.finish(refused(journal.filter(|_| is_of_use)));
            Ok(Exit::StoppedEarly)
        }
    }
}

/// Writes the file, and says how it went.
async fn finish(reads: &Reads, spec: ExportSpec, collection: ExportJournal) -> Result<Exit, Failure> {
    let (journal, fail_if_empty) = (collection.path().map(Path::to_owned), spec.fail_if_empty);
    let wanted = collection.wanted()?;
    let is_piped = spec.output == OutputTarget::Stdout;
    let (listener, stop) = (Arc::clone(&reads.listener), reads.stop.clone());
    let writing = spawn_blocking(move || (write(&collection, &spec, &*listener, &stop), collection));
    let (written, collection) = writing.await.map_err(broken)?;
    let Written { lines, changes, totals, rows, unread, output } = match written {
        Ok(Some(written)) => written,
        Ok(None) => {
            let unread = collection.unread()?;
            let (ok, stopped) = (wanted.saturating_sub(unread), Some(StopReason::Interrupted));
            reads.finish(ReadSummary { ok, stopped, journal, ..counted(wanted, unread) });
            return Ok(Exit::Interrupted);
        }
        // Of several files that are written only standard output may have had enough.
        Err(Failure::Record(error)) if is_piped && is_closed(&error) && error.is_of_stdout() => {
            return Ok(Exit::Done);
        }
        Err(failure) => return Err(failure),
    };
    collection.discard();
    let ok = wanted.saturating_sub(unread);
    let summary = ReadSummary { ok, lines, changes, totals, output, ..counted(wanted, unread) };
    let exit = exit_of(&summary);
    reads.finish(summary);
    if fail_if_empty && rows == 0 {
        reads.listener.event(Event::Warning("no row was written, and --fail-if-empty makes that a failure"));
        return Ok(Exit::SomeNotOk);
    }
    Ok(exit)
}

fn counted(wanted: u64, unread: u64) -> ReadSummary {
    ReadSummary { command: NAME, what: "customer", rows: wanted, failed: unread, ..ReadSummary::default() }
}

fn refused(journal: Option<PathBuf>) -> ReadSummary {
    ReadSummary { command: NAME, refused: true, journal, ..ReadSummary::default() }
}

/// What failed behind the first customer is no wrong usage.
fn lost(failure: Failure, journal: Option<&Path>) -> Failure {
    match failure {
        Failure::Journal(_) | Failure::Record(_) => {
            Failure::ExportLost { error: failure.to_string(), journal: journal.map(Path::to_owned) }
        }
        other => other,
    }
}
