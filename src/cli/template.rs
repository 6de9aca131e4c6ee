//! The arguments of `template`.

use clap::Args;

use crate::catalogue::{Operation, Version, operation};
use crate::reading::parse_delimiter;

const HELP: &str = "\
Examples:
  userside-bulk template add > customers.csv
  userside-bulk template change_balance --obligatory --delimiter ';'";

/// `template`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct TemplateArgs {
    /// The operation
    #[arg(value_parser = |text: &str| operation(text), value_name = "OPERATION")]
    pub operation: Operation,
    /// Only parameters that this version takes
    #[arg(long, value_name = "VERSION")]
    pub server_version: Option<Version>,
    /// Only parameters that every row needs
    #[arg(long)]
    pub obligatory: bool,
    /// What separates cells
    ///
    /// A character, or the word tab.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = |text: &str| parse_delimiter(text))]
    pub delimiter: u8,
}
