//! The commands and their arguments, as they are typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::help;
use super::import_args::{ImportArgs, ValidateArgs};
use crate::catalogue::{Operation, Version, operation};

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
    Import(Box<ImportArgs>),
    /// Make the same checks as import; send nothing
    Validate(Box<ValidateArgs>),
    /// Print a CSV header to start from
    Template(TemplateArgs),
    /// List the operations, or the parameters of one
    Operations(OperationsArgs),
    /// Run a local server that behaves like UserSide, for rehearsals
    Sandbox(SandboxArgs),
    /// Show the whole journey against the sandbox, in one command
    Demo(DemoArgs),
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
#[command(after_long_help = help::SANDBOX)]
pub struct SandboxArgs {
    /// Where to listen; port 0 takes a free one. The address is the first line on standard output.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(super) listen: SocketAddr,
    /// A file that holds the key that clients must know; without it the key is taken from USERSIDE_API_KEY.
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
}
