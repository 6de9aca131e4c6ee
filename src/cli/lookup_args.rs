//! The arguments of `lookup`, as they are typed.

use std::path::PathBuf;

use clap::Args;

use super::help;
use super::read_args::ReadArgs;
use super::table_args::ColumnArgs;
use super::values;
use crate::catalogue::{Action, Choice, Version};

/// `lookup`.
#[derive(Debug, Args)]
#[command(after_long_help = help::lookup())]
pub struct LookupArgs {
    /// What the values are; one of those below.
    #[arg(value_parser = |text: &str| values::choice(Action::Find, text), value_name = "KIND")]
    pub(super) kind: &'static Choice,
    #[command(flatten)]
    pub(super) table: ColumnArgs,
    /// Leave former customers out.
    #[arg(long, help_heading = "Rules")]
    pub(super) skip_old: bool,
    /// The server's UserSide version, such as 3.17; refuses a kind that it does not know.
    #[arg(long, value_name = "VERSION", help_heading = "Rules")]
    pub(super) server_version: Option<Version>,
    /// Where the output goes; - is standard output, which is also the default.
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}
