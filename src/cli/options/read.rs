//! What the commands that only read have in common.

use clap::Args;

use super::connection::SendSettings;
use super::display::{DisplayArgs, Shown, Terminals};
use super::pace::PaceArgs;
use super::server::{SelectorArgs, ServerArgs};
use crate::cli::error::SettingsError;
use crate::reporting::Mode;

/// The server, the pace, and what is shown.
#[derive(Debug, Args)]
pub struct ReadArgs {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    selector: SelectorArgs,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    display: DisplayArgs,
}

/// How reads are sent, and what is shown of them.
#[derive(Debug)]
pub struct ReadSettings {
    /// How requests are sent.
    pub send: SendSettings,
    /// How much is shown.
    pub mode: Mode,
    /// How much is logged.
    pub verbose: u8,
}

impl ReadSettings {
    pub(in crate::cli) fn new(send: SendSettings, shown: Shown) -> Self {
        Self { send, mode: shown.mode, verbose: shown.verbose }
    }

    pub(in crate::cli) fn resolve(
        args: &ReadArgs,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let send = SendSettings::resolve(&args.server, &args.selector, &args.pace, environment_key)?;
        Ok(Self::new(send, args.display.shown(terminals)))
    }
}
