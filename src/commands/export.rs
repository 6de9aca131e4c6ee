//! `export`: ids, then customers, then the file. Everything that can fail without the server fails before it is
//! asked; what was read is kept in the journal, from which the file is written at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::collecting::{Collecting, Course};
use super::failure::Failure;
use super::import::broken;
use super::reads::{self, Reads, begin, exit_of, is_closed};
use super::writing::{Written, write};
use crate::cli::{Customers, Earlier, ExportPlan, ExportSettings};
use crate::events::{Event, Listener, ReadSummary};
use crate::exit::Exit;
use crate::exporting::{EarlierExport, ListError, ids};
use crate::reading::{DialectChoice, Input, Source};
use crate::recording::{Collection, NewCollection};
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
pub(super) fn run(settings: ExportSettings) -> Result<Exit, Failure> {
    let ExportSettings { read, mut plan } = settings;
    let prepared = prepare(&mut plan)?;
    check_places(&plan)?;
    reads::run(read, |reads| async move {
        let conditions = prepared.conditions.clone();
        let listener = Arc::clone(&reads.listener);
        let begun = spawn_blocking(move || begin_journal(plan, prepared, &*listener));
        let (plan, collection) = begun.await.map_err(broken)??;
        go_on(&reads, plan, collection, conditions).await
    })
}

/// Goes on with one that was interrupted.
pub(super) fn resume(settings: ExportSettings, collection: Collection) -> Result<Exit, Failure> {
    let ExportSettings { read, plan } = settings;
    let conditions = match &collection.about().conditions {
        Some(json) => Some(Conditions::checked_before(serde_json::from_str(json).unwrap_or_default())?),
        None => None,
    };
    check_places(&plan)?;
    reads::run(read, |reads| async move { go_on(&reads, plan, collection, conditions).await })
}

/// Reads the files that name customers.
fn prepare(plan: &mut ExportPlan) -> Result<Prepared, Failure> {
    let open = |input: &Input| Source::open(input, DialectChoice::default(), None, std::io::stdin());
    let (given, conditions) = match std::mem::replace(&mut plan.customers, Customers::Kept) {
        Customers::Listed(input) => (Some(ids(&open(&input)?)?), None),
        Customers::Meeting(conditions) => (None, Some(conditions)),
        Customers::Kept => (None, None),
    };
    let mut all_new = false;
    let earlier = match &plan.earlier {
        Some(Earlier { path, first_run }) if !path.exists() => {
            if !first_run {
                return Err(Failure::NoEarlier { path: path.clone() });
            }
            all_new = true;
            None
        }
        Some(Earlier { path, first_run }) => match EarlierExport::open(&open(&Input::File(path.clone()))?) {
            Err(ListError::NoIdColumn { .. }) if *first_run => {
                all_new = true;
                None
            }
            earlier => Some(earlier?),
        },
        None => None,
    };
    Ok(Prepared { ids: given, conditions, earlier, all_new })
}

/// Everything that is to be written can be written to.
fn check_places(plan: &ExportPlan) -> Result<(), Failure> {
    begin(&plan.output)?;
    for path in [&plan.totals_file, &plan.errors_file].into_iter().flatten() {
        begin(&crate::cli::Place::File(path.clone()))?;
    }
    Ok(())
}

/// Makes the journal, with what was given beforehand in it.
fn begin_journal(
    plan: ExportPlan,
    prepared: Prepared,
    listener: &dyn Listener,
) -> Result<(ExportPlan, Collection), Failure> {
    let conditions = prepared.conditions.as_ref();
    let new = NewCollection {
        options: plan.options.to_json(),
        conditions: conditions.map(|c| serde_json::to_string(&c.parts()).unwrap_or_default()),
        begun: Timestamp::now(),
    };
    let mut collection = match &plan.journal {
        Some(path) => {
            let (collection, before) = Collection::create(path, &new)?;
            if let Some(begun) = before {
                let begun = begun.strftime("%Y-%m-%d %H:%M UTC");
                let text = format!("an export that began {begun} was never finished; this one begins anew");
                listener.event(Event::Note(&text));
            }
            collection
        }
        None => Collection::nameless(&new)?,
    };
    if let Err(failure) = fill(&mut collection, prepared) {
        collection.discard();
        return Err(failure);
    }
    Ok((plan, collection))
}

fn fill(collection: &mut Collection, prepared: Prepared) -> Result<(), Failure> {
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
    plan: ExportPlan,
    collection: Collection,
    conditions: Option<Conditions>,
) -> Result<Exit, Failure> {
    let journal = plan.journal.clone();
    let selector = match reads.selector().await {
        Ok(selector) => selector,
        Err(no_server) => {
            // Whatever was given is in the journal: once the server is there, it is enough to go on.
            reads.finish(refused(journal));
            return Ok(no_server.exit());
        }
    };
    let collecting = Collecting { reads, selector, plan: &plan, conditions };
    let (collection, course) =
        collecting.run(collection).await.map_err(|failure| lost(failure, journal.as_deref()))?;
    match course {
        Course::Whole => finish(reads, plan, collection).await,
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
            collection.discard();
            reads.listener.event(Event::Error(&text));
            reads.finish(refused(None));
            Ok(Exit::StoppedEarly)
        }
    }
}

/// Writes the file, and says how it went.
async fn finish(reads: &Reads, plan: ExportPlan, collection: Collection) -> Result<Exit, Failure> {
    let (journal, fail_if_empty) = (plan.journal.clone(), plan.fail_if_empty);
    let (wanted, unread) = (collection.wanted()?, collection.unread()?);
    let summary = ReadSummary { ok: wanted.saturating_sub(unread), ..counted(wanted, unread) };
    let (listener, stop) = (Arc::clone(&reads.listener), reads.stop.subscribe());
    let writing = spawn_blocking(move || (write(&collection, &plan, &*listener, &stop), collection));
    let (written, collection) = writing.await.map_err(broken)?;
    let Written { lines, changes, totals, rows, output } = match written {
        Ok(Some(written)) => written,
        Ok(None) => {
            reads.finish(ReadSummary { stopped: Some(StopReason::Interrupted), journal, ..summary });
            return Ok(Exit::Interrupted);
        }
        Err(Failure::Record(error)) if is_closed(&error) => return Ok(Exit::Done),
        Err(failure) => return Err(lost(failure, journal.as_deref())),
    };
    collection.discard();
    let summary = ReadSummary { lines, changes, totals, output, ..summary };
    let exit = exit_of(&summary);
    reads.finish(summary);
    if fail_if_empty && rows == 0 {
        reads.listener.event(Event::Warning("no row was written, and --fail-if-empty makes that a failure"));
        return Ok(Exit::SomeNotOk);
    }
    Ok(exit)
}

fn counted(wanted: u64, unread: u64) -> ReadSummary {
    ReadSummary { command: NAME, what: "customers", rows: wanted, failed: unread, ..ReadSummary::default() }
}

fn refused(journal: Option<PathBuf>) -> ReadSummary {
    ReadSummary { command: NAME, refused: true, journal, ..ReadSummary::default() }
}

/// What failed behind the first customer is no wrong usage.
fn lost(failure: Failure, journal: Option<&Path>) -> Failure {
    match failure {
        Failure::Journal(_) | Failure::Record(_) | Failure::ExportLost { .. } => {
            Failure::ExportLost { error: failure.to_string(), journal: journal.map(Path::to_owned) }
        }
        other => other,
    }
}
