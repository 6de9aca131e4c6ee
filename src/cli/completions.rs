//! The arguments of `completions`.

use clap::Args;
use clap_complete::Shell;

const HELP: &str = "\
Examples:
  userside-bulk completions bash > ~/.local/share/bash-completion/completions/userside-bulk
  userside-bulk completions zsh > ~/.zfunc/_userside-bulk
  userside-bulk completions fish > ~/.config/fish/completions/userside-bulk.fish
  userside-bulk completions powershell >> $PROFILE

The script goes to standard output. Open a new shell to use it; zsh needs the
folder in its fpath.";

/// `completions`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: Shell,
}
