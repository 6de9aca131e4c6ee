//! The settings that all commands have that only read.

use std::path::{Path, PathBuf};

use super::super::read_args::ReadArgs;
use super::error::SettingsError;
use super::output::{Shown, Terminals};
use super::send::SendSettings;
use crate::recording::OutputTarget;
use crate::reporting::Mode;

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
    pub(super) fn resolve(
        args: ReadArgs,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let Shown { mode, verbose } = Shown::resolve(&args.shown, terminals);
        Ok(Self { send: SendSettings::resolve(args.server, &args.pace, environment_key)?, mode, verbose })
    }
}

/// Where `--output` leads; without it, to standard output, where nothing else may be then.
pub(super) fn output(output: Option<PathBuf>, mode: Mode) -> Result<OutputTarget, SettingsError> {
    match output {
        Some(path) if path != Path::new("-") => Ok(OutputTarget::File(path)),
        _ if mode.json => Err(SettingsError::JsonOnStdout),
        _ => Ok(OutputTarget::Stdout),
    }
}
