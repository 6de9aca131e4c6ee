//! Which run is meant: what the commands that take a journal have in common.

use std::path::PathBuf;

use clap::Args;

/// The run of a command.
#[derive(Debug, Args)]
pub struct WhichRun {
    /// The journal of the run, or the run's input, or a folder [default: the current folder].
    ///
    /// A folder or an input will do where it has only one run that the command is for.
    #[arg(value_name = "JOURNAL")]
    journal: Option<PathBuf>,
}

impl WhichRun {
    /// What was typed, or else the current folder.
    pub fn place(&self) -> PathBuf {
        self.journal.clone().unwrap_or_else(|| PathBuf::from("."))
    }
}
