//! The arguments of `history`, as they are typed.

use std::path::PathBuf;

use clap::Args;

use super::help;
use super::read_args::ReadArgs;
use super::table_args::{ColumnArgs, DateArgs};
use crate::catalogue::Version;

/// `history`.
#[derive(Debug, Args)]
#[command(after_long_help = help::HISTORY)]
pub struct HistoryArgs {
    #[command(flatten)]
    pub(super) table: ColumnArgs,
    #[command(flatten)]
    pub(super) dates: DateArgs,
    /// Only entries of this day and later ones.
    #[arg(long, value_name = "DATE", help_heading = "Rules")]
    pub(super) from: Option<String>,
    /// Only entries of this day and earlier ones.
    #[arg(long, value_name = "DATE", help_heading = "Rules")]
    pub(super) to: Option<String>,
    /// The server's UserSide version, such as 3.17; saves a second read of customers without entries.
    ///
    /// Up to 3.16 customers go by another name there. Without a version both are tried.
    #[arg(long, value_name = "VERSION", help_heading = "Rules")]
    pub(super) server_version: Option<Version>,
    /// Where the output goes; - is standard output, which is also the default.
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    /// Write the customers who could not be read to this CSV file, with the reason.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) errors: Option<PathBuf>,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}
