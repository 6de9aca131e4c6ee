//! The commands and their arguments, as they are typed.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::check_args::CheckArgs;
use super::completions::CompletionsArgs;
use super::count_args::CountArgs;
use super::help;
use super::history_args::HistoryArgs;
use super::import_args::ValidateArgs;
use super::journal_args::{ReconcileArgs, ResultsArgs, ResumeArgs, UndoArgs};
use super::lookup_args::LookupArgs;
use super::man::ManArgs;
use super::status::StatusArgs;
use super::typed::{ExportCommand, ImportCommand};
use super::values;
use crate::catalogue::{Operation, Version, operation};
use crate::sandbox::{BatchAnswer, Fault, IdSet, Location, RetryAfter, Selectors, Shape};

/// Moves customer data in and out of the UserSide ERP: validated rows, paced requests, certain outcomes.
#[derive(Debug, Parser)]
#[command(name = "userside-bulk", version, about, after_help = help::MAIN, arg_required_else_help = true, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Validate every row of a file, then send it; write the results
    Import(Box<ImportCommand>),
    /// Make the same checks as import; send nothing
    Validate(Box<ValidateArgs>),
    /// Go on with a run that was stopped, killed or crashed
    Resume(Box<ResumeArgs>),
    /// Find out what became of rows whose outcome is unknown
    Reconcile(Box<ReconcileArgs>),
    /// Write the results of a run anew
    Results(ResultsArgs),
    /// Write a CSV that takes back what a run applied; send nothing
    Undo(UndoArgs),
    /// List the runs in a folder: how each stands, and what to type next
    Status(StatusArgs),
    /// Write customers to a table: CSV, XLSX or JSON lines
    Export(Box<ExportCommand>),
    /// Find the customers who have the values of a column
    Lookup(Box<LookupArgs>),
    /// Write what happened to the customers of a file: bookings and other operations
    History(Box<HistoryArgs>),
    /// Count the customers who are active
    Count(Box<CountArgs>),
    /// Print a CSV header to start from
    Template(TemplateArgs),
    /// List the operations, or the parameters of one
    Operations(OperationsArgs),
    /// Find out whether one can talk to the server with this key; write nothing
    Check(Box<CheckArgs>),
    /// Run a local server that behaves like UserSide, for rehearsals
    Sandbox(Box<SandboxArgs>),
    /// Show the whole journey against the sandbox, in one command
    Demo(DemoArgs),
    /// Print the script with which a shell completes commands and options
    Completions(CompletionsArgs),
    /// Write a man page for each command to a folder
    #[command(hide = true)]
    Man(ManArgs),
    /// Print the command reference of the book
    #[command(hide = true)]
    Reference,
}

/// `template`.
#[derive(Debug, Args)]
#[command(after_long_help = help::TEMPLATE)]
pub struct TemplateArgs {
    /// The operation.
    #[arg(value_parser = |text: &str| operation(text), value_name = "OPERATION")]
    pub operation: Operation,
    /// Only the parameters that this UserSide version takes.
    #[arg(long, value_name = "VERSION")]
    pub server_version: Option<Version>,
    /// Only the parameters that every row needs.
    #[arg(long)]
    pub obligatory: bool,
    /// What separates cells: a character, or the word tab.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = |text: &str| crate::reading::parse_delimiter(text))]
    pub delimiter: u8,
}

/// `operations`.
#[derive(Debug, Args)]
#[command(after_long_help = help::OPERATIONS)]
pub struct OperationsArgs {
    /// The operation whose parameters are listed.
    #[arg(value_parser = |text: &str| operation(text), value_name = "OPERATION")]
    pub operation: Option<Operation>,
}

/// `demo`.
#[derive(Debug, Args)]
#[command(after_long_help = help::DEMO)]
pub struct DemoArgs {
    /// Where the demo's files go.
    #[arg(long, value_name = "FOLDER", default_value = "demo")]
    pub folder: PathBuf,
}

/// `sandbox`.
#[derive(Debug, Args)]
#[command(after_long_help = help::sandbox())]
pub struct SandboxArgs {
    /// Where to listen; port 0 takes a free one. The address is the first line on standard output.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(super) listen: SocketAddr,
    /// A file that holds the key that clients must know; without it the key is taken from USERSIDE_API_KEY.
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
    /// How many invented customers there are at the start, with the ids from 1 on.
    #[arg(long, value_name = "N", default_value = "1000")]
    pub(super) customers: u32,
    /// The version that the server pretends to be; without it whatever any version takes is taken.
    #[arg(long, value_name = "VERSION")]
    pub(super) server_version: Option<Version>,
    /// Write one JSON line per request to this file, without the key.
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,

    /// Hold every answer back for this long.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = values::span, help_heading = "Misbehaviour")]
    pub(super) latency: Duration,
    /// Let something go wrong: KIND=PERCENT% of the writes, or KIND@N the Nth write; may be repeated.
    ///
    /// KIND@2,5-7 names several. read: before the kind means reads instead of writes. The kinds are listed below.
    #[arg(long, value_name = "FAULT", help_heading = "Misbehaviour")]
    pub(super) fault: Vec<Fault>,
    /// Break down, with status 500, over every read that names one of these customers, alone or among others.
    ///
    /// Ids and ranges, as in 7,20-25.
    #[arg(long, value_name = "IDS", help_heading = "Misbehaviour")]
    pub(super) unreadable: Option<IdSet>,
    /// What faults, invented customers and mixed answers are drawn from; the same seed repeats them.
    #[arg(long, value_name = "N", default_value = "0", help_heading = "Misbehaviour")]
    pub(super) seed: u64,
    /// The Retry-After header of 429 and 503: seconds, or an HTTP date.
    #[arg(long, value_name = "WHEN", help_heading = "Misbehaviour")]
    pub(super) retry_after: Option<RetryAfter>,
    /// The Location header of redirects.
    #[arg(long, value_name = "URL", help_heading = "Misbehaviour")]
    pub(super) redirect_to: Option<Location>,
    /// Take the subcategory under this name only: either, subcat or action.
    #[arg(long, value_name = "NAME", default_value = "either", help_heading = "Misbehaviour")]
    pub(super) selector: Selectors,
    /// Take writes by POST only, as UserSide does from 3.21 on.
    #[arg(long, help_heading = "Misbehaviour")]
    pub(super) post_only: bool,
    /// Answer a read of several customers with this: map, list, first (that one alone) or refuse (an error).
    #[arg(long, value_name = "HOW", default_value = "map", help_heading = "Misbehaviour")]
    pub(super) batches: BatchAnswer,
    /// Look only at the first N ids of a read of several customers, with map and list.
    #[arg(long, value_name = "N", value_parser = values::positive::<NonZeroUsize>, help_heading = "Misbehaviour")]
    pub(super) batch_limit: Option<NonZeroUsize>,
    /// How answers are written: classic, modern or mixed; bom and warning add noise before them, as in modern,bom.
    #[arg(long, value_name = "SHAPE", default_value = "classic", help_heading = "Misbehaviour")]
    pub(super) shape: Shape,
    /// Keep only the first N characters of a booking's comment, as some installations do.
    #[arg(long, value_name = "N", value_parser = values::positive::<NonZeroUsize>, help_heading = "Misbehaviour")]
    pub(super) comment_limit: Option<NonZeroUsize>,
}
