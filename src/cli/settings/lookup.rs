//! The settings of `lookup`.

use super::super::lookup_args::LookupArgs;
use super::error::SettingsError;
use super::output::Terminals;
use super::read::{ReadSettings, output};
use super::table::TableSettings;
use crate::catalogue::{Choice, Version};
use crate::recording::OutputTarget;

/// `lookup`.
#[derive(Debug)]
pub struct LookupSettings {
    /// What the values are.
    pub kind: &'static Choice,
    /// Where they stand.
    pub table: TableSettings,
    /// Whether former customers are left out.
    pub skip_old: bool,
    /// The server's version, where it was named.
    pub server: Option<Version>,
    /// Where the output goes.
    pub output: OutputTarget,
    /// How it is read.
    pub read: ReadSettings,
}

impl LookupSettings {
    /// The settings.
    pub fn new(
        args: LookupArgs,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let read = ReadSettings::resolve(args.read, terminals, environment_key)?;
        let table = TableSettings::from(args.table);
        let output = output(args.output, read.mode)?;
        table.is_kept_from("--output", &output)?;
        Ok(Self {
            kind: args.kind,
            table,
            skip_old: args.skip_old,
            server: args.server_version,
            output,
            read,
        })
    }
}
