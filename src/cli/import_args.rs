//! The arguments of `import` and `validate`, as they are typed.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::help;
use super::table_args::{DateArgs, TableArgs};
use super::values;
use crate::catalogue::{Operation, Version, operation};
use crate::reading::Assignment;
use crate::running::MaxFailures;
use crate::sending::Rate;
use crate::validating::Money;

/// `import`.
#[derive(Debug, Args)]
#[command(after_long_help = help::import())]
pub struct ImportArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
    #[command(flatten)]
    pub(super) pace: PaceArgs,
    #[command(flatten)]
    pub(super) patience: PatienceArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) journal: JournalArgs,
    /// Send the valid rows of a file that has invalid ones.
    ///
    /// Without it a file with a single invalid row sends nothing.
    #[arg(long, help_heading = "Rules")]
    pub(super) skip_invalid: bool,
    /// Do not ask before money is booked or customers are deleted.
    ///
    /// Without a terminal nobody is asked.
    #[arg(long, short, help_heading = "Rules")]
    pub(super) yes: bool,
}

/// `validate`.
#[derive(Debug, Args)]
#[command(after_long_help = help::validate())]
pub struct ValidateArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// What is read, and how.
#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// What is done with every row; one of those below.
    #[arg(value_parser = |text: &str| operation(text), value_name = "OPERATION")]
    pub(super) operation: Operation,
    /// CSV file or XLSX workbook; - is standard input.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,

    /// Take the column COLUMN for the parameter PARAMETER; an empty PARAMETER leaves the column out.
    #[arg(long, value_name = "COLUMN=PARAMETER", value_parser = Assignment::of_column, help_heading = "Columns")]
    pub(super) map: Vec<Assignment>,
    /// Give every row the same VALUE for a parameter.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = Assignment::of_constant, help_heading = "Columns")]
    pub(super) set: Vec<Assignment>,
    /// Read mappings and constants from a TOML file; --map and --set win over it.
    #[arg(long, value_name = "FILE", help_heading = "Columns")]
    pub(super) mapping: Option<PathBuf>,
    /// Leave columns out that are no parameter, instead of stopping.
    #[arg(long, help_heading = "Columns")]
    pub(super) ignore_unknown_columns: bool,

    #[command(flatten)]
    pub(super) table: TableArgs,
    #[command(flatten)]
    pub(super) dates: DateArgs,
    /// What an empty cell means: leave the parameter as it is, or clear it on the server.
    #[arg(long, value_name = "WHAT", default_value = "skip", help_heading = "Input")]
    pub(super) empty: Empty,

    /// The server's UserSide version, such as 3.17; refuses parameters that it does not take.
    #[arg(long, value_name = "VERSION", help_heading = "Rules")]
    pub(super) server_version: Option<Version>,
    /// Send rows that are the same as an earlier one too, one after the other, in file order.
    #[arg(long, help_heading = "Rules")]
    pub(super) allow_duplicates: bool,
    /// Refuse an input that does not have this many rows.
    #[arg(long, value_name = "N", help_heading = "Rules")]
    pub(super) expect_rows: Option<u64>,
    /// Refuse an input whose valid rows do not add up to this amount, to the last kopeck.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, help_heading = "Rules")]
    pub(super) expect_total: Option<Money>,
    /// Refuse an input whose valid rows do not take off this amount in all, written without a sign.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, value_parser = values::magnitude, help_heading = "Rules")]
    pub(super) expect_debit: Option<Money>,
    /// Refuse an input whose valid rows do not add this amount in all.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, value_parser = values::magnitude, help_heading = "Rules")]
    pub(super) expect_credit: Option<Money>,
    /// Tell the installation not to fire its internal triggers.
    #[arg(long, help_heading = "Rules")]
    pub(super) skip_internal_api: bool,
}

/// `--empty`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Empty {
    /// Leave the parameter out: it stays what it is on the server
    Skip,
    /// Send the parameter empty: it is cleared on the server
    Clear,
}

/// Which server, and with which key.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(super) struct ServerArgs {
    /// The server's address: its base, or the full address of api.php.
    #[arg(long, env = "USERSIDE_URL", hide_env_values = true, value_name = "URL")]
    pub(super) url: Option<String>,
    /// A file that holds the API key; without it the key is taken from USERSIDE_API_KEY.
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
    /// The name under which the server takes the subcategory.
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub(super) selector: Selector,
    /// How long a request may take, from connecting to the last byte of the answer.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = values::positive_span)]
    pub(super) timeout: Duration,
    /// How long connecting may take.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::positive_span)]
    pub(super) connect_timeout: Duration,
}

/// `--selector`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Selector {
    /// Find out with one harmless read, before any row is sent
    Auto,
    /// subcat, the older name
    Subcat,
    /// action, the newer name
    Action,
}

/// How fast, how patient.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
pub(super) struct PaceArgs {
    /// Requests per second, minute or hour, such as 10/s, 600/m or 5000/h, or unlimited.
    ///
    /// Retries and reads count too.
    #[arg(long, value_name = "RATE", default_value = "10/s")]
    pub(super) rate: Rate,
    /// Requests that may leave at once after a silence [default: a tenth of a second's worth of the rate, at least 1].
    ///
    /// No second ever sees more than rate + burst requests.
    #[arg(long, value_name = "N", value_parser = values::positive::<NonZeroU32>)]
    pub(super) burst: Option<NonZeroU32>,
    /// Requests in flight at the same time.
    #[arg(long, value_name = "N", default_value = "8", value_parser = values::positive::<NonZeroUsize>)]
    pub(super) concurrency: NonZeroUsize,
    /// Further attempts for a request that may be sent again.
    #[arg(long, value_name = "N", default_value = "3")]
    pub(super) retries: u32,
    /// The wait before the first further attempt; it doubles each time, with jitter, up to a minute.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = values::span)]
    pub(super) retry_wait: Duration,
}

/// How much a run bears.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
pub(super) struct PatienceArgs {
    /// Stop when N rows, or N% of the valid rows, are failed or unknown [default: 25 in a row].
    #[arg(long, value_name = "N|N%")]
    pub(super) max_failures: Option<MaxFailures>,
}

/// Where results go, and what is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Where the results go; - is standard output [default: FILE.results.csv beside the input].
    #[arg(long, value_name = "FILE")]
    pub(super) results: Option<PathBuf>,
    /// Write the rows that are not ok to a file of their own, ready to be mended and fed back.
    #[arg(long, value_name = "FILE")]
    pub(super) failed: Option<PathBuf>,
    #[command(flatten)]
    pub(super) shown: ShownArgs,
}

/// What is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct ShownArgs {
    /// Print the summary as one JSON object on standard output.
    #[arg(long)]
    pub(super) json: bool,
    /// Show no progress and no summary; warnings and errors remain.
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Log on standard error: retries; twice for every answer too; three times for what every request holds.
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

/// What is remembered of a run, and what follows it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Journal")]
pub(super) struct JournalArgs {
    /// Where the run is remembered, so that it can go on after a stop [default: FILE.journal beside the input].
    ///
    /// With --results march.results.csv it is march.journal.
    #[arg(long, value_name = "FILE")]
    pub(super) journal: Option<PathBuf>,
    /// Begin anew although an unfinished run's journal lies there; it is renamed, not deleted.
    #[arg(long)]
    pub(super) new_run: bool,
    /// Send comments as they are, without the tag by which a booking is found again.
    #[arg(long)]
    pub(super) no_comment_tag: bool,
    /// What becomes of a row of add whose customer is there already.
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub(super) existing: Existing,
    /// How long a request may still be at work on the server; until then "not found" proves nothing.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = values::span)]
    pub(super) settle: Duration,
    /// Do not ask the server at the end what became of unknown rows.
    #[arg(long)]
    pub(super) no_reconcile: bool,
    /// Send rows again that are proven not applied.
    #[arg(long)]
    pub(super) resend: bool,
    /// Read all balances before and after, and compare each with what was booked.
    #[arg(long)]
    pub(super) verify: bool,
}

/// `--existing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Existing {
    /// The row is failed with already_exists and the customer's id; nothing is sent
    Fail,
    /// The row is skipped
    Skip,
    /// Do not look; saves a read for every row
    Ignore,
}
