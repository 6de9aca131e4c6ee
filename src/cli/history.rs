//! `history`.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::error::SettingsError;
use super::options::{
    ColumnArgs, CommandFiles, CustomerArgs, DateArgs, FallsBack as _, ReadArgs, ReadSettings, Terminals,
    output_of_reads,
};
use super::values;
use crate::catalogue::Version;
use crate::table_reads::{ColumnSpec, HistorySpec, Period};
use crate::validating::{DateOrder, day};

const HELP: &str = "\
Examples:
  userside-bulk history customers.csv -o history.csv
  userside-bulk history customers.results.csv --column result_id --from 2025-01-01 --to 2025-01-31
  userside-bulk history list.csv --map 'Логин=id:login' -o history.csv
  userside-bulk history list.xlsx --errors unread.csv --server-version 3.16 -o history.csv

The customers' ids are in the column --column, or else in the one named id or
customer_id, or else in the only one. A column id:login names customers by login
(or by account, codeti and the other kinds of lookup) in rows without an id. A
customer that stands there twice is read once.

Output:
  customer_id,date,type,employee_id,amount,comment: one line for every entry,
  customers in the order of the file, entries in the server's. Amounts have the
  digits that the server wrote. When the command stops early nothing is written:
  a history with a hole in it is worse than none.

Exit codes:
  0    all histories are written
  1    written, but some customers could not be read
  2    wrong usage, or an input that cannot be read; nothing was asked
  3    stopped early: the server refused the key or is gone; nothing is written
  130  interrupted; nothing is written";

/// `history`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct HistoryArgs {
    #[command(flatten)]
    table: ColumnArgs,
    #[command(flatten)]
    customers: CustomerArgs,
    #[command(flatten)]
    dates: DateArgs,
    /// Only entries of this day and later ones
    #[arg(long, value_name = "DATE", help_heading = "Period")]
    from: Option<String>,
    /// Only entries of this day and earlier ones
    #[arg(long, value_name = "DATE", help_heading = "Period")]
    to: Option<String>,
    /// Where the output goes
    ///
    /// A name that ends in .xlsx makes a workbook. The name - stands for standard output.
    #[arg(long, short, value_name = "FILE", help_heading = "Output", value_parser = values::table_file())]
    #[arg(falls_back_to("standard output"))]
    output: Option<PathBuf>,
    /// A file for the customers who could not be read
    ///
    /// With the reason. CSV, or a workbook where the name ends in .xlsx.
    #[arg(long, value_name = "FILE", help_heading = "Output", value_parser = values::table_file())]
    errors: Option<PathBuf>,
    /// The server's UserSide version, such as 3.17
    ///
    /// Saves a second read of customers without entries: up to 3.16 customers go by another name there. Without a
    /// version both are tried.
    #[arg(long, value_name = "VERSION", help_heading = "Server", hide_short_help = true)]
    server_version: Option<Version>,
    #[command(flatten)]
    read: ReadArgs,
}

/// `history`.
#[derive(Debug)]
pub struct HistorySettings {
    /// What is read.
    pub history: HistorySpec,
    /// How it is read.
    pub read: ReadSettings,
}

impl HistoryArgs {
    /// The settings.
    pub fn settings(
        self,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<HistorySettings, SettingsError> {
        let period = period(self.from.as_deref(), self.to.as_deref(), &self.dates.order())?;
        let read = ReadSettings::resolve(&self.read, terminals, environment_key)?;
        let table = ColumnSpec::from(self.table);
        let output = output_of_reads(self.output, read.mode)?;
        if self.errors.as_deref() == Some(Path::new("-")) {
            return Err(SettingsError::ErrorsOnStdout);
        }
        CommandFiles::of_input(&table.input)
            .reads_all(&read.send.files)
            .reads_all(&self.customers.known.files())
            .writes_to(&output, "--output", "the output")
            .writes(self.errors.as_deref(), "--errors", "--errors")
            .check()?;
        if !self.customers.map.is_empty() && table.column.is_some() {
            return Err(SettingsError::ColumnAndMap);
        }
        let history = HistorySpec {
            table,
            mapped: self.customers.map,
            id_maps: self.customers.known.id_map,
            period,
            server: self.server_version,
            output,
            errors: self.errors,
        };
        Ok(HistorySettings { history, read })
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
