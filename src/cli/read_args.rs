//! What the commands that only read have in common, as it is typed.

use clap::Args;

use super::import_args::{PaceArgs, ServerArgs, ShownArgs};

/// The server, the pace, and what is shown.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    #[command(flatten)]
    pub(super) server: ServerArgs,
    #[command(flatten)]
    pub(super) pace: PaceArgs,
    #[command(flatten)]
    pub(super) shown: ShownArgs,
}
