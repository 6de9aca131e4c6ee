//! `reconcile`: finds out what became of rows, with the options that the journal keeps.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::SettingsError;
use super::options::{
    DisplayArgs, NightArgs, OutputArgs, PaceArgs, PatienceArgs, ServerArgs, Terminals, WhichRun,
};
use super::raw_options::ChangedArgs;
use super::run_options::{CertaintyArgs, ImportSettings, JournalArgs, RunOptions, ThisCommand, YesArgs};
use super::stored_run::StoredRun;

const HELP: &str = "\
Examples:
  userside-bulk reconcile money.journal
  userside-bulk reconcile money.journal --settle 2m --resend

Reads from the server what became of rows whose outcome is unknown: bookings by
the tag in their comment, new customers by their code. Found rows become ok,
rows that are proven not applied become failed, all others stay unknown.
Nothing is written to the server, except by --resend.

Exit codes:
  0    every row ok
  1    finished, some rows are not ok
  2    wrong usage, a changed input, or a journal that cannot be used
  3    stopped early, can be started again
  130  interrupted, can be started again";

/// What may be changed of a run about which is asked.
#[derive(Debug, Args)]
struct ReconcileChanges {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    patience: PatienceArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    certainty: CertaintyArgs,
    #[command(flatten)]
    night: NightArgs,
}

/// `reconcile`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct ReconcileArgs {
    #[command(flatten)]
    run: WhichRun,
    #[command(flatten)]
    changes: ChangedArgs<ReconcileChanges>,
    #[command(flatten)]
    yes: YesArgs,
    #[command(flatten)]
    display: DisplayArgs,
}

impl ReconcileArgs {
    /// Where the run is.
    pub fn place(&self) -> PathBuf {
        self.run.place()
    }

    /// Whether rows are sent again that are proven not applied.
    pub fn resends(&self) -> bool {
        self.changes.raw.has("resend")
    }

    /// The settings of the run whose journal is this one. The server is asked even where the run was not to.
    pub fn import_settings(
        self,
        stored: &StoredRun,
        journal: &Path,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<ImportSettings, SettingsError> {
        let mut options = RunOptions::resumed(self.changes.raw, stored)?;
        options.asking.no_reconcile = false;
        let command = ThisCommand {
            journal: JournalArgs { journal: Some(journal.to_owned()), new_run: false },
            id_maps: Vec::new(),
            asks: self.yes.asks(terminals),
            shown: self.display.shown(terminals),
            environment_key,
        };
        options.settings(stored, stored.file(), command)
    }
}
