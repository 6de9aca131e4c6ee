//! The commands that take a journal: `resume`, `reconcile`, `results` and `undo`.

use super::export;
use super::failure::Failure;
use super::import::person;
use super::runtime;
use crate::cli::{
    ImportSettings, ResultsSettings, ResumeSettings, StoredExport, StoredOptions, UndoSettings,
};
use crate::exit::Exit;
use crate::recording::{ExportJournal, Journal, JournalKind, journal_kind};
use crate::reporting::print_text;
use crate::running::{self, SessionKind, nothing_to_do, rewrite};
use crate::sending::Connection;

/// Goes on with a run, or with an export.
pub(super) fn resume(settings: ResumeSettings) -> Result<Exit, Failure> {
    if journal_kind(&settings.journal)? == JournalKind::Export {
        let journal = ExportJournal::open(&settings.journal)?;
        let stored = StoredExport::from_json(&journal.about().options)?;
        return export::resume(settings.export_settings(stored)?, journal);
    }
    go_on(settings, SessionKind::Resume)
}

/// Finds out what became of rows whose outcome is unknown.
pub(super) fn reconcile(settings: ResumeSettings) -> Result<Exit, Failure> {
    go_on(settings, SessionKind::Reconcile)
}

fn go_on(settings: ResumeSettings, kind: SessionKind) -> Result<Exit, Failure> {
    let journal = Journal::open(&settings.journal)?;
    let stored = StoredOptions::from_json(&journal.run().options)?.near(journal.path());
    let ImportSettings { spec, asks, warnings, shown } = settings.import_settings(stored)?;
    if let Some(nothing) = nothing_to_do(&journal, kind, &spec)? {
        if !shown.mode.quiet {
            print_text(&nothing.text);
        }
        return runtime::run(shown, &[], async |host| nothing.end(journal, spec, shown.mode.json, &host));
    }
    runtime::run(shown, &warnings, |host| {
        running::go_on(journal, kind, spec, host, person(asks), Connection::open)
    })
}

/// Writes the results of a run anew.
pub(super) fn results(settings: ResultsSettings) -> Result<Exit, Failure> {
    let path = settings.journal.clone();
    let (run, _) = Journal::read_only(&path)?;
    let stored = StoredOptions::from_json(&run.options)?.near(&path);
    let (input, output, shown) = settings.rewriting(stored)?;
    runtime::run(shown, &[], async |host| rewrite(&path, input, &output, &host))
}

/// Writes what takes a run back. Sends nothing.
pub(super) fn undo(settings: UndoSettings) -> Result<Exit, Failure> {
    // Held, so that no run goes on with it meanwhile: what would be taken back must be all of it.
    let journal = Journal::open(&settings.journal)?;
    let stored = StoredOptions::from_json(&journal.run().options)?.near(&settings.journal);
    let target = settings.output(&stored)?;
    let input = settings.input(stored)?;
    runtime::run(settings.shown, &[], async |host| running::undo(&journal, input, &target, &host))
}
