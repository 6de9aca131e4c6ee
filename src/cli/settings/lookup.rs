//! The settings of `lookup`.

use super::super::lookup_args::LookupArgs;
use super::error::SettingsError;
use super::output::Terminals;
use super::read::{ReadSettings, output};
use super::table::keep_from;
use crate::table_reads::{ColumnSpec, LookupSpec};

/// `lookup`.
#[derive(Debug)]
pub struct LookupSettings {
    /// What is looked up.
    pub lookup: LookupSpec,
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
        let table = ColumnSpec::from(args.table);
        let output = output(args.output, read.mode)?;
        keep_from(&table, "--output", &output)?;
        let lookup = LookupSpec {
            kind: args.kind,
            table,
            skip_former: args.skip_old,
            server: args.server_version,
            output,
        };
        Ok(Self { lookup, read })
    }
}
