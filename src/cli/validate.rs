//! `validate`.

use clap::Args;

use super::error::SettingsError;
use super::input_options::{InputOptions, TargetArgs, with_operations};
use super::options::{
    CommandFiles, DisplayArgs, OutputArgs, PaceArgs, Shown, Terminals, named, without_default,
};
use crate::reading::Mapping;
use crate::recording::OutputTarget;
use crate::running::ValidateSpec;

const HELP: &str = "\
Examples:
  userside-bulk validate add customers.csv
  userside-bulk validate change_balance money.csv --expect-total 12345.67

A file of results is written only where --results names one. Valid rows are
skipped there.

Exit codes:
  0 every row can be sent; 2 wrong usage or invalid input.";

/// `validate`.
#[derive(Debug, Args)]
#[command(after_long_help = with_operations(HELP), mut_arg("results", without_default))]
pub struct ValidateArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    display: DisplayArgs,
}

/// `validate`.
#[derive(Debug)]
pub struct ValidateSettings {
    /// What the validation is told.
    pub spec: ValidateSpec,
    /// What is shown.
    pub shown: Shown,
}

impl ValidateArgs {
    /// The settings of a validation.
    pub fn settings(self, terminals: Terminals) -> Result<ValidateSettings, SettingsError> {
        let TargetArgs { operation, file, mapping, known } = self.target;
        let mapping_file = mapping;
        let mapping = match &mapping_file {
            Some(path) => Mapping::load(path, operation)?,
            None => Mapping::default(),
        };
        let expectation = self.input.expectation(operation)?;
        let mut input = self.input.spec(operation, file, mapping);
        let shown = self.display.shown(terminals);
        let (results, failed) = named(self.output, shown.mode)?;
        CommandFiles::of_input(&input.input)
            .reads(mapping_file.as_deref(), "the mapping file")
            .reads_all(&known.files())
            .writes(results.as_ref().and_then(OutputTarget::path), "--results", "the results")
            .writes(failed.as_deref(), "--failed", "the rows to fix")
            .check()?;
        input.id_maps = known.id_map;
        Ok(ValidateSettings {
            spec: ValidateSpec { input, expectation, results, failed, pace: PaceArgs::usual() },
            shown,
        })
    }
}
