//! `resume`: goes on with an import or an export, with the options that its journal keeps; what is typed now takes
//! precedence over them.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::SettingsError;
use super::export::{ExportOptions, ExportSettings, StoredExport};
use super::options::{
    DisplayArgs, NightArgs, OutputArgs, PaceArgs, PatienceArgs, ServerArgs, Terminals, WhichRun,
};
use super::raw_options::ChangedArgs;
use super::run_options::{
    AskingArgs, CertaintyArgs, ImportSettings, JournalArgs, RunOptions, ThisCommand, YesArgs,
};
use super::stored_run::StoredRun;

const HELP: &str = "\
Examples:
  userside-bulk resume
  userside-bulk resume customers.journal
  userside-bulk resume customers.journal --rate 2/s --key-file key
  userside-bulk resume customers.xlsx.journal

Goes on with the options that the journal keeps; options given here take
precedence over them. The input must be what it was. Rows that must not happen
twice and may have happened are not sent again; rows that are safe to repeat
are.

Without a journal, or with an input or a folder, it goes on with the one run
there that is not finished, and says which. Where there are several it lists
them.

The journal of an export lies beside its output. Nobody is read twice, and the
output is written at the end. Options that say something about rows, such as
--results, are for imports.

Exit codes:
  0    every row ok, or the run was finished already
  1    finished, some rows are not ok
  2    wrong usage, a changed input, or a journal that cannot be used
  3    stopped early, can be resumed
  130  interrupted, can be resumed";

/// What may be changed of a run that goes on.
#[derive(Debug, Args)]
struct ResumeChanges {
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
    asking: AskingArgs,
    #[command(flatten)]
    night: NightArgs,
}

/// `resume`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct ResumeArgs {
    #[command(flatten)]
    run: WhichRun,
    #[command(flatten)]
    changes: ChangedArgs<ResumeChanges>,
    #[command(flatten)]
    yes: YesArgs,
    #[command(flatten)]
    display: DisplayArgs,
}

impl ResumeArgs {
    /// Where the run is.
    pub fn place(&self) -> PathBuf {
        self.run.place()
    }

    /// Whether rows are sent again that are proven not applied.
    pub fn resends(&self) -> bool {
        self.changes.raw.has("resend")
    }

    /// The settings of the run whose journal is this one.
    pub fn import_settings(
        self,
        stored: &StoredRun,
        journal: &Path,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<ImportSettings, SettingsError> {
        let options = RunOptions::resumed(self.changes.raw, stored)?;
        let command = ThisCommand {
            journal: JournalArgs { journal: Some(journal.to_owned()), new_run: false },
            id_maps: Vec::new(),
            asks: self.yes.asks(terminals),
            shown: self.display.shown(terminals),
            environment_key,
        };
        options.settings(stored, stored.file(), command)
    }

    /// The settings of the export whose journal is this one.
    pub fn export_settings(
        self,
        stored: StoredExport,
        journal: &Path,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<ExportSettings, SettingsError> {
        if let Some(option) = self.changes.raw.first_foreign::<ExportOptions>() {
            return Err(SettingsError::OnlyImport { option: option.to_owned() });
        }
        let options: ExportOptions = self.changes.raw.or(stored.options).parse()?;
        options.resumed(journal, self.display.shown(terminals), environment_key)
    }
}
