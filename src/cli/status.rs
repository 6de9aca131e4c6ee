//! The arguments of `status`.

use std::path::PathBuf;

use clap::Args;

use super::help;

/// `status`.
#[derive(Debug, Args)]
#[command(after_long_help = help::STATUS)]
pub struct StatusArgs {
    /// A folder, a journal, or the input of a run [default: the current folder].
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Print the runs as one JSON array on standard output.
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

impl StatusArgs {
    /// Where to look.
    pub fn place(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| PathBuf::from("."))
    }
}
