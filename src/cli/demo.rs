//! The arguments of `demo`.

use std::path::PathBuf;

use clap::Args;

const HELP: &str = "\
Starts a sandbox and migrates samples/legacy-cp1251.csv to it: guesses the
columns, shows what a check finds, and sends the list by one command, all steps
of each row. In the middle an answer gets lost: the run stops, finds out what
became of the row, and goes on from its journal. Then it imports the list again,
which makes nobody and books nothing, and exports everybody to a workbook.
Every command is printed as you would type it; results, journals and the
workbook are in the folder afterwards.";

/// `demo`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct DemoArgs {
    /// Where the demo's files go
    #[arg(long, value_name = "FOLDER", default_value = "demo")]
    pub folder: PathBuf,
}
