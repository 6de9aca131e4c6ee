//! `results`: writes the results of a run again. There is no way to the server: nothing is sent.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::SettingsError;
use super::options::{OutputArgs, Shown, SummaryArgs, Terminals, WhichRun, output_of_run};
use super::raw_options::{ChangedArgs, RawOptions};
use super::run_options::{RunOptions, written};
use super::stored_run::StoredRun;
use crate::running::{InputSpec, OutputSpec};

const HELP: &str = "\
Examples:
  userside-bulk results customers.journal
  userside-bulk results customers.journal --results - | less

Writes the results of a run again, from its input and its journal. Sends nothing.

Exit codes:
  0 every row ok; 1 some rows are not ok; 2 wrong usage, a changed input, or a
  journal that cannot be used.";

/// `results`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct ResultsArgs {
    #[command(flatten)]
    run: WhichRun,
    #[command(flatten)]
    changes: ChangedArgs<OutputArgs>,
    #[command(flatten)]
    summary: SummaryArgs,
}

impl ResultsArgs {
    /// Where the run is.
    pub fn place(&self) -> PathBuf {
        self.run.place()
    }

    /// The run's rows, and where its results go now.
    pub fn settings(
        self,
        stored: &StoredRun,
        journal: &Path,
        terminals: Terminals,
    ) -> Result<(InputSpec, OutputSpec, Shown), SettingsError> {
        let shown = self.summary.shown(terminals, 0);
        let (input, output) = rows(self.changes.raw, stored)?;
        let output = output_of_run(output, &input.input, shown.mode)?;
        written(&input.input, &output)
            .reads(stored.mapping_file(), "the mapping file")
            .remembers_in(Some(journal))
            .check()?;
        Ok((input, output, shown))
    }
}

/// The rows of a stored run, as it read them.
pub(super) fn rows(typed: RawOptions, stored: &StoredRun) -> Result<(InputSpec, OutputArgs), SettingsError> {
    RunOptions::resumed(typed, stored)?.rows(stored)
}
