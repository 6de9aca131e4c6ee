//! The arguments of `status`.

use std::path::PathBuf;

use clap::Args;

use super::options::FallsBack as _;

const HELP: &str = "\
Examples:
  userside-bulk status
  userside-bulk status /data/march
  userside-bulk status customers.csv --json

One line for each run whose journal lies in the folder: the journal, what is
done with which file, how it stands, and the command to type next, if there is
one. Nothing is changed, and runs that are at work are not disturbed. An export
that is complete has no journal any more.

Exit codes:
  0 listed; 2 wrong usage, or the folder cannot be read.";

/// `status`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct StatusArgs {
    /// A folder, a journal, or the input of a run
    #[arg(value_name = "FOLDER", falls_back_to("the current folder"))]
    folder: Option<PathBuf>,
    /// Print the runs as one JSON array on standard output
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

impl StatusArgs {
    /// Where to look.
    pub fn place(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| PathBuf::from("."))
    }
}
