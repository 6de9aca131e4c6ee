//! The arguments of `operations`.

use clap::Args;

use crate::catalogue::{Operation, operation};

const HELP: &str = "\
Examples:
  userside-bulk operations
  userside-bulk operations edit";

/// `operations`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct OperationsArgs {
    /// The operation whose parameters are listed
    #[arg(value_parser = |text: &str| operation(text), value_name = "OPERATION")]
    pub operation: Option<Operation>,
}
