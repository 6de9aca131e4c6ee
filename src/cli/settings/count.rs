//! The settings of `count`.

use super::super::count_args::CountArgs;
use super::error::SettingsError;
use super::output::Terminals;
use super::read::ReadSettings;
use crate::catalogue::Choice;

/// `count`.
#[derive(Debug)]
pub struct CountSettings {
    /// What is counted.
    pub kind: &'static Choice,
    /// How it is read.
    pub read: ReadSettings,
}

impl CountSettings {
    /// The settings.
    pub fn new(
        args: CountArgs,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        Ok(Self { kind: args.kind, read: ReadSettings::resolve(args.read, terminals, environment_key)? })
    }
}
