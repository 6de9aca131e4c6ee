//! The arguments of `check`, as they are typed.

use clap::Args;

use super::help;
use super::read_args::ReadArgs;
use crate::catalogue::Version;

/// `check`.
#[derive(Debug, Args)]
#[command(after_long_help = help::CHECK)]
pub struct CheckArgs {
    /// The server's UserSide version, such as 3.17; without it some points are not known.
    #[arg(long, value_name = "VERSION", help_heading = "Rules")]
    pub(super) server_version: Option<Version>,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}
