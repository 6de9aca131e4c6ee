//! The commands that take a journal: `resume`, `reconcile`, `results` and `undo`.

use std::path::Path;

use super::export;
use super::failure::Failure;
use super::import::person;
use super::runtime::{self, Surroundings};
use crate::cli::{
    ImportSettings, ReconcileArgs, ResultsArgs, ResumeArgs, SettingsError, StoredExport, StoredRun,
    Terminals, UndoArgs, undone_rows,
};
use crate::exit::Exit;
use crate::recording::{ExportJournal, Journal, JournalKind, journal_kind};
use crate::reporting::print_text;
use crate::running::{self, SessionKind, nothing_to_do, rewrite};

/// Goes on with a run, or with an export.
pub(super) fn resume(
    args: ResumeArgs,
    path: &Path,
    terminals: Terminals,
    key: Option<String>,
) -> Result<Exit, Failure> {
    if journal_kind(path)? == JournalKind::Export {
        let journal = ExportJournal::open(path)?;
        let stored = StoredExport::from_json(&journal.about().options)?;
        return export::resume(args.export_settings(stored, path, terminals, key)?, journal);
    }
    go_on(path, SessionKind::Resume, |stored| args.import_settings(stored, path, terminals, key))
}

/// Finds out what became of rows whose outcome is unknown.
pub(super) fn reconcile(
    args: ReconcileArgs,
    path: &Path,
    terminals: Terminals,
    key: Option<String>,
) -> Result<Exit, Failure> {
    go_on(path, SessionKind::Reconcile, |stored| args.import_settings(stored, path, terminals, key))
}

fn go_on(
    path: &Path,
    kind: SessionKind,
    settings: impl FnOnce(&StoredRun) -> Result<ImportSettings, SettingsError>,
) -> Result<Exit, Failure> {
    let journal = Journal::open(path)?;
    let stored = StoredRun::from_json(&journal.run().options)?.near(journal.path());
    let ImportSettings { spec, asks, warnings, shown, until, notify } = settings(&stored)?;
    let notify = notify.map(|command| (command, spec.input.operation));
    let around = Surroundings { shown, warnings, until, notify };
    if let Some(nothing) = nothing_to_do(&journal, kind, &spec)? {
        if !shown.mode.quiet {
            print_text(&nothing.text);
        }
        // Who is told of the end is told of the run, too.
        let wants_summary = shown.mode.json || around.notify.is_some();
        return runtime::run_at_once(around, |host| nothing.end(journal, spec, wants_summary, host));
    }
    runtime::run(around, |host| running::go_on(journal, kind, spec, host, person(asks), super::network::open))
}

/// Writes the results of a run again.
pub(super) fn results(args: ResultsArgs, path: &Path, terminals: Terminals) -> Result<Exit, Failure> {
    let (run, _) = Journal::read_only(path)?;
    let stored = StoredRun::from_json(&run.options)?.near(path);
    let (input, output, shown) = args.settings(&stored, path, terminals)?;
    runtime::run_at_once(Surroundings::of(shown), |host| rewrite(&path.to_owned(), input, &output, host))
}

/// Writes what takes a run back. Sends nothing.
pub(super) fn undo(args: &UndoArgs, path: &Path) -> Result<Exit, Failure> {
    // Held, so that no run goes on with it meanwhile: what would be taken back must be all of it.
    let mut journal = Journal::open(path)?;
    let stored = StoredRun::from_json(&journal.run().options)?.near(path);
    let target = args.output(&stored, path)?;
    let input = undone_rows(&stored)?;
    runtime::run_at_once(Surroundings::of(args.shown()), |host| {
        running::undo(&mut journal, args.extent(), input, &target, host)
    })
}
