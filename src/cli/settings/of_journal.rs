//! Commands that take a journal: what was typed now goes over what the journal keeps.

use std::path::{Path, PathBuf};

use super::super::import_args::ImportArgs;
use super::super::journal_args::{ReconcileArgs, ResultsArgs, ResumeArgs, UndoArgs};
use super::super::stored::{StoredExport, StoredOptions};
use super::super::typed::Typed;
use super::error::SettingsError;
use super::export::ExportSettings;
use super::import::{ImportSettings, input_spec};
use super::journal::path;
use super::output::{Shown, Terminals, output, same_file, stem_of};
use crate::reading::Input;
use crate::recording::{OutputTarget, beside};
use crate::reporting::Mode;
use crate::running::{InputSpec, OutputSpec};

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
    pub fn of_resume(
        args: ResumeArgs,
        journal: PathBuf,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Self {
        let overrides = args.overrides.into_typed();
        Self { journal, overrides, forgotten: &[], terminals, environment_key }
    }

    /// The settings of `reconcile`, which finds out even where the run was not to.
    pub fn of_reconcile(
        args: ReconcileArgs,
        journal: PathBuf,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Self {
        let overrides = args.overrides.into_typed();
        let forgotten = &["no-reconcile"];
        Self { journal, overrides, forgotten, terminals, environment_key }
    }

    /// The settings of an export that goes on: what its journal keeps, and over that what was typed now.
    pub fn export_settings(self, stored: StoredExport) -> Result<ExportSettings, SettingsError> {
        let mut overrides = self.overrides;
        // An export asks nobody.
        overrides.0.remove("yes");
        if let Some(option) = StoredExport::first_unknown(&overrides) {
            return Err(SettingsError::OnlyImport { option: option.to_owned() });
        }
        let (args, _) = stored.into_export(overrides)?;
        ExportSettings::of_journal(args, &self.journal, self.terminals, self.environment_key)
    }

    /// The run's settings: what the journal keeps, and over that what was typed now.
    pub fn import_settings(self, stored: StoredOptions) -> Result<ImportSettings, SettingsError> {
        let (args, options) = over(stored.without(self.forgotten), &self.journal, self.overrides)?;
        ImportSettings::of_options(args, &options, self.terminals, self.environment_key)
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
    pub fn new(args: ResultsArgs, journal: PathBuf, terminals: Terminals) -> Self {
        Self { journal, overrides: args.overrides.into_typed(), terminals }
    }

    /// The run's rows, and where its results go now. There is no way to the server: nothing is sent.
    pub fn rewriting(self, stored: StoredOptions) -> Result<(InputSpec, OutputSpec, Shown), SettingsError> {
        let (args, options) = over(stored, &self.journal, self.overrides)?;
        let mapping = options.mapping(args.input.operation)?;
        let input = input_spec(args.input, mapping);
        let shown = Shown::resolve(&args.output.shown, self.terminals);
        let output = output(args.output, &input.input)?;
        path(Some(self.journal), &input.input, &output)?;
        Ok((input, output, shown))
    }
}

/// `undo`.
#[derive(Debug)]
pub struct UndoSettings {
    /// The journal.
    pub journal: PathBuf,
    /// What is shown.
    pub shown: Shown,
    output: Option<PathBuf>,
}

impl UndoSettings {
    /// The settings of `undo`.
    pub fn new(args: UndoArgs, journal: PathBuf) -> Self {
        let mode = Mode { quiet: args.quiet, json: false, progress: false };
        Self { journal, shown: Shown { mode, verbose: 0 }, output: args.output }
    }

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

    /// The run's rows, to be read as it did.
    pub fn input(&self, stored: StoredOptions) -> Result<InputSpec, SettingsError> {
        let (args, options) = over(stored, &self.journal, Typed::default())?;
        let mapping = options.mapping(args.input.operation)?;
        Ok(input_spec(args.input, mapping))
    }
}

fn over(
    stored: StoredOptions,
    journal: &Path,
    mut overrides: Typed,
) -> Result<(ImportArgs, StoredOptions), SettingsError> {
    // Wherever it was made: the journal is where it was found.
    overrides.set("journal", journal.as_os_str());
    Ok(stored.into_import(overrides)?)
}
