//! All commands.

use clap::{CommandFactory, Parser, Subcommand};

use super::check::CheckArgs;
use super::completions::CompletionsArgs;
use super::count::CountArgs;
use super::demo::DemoArgs;
use super::export::ExportArgs;
use super::history::HistoryArgs;
use super::import::ImportArgs;
use super::lookup::LookupArgs;
use super::man::ManArgs;
use super::mapping::MappingArgs;
use super::operations::OperationsArgs;
use super::reconcile::ReconcileArgs;
use super::results::ResultsArgs;
use super::resume::ResumeArgs;
use super::sandbox::SandboxArgs;
use super::status::StatusArgs;
use super::template::TemplateArgs;
use super::undo::UndoArgs;
use super::validate::ValidateArgs;

const HELP: &str = "\
Examples:
  userside-bulk demo                                   see everything work, without a server
  userside-bulk template change_balance > money.csv    a header to start from
  userside-bulk validate change_balance money.csv      check the file, send nothing
  userside-bulk import change_balance money.csv --expect-total 12345.67
  userside-bulk resume money.journal                   go on after a stop, a crash or a power cut
  userside-bulk export --is-ex 0 -o customers.xlsx     everybody, for a spreadsheet
  userside-bulk check                                  does the server answer, and take the key?

The server is named by --url or USERSIDE_URL, the API key by USERSIDE_API_KEY or --key-file.
`userside-bulk import --help` has all options.";

/// Moves customer data in and out of the UserSide ERP: validated rows, paced requests, certain outcomes.
#[derive(Debug, Parser)]
#[command(name = "userside-bulk", version, about, after_help = HELP, arg_required_else_help = true, max_term_width = 110)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Validate every row of a file, then send it; write the results
    Import(Box<ImportArgs>),
    /// Make the same checks as import; send nothing
    Validate(Box<ValidateArgs>),
    /// Go on with a run that was stopped, killed or crashed
    Resume(Box<ResumeArgs>),
    /// Find out what became of rows whose outcome is unknown
    Reconcile(Box<ReconcileArgs>),
    /// Write the results of a run again
    Results(Box<ResultsArgs>),
    /// Write the rows that take back what a run applied; send nothing
    Undo(UndoArgs),
    /// List the runs in a folder: how each stands, and what to type next
    Status(StatusArgs),
    /// Write customers to a table: CSV, XLSX or JSON lines
    Export(Box<ExportArgs>),
    /// Find the customers who have the values of a column
    Lookup(Box<LookupArgs>),
    /// Write what happened to the customers of a file: bookings and other operations
    History(Box<HistoryArgs>),
    /// Count the customers who are active
    Count(Box<CountArgs>),
    /// Print a CSV header to start from
    Template(TemplateArgs),
    /// Write a mapping file for a table, to start from
    Mapping(Box<MappingArgs>),
    /// List the operations, or the parameters of one
    Operations(OperationsArgs),
    /// Find out whether the server answers and accepts the key; write nothing
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

/// The definition of all commands. `-h` shows the everyday options; the names of the others stand below them.
pub(super) fn program() -> clap::Command {
    Cli::command().mut_subcommands(|command| {
        let others: Vec<String> = command
            .get_arguments()
            .filter(|argument| argument.is_hide_short_help_set() && !argument.is_hide_set())
            .filter_map(|argument| argument.get_long().map(|name| format!("--{name}")))
            .collect();
        if others.is_empty() {
            return command;
        }
        let name = command.get_name().to_owned();
        let note = format!("Also, described by `userside-bulk {name} --help`:\n{}", filled(&others));
        command.after_help(note)
    })
}

/// Words in lines of at most 78 characters, after an indent.
fn filled(words: &[String]) -> String {
    const WIDTH: usize = 78;
    let mut lines = vec![String::new()];
    for word in words {
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = format!("  {word}"),
            Some(line) if line.len() + 1 + word.len() <= WIDTH => *line = format!("{line} {word}"),
            _ => lines.push(format!("  {word}")),
        }
    }
    lines.join("\n")
}
