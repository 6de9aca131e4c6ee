//! Commands that take a journal: what was typed now goes over what the journal keeps.

use std::path::{Path, PathBuf};

use super::super::journal_args::{ReconcileArgs, ResultsArgs, ResumeArgs, UndoArgs};
use super::super::stored::{StoredExport, StoredOptions};
use super::super::typed::Typed;
use super::error::SettingsError;
use super::export::ExportSettings;
use super::import::{ImportSettings, Purpose};
use super::output::{OutputTarget, Terminals, same_file, stem_of};
use crate::reading::Input;
use crate::recording::beside;

/// `resume` and `reconcile`.
#[derive(Debug)]
pub struct ResumeSettings {
    /// The journal.
    pub journal: PathBuf,
    overrides: Typed,
    /// Options of the run that do not hold for this command.
    forgotten: &'static [&'static str],
    terminals: Terminals,
    environment_key: Option<String>,
}

impl ResumeSettings {
    /// The settings of `resume`.
    pub fn of_resume(args: ResumeArgs, terminals: Terminals, environment_key: Option<String>) -> Self {
        let overrides = args.overrides.into_typed();
        Self { journal: args.journal, overrides, forgotten: &[], terminals, environment_key }
    }

    /// The settings of `reconcile`, which finds out even where the run was not to.
    pub fn of_reconcile(args: ReconcileArgs, terminals: Terminals, environment_key: Option<String>) -> Self {
        let overrides = args.overrides.into_typed();
        let forgotten = &["no-reconcile"];
        Self { journal: args.journal, overrides, forgotten, terminals, environment_key }
    }

    /// The settings of an export that goes on: what its journal keeps, and over that what was typed now.
    pub fn export_settings(self, stored: StoredExport) -> Result<ExportSettings, SettingsError> {
        let mut overrides = self.overrides;
        // An export asks nobody.
        overrides.0.remove("yes");
        if let Some(option) = StoredExport::first_unknown(&overrides) {
            return Err(SettingsError::OnlyImport { option: option.to_owned() });
        }
        let (args, options) = stored.into_export(overrides)?;
        ExportSettings::of_kept(args, options, self.journal, self.terminals, self.environment_key)
    }

    /// The run's settings: what the journal keeps, and over that what was typed now.
    pub fn import_settings(self, stored: StoredOptions) -> Result<ImportSettings, SettingsError> {
        let purpose = Purpose::Send { environment_key: self.environment_key };
        let stored = stored.without(self.forgotten);
        settings(stored, &self.journal, self.overrides, self.terminals, purpose)
    }
}

/// `results`.
#[derive(Debug)]
pub struct ResultsSettings {
    /// The journal.
    pub journal: PathBuf,
    overrides: Typed,
    terminals: Terminals,
}

impl ResultsSettings {
    /// The settings of `results`.
    pub fn new(args: ResultsArgs, terminals: Terminals) -> Self {
        Self { journal: args.journal, overrides: args.overrides.into_typed(), terminals }
    }

    /// The run's settings, without a way to the server: nothing is sent.
    pub fn import_settings(self, stored: StoredOptions) -> Result<ImportSettings, SettingsError> {
        settings(stored, &self.journal, self.overrides, self.terminals, Purpose::Read)
    }
}

/// `undo`.
#[derive(Debug)]
pub struct UndoSettings {
    /// The journal.
    pub journal: PathBuf,
    /// Whether only warnings and errors are shown.
    pub quiet: bool,
    output: Option<PathBuf>,
}

impl From<UndoArgs> for UndoSettings {
    fn from(args: UndoArgs) -> Self {
        Self { journal: args.journal, quiet: args.quiet, output: args.output }
    }
}

impl UndoSettings {
    /// Where the compensating rows go.
    pub fn output(&self, stored: &StoredOptions) -> Result<OutputTarget, SettingsError> {
        let input = match stored.input() {
            Input::File(path) => Some(path),
            Input::Stdin => None,
        };
        let path = match (&self.output, &input) {
            (Some(path), _) if path == Path::new("-") => return Ok(OutputTarget::Stdout),
            (Some(path), _) => path.clone(),
            (None, Some(input)) => beside(&stem_of(input), ".undo.csv"),
            (None, None) => self.journal.with_extension("undo.csv"),
        };
        for (other, over) in [(input.as_deref(), "the input"), (Some(&*self.journal), "the journal")] {
            if same_file(Some(&path), other) {
                return Err(SettingsError::Overwrites { what: "--output", over });
            }
        }
        Ok(OutputTarget::File(path))
    }

    /// The run's settings, to read its rows as it did. Its results are not written.
    pub fn import_settings(&self, stored: StoredOptions) -> Result<ImportSettings, SettingsError> {
        let mut overrides = Typed::default();
        overrides.set("results", "-");
        if self.quiet {
            overrides.switch_on("quiet");
        }
        settings(stored, &self.journal, overrides, Terminals::default(), Purpose::Read)
    }
}

fn settings(
    stored: StoredOptions,
    journal: &Path,
    mut overrides: Typed,
    terminals: Terminals,
    purpose: Purpose,
) -> Result<ImportSettings, SettingsError> {
    // Wherever it was made: the journal is where it was found.
    overrides.set("journal", journal.as_os_str());
    let (args, options) = stored.into_import(overrides)?;
    ImportSettings::of_options(args, options, terminals, purpose)
}
