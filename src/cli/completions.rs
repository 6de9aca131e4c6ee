//! The arguments of `completions`.

use clap::Args;
use clap_complete::Shell;

use super::help;

/// `completions`.
#[derive(Debug, Args)]
#[command(after_long_help = help::COMPLETIONS)]
pub struct CompletionsArgs {
    /// The shell that is to complete.
    #[arg(value_name = "SHELL")]
    pub(super) shell: Shell,
}
