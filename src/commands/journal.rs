//! Commands that take a journal: `resume`, `reconcile`, `results` and `undo`; and how a journal comes into being.

use std::path::Path;

use jiff::Timestamp;

use super::export;
use super::failure::Failure;
use super::import::{print_counts, run_with, source_of};
use super::session::Begin;
use crate::catalogue::Effect;
use crate::cli::{
    ImportSettings, JournalSettings, OutputSettings, OutputTarget, ResultsSettings, ResumeSettings,
    StoredExport, StoredOptions,
};
use crate::count::Count;
use crate::events::{Event, Listener};
use crate::exit::Exit;
use crate::reading::{Input, Source};
use crate::recording::{
    ExportJournal, Found, Journal, JournalError, JournalKind, NewRun, Run, journal_kind, look, set_aside,
};
use crate::reporting::print_text;
use crate::shell::quoted;

/// Makes the journal of a new run. What lies in its place is kept under another name.
pub(super) fn create(
    settings: &JournalSettings,
    import: &ImportSettings,
    source: &Source,
    rows: u64,
    listener: &dyn Listener,
) -> Result<Journal, Failure> {
    let path = &settings.path;
    let new = NewRun {
        operation: import.operation.name(),
        options: settings.options.to_json(),
        input: match settings.options.input() {
            Input::File(path) => Some(path),
            Input::Stdin => None,
        },
        fingerprint: source.fingerprint()?,
        rows,
        begun: Timestamp::now(),
    };
    if path.exists() {
        let aside = set_aside(path)?;
        let text = format!("the journal of an earlier run is kept as {}", aside.display());
        listener.event(Event::Note(&text));
    }
    let mut bytes = source.bytes();
    let content: Option<&mut dyn std::io::Read> = if new.input.is_none() { Some(&mut bytes) } else { None };
    Ok(Journal::create(path, &new, content)?)
}

/// Warns whoever is about to do a second time what must not happen twice: the very same input, imported before.
pub(super) fn warn_of_repetition(
    settings: &JournalSettings,
    import: &ImportSettings,
    source: &Source,
    listener: &dyn Listener,
) -> Result<(), Failure> {
    if import.operation.subcategory().effect != Effect::OnceOnly {
        return Ok(());
    }
    // What lies there and is no journal is dealt with when it is in the way.
    let Ok(Found::Journal { run, counts }) = look(&settings.path) else { return Ok(()) };
    let is_same = run.operation == import.operation.name() && run.fingerprint == source.fingerprint()?;
    if is_same && counts.ok > 0 {
        let ok = Count(counts.ok, "row");
        let text = format!(
            "this very file was imported before, in the run that began {}: {ok} of it {} ok, and {} about to be sent a second time",
            run.begun.strftime("%Y-%m-%d %H:%M UTC"),
            ok.agree("is", "are"),
            ok.agree("is", "are")
        );
        listener.event(Event::Warning(&text));
    }
    Ok(())
}

/// Goes on with a run.
pub(super) fn resume(settings: ResumeSettings) -> Result<Exit, Failure> {
    if journal_kind(&settings.journal)? == JournalKind::Export {
        let collection = ExportJournal::open(&settings.journal)?;
        let stored = StoredExport::from_json(&collection.about().options)?;
        return export::resume(settings.export_settings(stored)?, collection);
    }
    go_on(settings, Begin::Resume)
}

/// Finds out what became of rows whose outcome is unknown.
pub(super) fn reconcile(settings: ResumeSettings) -> Result<Exit, Failure> {
    go_on(settings, Begin::Reconcile)
}

fn go_on(settings: ResumeSettings, begin: Begin) -> Result<Exit, Failure> {
    let journal = Journal::open(&settings.journal)?;
    let stored = StoredOptions::from_json(&journal.run().options)?.near(journal.path());
    let settings = settings.import_settings(stored)?;
    let counts = journal.counts()?;
    let resends = settings.journal.as_ref().is_some_and(|settings| settings.resend);
    let not_applied = if resends { journal.not_applied()? } else { 0 };
    let nothing_left = match begin {
        Begin::Reconcile => counts.unknown == 0,
        Begin::Import | Begin::Resume => counts.is_finished(),
    };
    if nothing_left && not_applied == 0 {
        return nothing_to_do(journal, settings, begin);
    }
    let content = content_of(&journal)?;
    let fingerprint = journal.run().fingerprint.clone();
    run_with(settings, Some((journal, begin)), |settings| open_same(settings, content, &fingerprint))
}

/// There is nothing to do; the results may still be missing, if the program was killed while it wrote them, or
/// somebody took them away.
fn nothing_to_do(journal: Journal, settings: ImportSettings, begin: Begin) -> Result<Exit, Failure> {
    let counts = journal.counts()?;
    let mode = settings.output.mode;
    let unsent = Count(counts.unsent(), "row");
    let text = match begin {
        Begin::Reconcile if counts.unsent() > 0 => format!(
            "no row of this run is unknown; {unsent} {} not sent, and `userside-bulk resume {}` sends {}",
            unsent.agree("was", "were"),
            quoted(journal.path()),
            unsent.agree("it", "them")
        ),
        Begin::Reconcile => "no row of this run is unknown; there is nothing to find out".to_owned(),
        Begin::Import | Begin::Resume => "this run is finished; there is nothing to go on with".to_owned(),
    };
    if !mode.quiet {
        print_text(&text);
    }
    let exit = match begin {
        Begin::Reconcile if counts.ok < counts.rows => Exit::SomeNotOk,
        _ => Exit::Done,
    };
    let is_missing = |place: &OutputTarget| matches!(place, OutputTarget::File(path) if !path.exists());
    let OutputSettings { results, failed, .. } = &settings.output;
    let failed = failed.clone().map(OutputTarget::File);
    if is_missing(results) || failed.as_ref().is_some_and(is_missing) || journal.was_interrupted()? {
        let content = content_of(&journal)?;
        let run = journal.run().clone();
        let path = journal.path().to_owned();
        drop(journal);
        write_results(settings, &path, &run, content)?;
    } else if mode.json {
        print_counts(&settings, &counts, journal.path());
    }
    Ok(exit)
}

/// Writes the results of a run anew.
pub(super) fn results(settings: ResultsSettings) -> Result<Exit, Failure> {
    let path = settings.journal.clone();
    let (run, replay) = Journal::read_only(&path)?;
    let content = if run.input.is_none() { Some(replay.into_input()) } else { None };
    let settings = settings.import_settings(StoredOptions::from_json(&run.options)?.near(&path))?;
    write_results(settings, &path, &run, content)
}

fn write_results(
    settings: ImportSettings,
    path: &Path,
    run: &Run,
    content: Option<crate::recording::StoredInput>,
) -> Result<Exit, Failure> {
    let (_, replay) = Journal::read_only(path)?;
    let rows = run.rows;
    super::import::write_anew(settings, replay, rows, |settings| {
        open_same(settings, content, &run.fingerprint)
    })
}

fn content_of(journal: &Journal) -> Result<Option<crate::recording::StoredInput>, JournalError> {
    if journal.run().input.is_none() { journal.input().map(Some) } else { Ok(None) }
}

/// The input, which must be the one that the run began with.
pub(super) fn open_same(
    settings: &ImportSettings,
    content: Option<crate::recording::StoredInput>,
    expected: &crate::reading::Fingerprint,
) -> Result<Source, Failure> {
    let source = match content {
        Some(content) => source_of(settings, content)?,
        None => source_of(settings, std::io::empty())?,
    };
    let found = source.fingerprint()?;
    if found != *expected {
        return Err(Failure::InputChanged {
            input: settings.input.name(),
            expected: expected.clone(),
            found,
        });
    }
    Ok(source)
}

/// An unfinished run must not be forgotten by accident. Nothing is moved yet: the input may be refused.
pub(super) fn make_way(settings: &JournalSettings) -> Result<(), Failure> {
    if settings.new_run {
        return Ok(());
    }
    match look(&settings.path)? {
        Found::Journal { run, counts } if !counts.is_finished() => {
            Err(Failure::Unfinished { journal: settings.path.clone(), begun: run.begun, counts })
        }
        Found::Journal { .. } | Found::Nothing => Ok(()),
    }
}
