//! The arguments of `demo`.

use std::path::PathBuf;

use clap::Args;

const HELP: &str = "\
Starts a sandbox, imports samples/customers.csv, shows what happens to a file
with mistakes, edits customers and corrects balances against a control total.
In the middle an answer gets lost: the run stops, finds out what became of the
row, and goes on from its journal. Then it writes rows that would take the
bookings back, sets connection dates, and exports everybody to a workbook.
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
