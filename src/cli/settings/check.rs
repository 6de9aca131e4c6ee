//! The settings of `check`.

use super::super::check_args::CheckArgs;
use super::error::SettingsError;
use super::output::Terminals;
use super::read::ReadSettings;
use crate::catalogue::Version;

/// `check`.
#[derive(Debug)]
pub struct CheckSettings {
    /// The server's version, where it was named.
    pub server: Option<Version>,
    /// How it is read.
    pub read: ReadSettings,
}

impl CheckSettings {
    /// The settings.
    pub fn new(
        args: CheckArgs,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let read = ReadSettings::resolve(args.read, terminals, environment_key)?;
        Ok(Self { server: args.server_version, read })
    }
}
