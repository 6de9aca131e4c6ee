//! `lookup`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::error::SettingsError;
use super::options::{
    ColumnArgs, CommandFiles, FallsBack as _, ReadArgs, ReadSettings, Terminals, output_of_reads,
};
use super::values;
use crate::catalogue::{Action, Choice, Version, choices};
use crate::table_reads::{ColumnSpec, LookupSpec};

const HELP: &str = "\
Examples:
  userside-bulk lookup phone callers.csv -o callers.found.csv
  userside-bulk lookup dognumber payments.xlsx --sheet Март --column 'Договор' -o found.csv
  cut -f1 log.tsv | userside-bulk lookup login - --column login | less

Output:
  The input's columns as they were and, for every row, result_status (ok,
  ambiguous, failed, invalid or skipped), result_id, result_error_code and
  result_error. Nobody found is failed with not_found; no answer from the server
  is failed with another code. Several customers are ambiguous: their ids stand
  in result_id, joined by semicolons.

Exit codes:
  0    exactly one customer for every row
  1    finished, some rows have none or several
  2    wrong usage, or an input that cannot be read; nothing was asked
  3    stopped early: the server refused the key or is gone; rows that were not
       answered are skipped
  130  interrupted; rows that were not answered are skipped";

/// `lookup`.
#[derive(Debug, Args)]
#[command(after_long_help = with_kinds(HELP))]
pub struct LookupArgs {
    /// What the values are, such as phone or login
    ///
    /// One of the kinds below.
    #[arg(value_parser = |text: &str| values::choice(Action::Find, text), value_name = "KIND")]
    kind: &'static Choice,
    #[command(flatten)]
    table: ColumnArgs,
    /// Leave former customers out
    #[arg(long, help_heading = "Rules")]
    skip_old: bool,
    /// Where the output goes
    ///
    /// A name that ends in .xlsx makes a workbook. The name - stands for standard output.
    #[arg(long, short, value_name = "FILE", help_heading = "Output", value_parser = values::table_file())]
    #[arg(falls_back_to("standard output"))]
    output: Option<PathBuf>,
    /// The server's UserSide version, such as 3.17
    ///
    /// Refuses a kind that it does not know.
    #[arg(long, value_name = "VERSION", help_heading = "Server", hide_short_help = true)]
    server_version: Option<Version>,
    #[command(flatten)]
    read: ReadArgs,
}

/// `lookup`.
#[derive(Debug)]
pub struct LookupSettings {
    /// What is looked up.
    pub lookup: LookupSpec,
    /// How it is read.
    pub read: ReadSettings,
}

impl LookupArgs {
    /// The settings.
    pub fn settings(
        self,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<LookupSettings, SettingsError> {
        let read = ReadSettings::resolve(&self.read, terminals, environment_key)?;
        let table = ColumnSpec::from(self.table);
        let output = output_of_reads(self.output, read.mode)?;
        CommandFiles::of_input(&table.input)
            .reads_all(&read.send.files)
            .writes_to(&output, "--output", "the output")
            .check()?;
        let lookup = LookupSpec {
            kind: self.kind,
            table,
            skip_former: self.skip_old,
            server: self.server_version,
            output,
        };
        Ok(LookupSettings { lookup, read })
    }
}

/// The kinds, from the catalogue, with text after them.
fn with_kinds(text: &str) -> String {
    let mut list = String::from("Kinds:\n");
    for kind in choices(Action::Find) {
        let since = kind.since.map_or_else(String::new, |since| format!(", from UserSide {since} on"));
        let _ = writeln!(list, "  {:<12} {}{since}", kind.name, kind.kind.name());
    }
    format!("{list}\n{text}")
}
