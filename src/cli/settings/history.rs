//! The settings of `history`.

use std::path::Path;

use jiff::civil::Date;

use super::super::history_args::HistoryArgs;
use super::error::SettingsError;
use super::output::{Terminals, same_file};
use super::read::{ReadSettings, output};
use super::table::keep_from;
use crate::recording::OutputTarget;
use crate::table_reads::{ColumnSpec, HistorySpec, Period};
use crate::validating::{DateOrder, day};

/// `history`.
#[derive(Debug)]
pub struct HistorySettings {
    /// What is read.
    pub history: HistorySpec,
    /// How it is read.
    pub read: ReadSettings,
}

impl HistorySettings {
    /// The settings.
    pub fn new(
        args: HistoryArgs,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let order = args.dates.date_format.unwrap_or_default();
        let period = period(args.from.as_deref(), args.to.as_deref(), &order)?;
        let read = ReadSettings::resolve(args.read, terminals, environment_key)?;
        let table = ColumnSpec::from(args.table);
        let output = output(args.output, read.mode)?;
        keep_from(&table, "--output", &output)?;
        if let Some(errors) = &args.errors {
            if errors == Path::new("-") {
                return Err(SettingsError::ErrorsOnStdout);
            }
            keep_from(&table, "--errors", &OutputTarget::File(errors.clone()))?;
            if same_file(output.path(), Some(errors)) {
                return Err(SettingsError::Overwrites { what: "--errors", over: "the output" });
            }
        }
        let history = HistorySpec { table, period, server: args.server_version, output, errors: args.errors };
        Ok(Self { history, read })
    }
}

fn period(from: Option<&str>, to: Option<&str>, order: &DateOrder) -> Result<Period, SettingsError> {
    let read = |option: &'static str, text: Option<&str>| {
        let refused = |text: &str, refusal| SettingsError::Date { option, value: text.to_owned(), refusal };
        text.map(|text| day(text, order).map_err(|refusal| refused(text, refusal))).transpose()
    };
    let (from, to): (Option<Date>, Option<Date>) = (read("--from", from)?, read("--to", to)?);
    match (from, to) {
        (Some(from), Some(to)) if from > to => Err(SettingsError::NoDays { from, to }),
        _ => Ok(Period { from, to }),
    }
}
