//! The arguments of `count`, as they are typed.

use clap::Args;

use super::help;
use super::read_args::ReadArgs;
use super::values;
use crate::catalogue::{Action, Choice};

/// `count`.
#[derive(Debug, Args)]
#[command(after_long_help = help::COUNT)]
pub struct CountArgs {
    /// What is counted: net, internet or personal_area.
    #[arg(value_parser = |text: &str| values::choice(Action::Count, text), value_name = "KIND")]
    pub(super) kind: &'static Choice,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}
