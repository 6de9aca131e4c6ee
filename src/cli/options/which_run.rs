//! Which run is meant: what the commands that take a journal have in common.

use std::path::PathBuf;

use clap::Args;

use super::default::FallsBack as _;

/// The run of a command.
#[derive(Debug, Args)]
pub struct WhichRun {
    /// The run's journal, its input or a folder
    ///
    /// Of the runs in a folder, or with an input, it is the one that the command is for; where that could be several,
    /// they are listed.
    #[arg(value_name = "JOURNAL", falls_back_to("the current folder"))]
    journal: Option<PathBuf>,
}

impl WhichRun {
    /// What was typed, or else the current folder.
    pub fn place(&self) -> PathBuf {
        self.journal.clone().unwrap_or_else(|| PathBuf::from("."))
    }
}
