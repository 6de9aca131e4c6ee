//! How a table is read.

use std::path::{Path, PathBuf};

use clap::Args;
use encoding_rs::Encoding;

use super::default::FallsBack as _;
use super::output::same_file;
use crate::cli::error::SettingsError;
use crate::reading::{DialectChoice, Input, parse_delimiter, parse_encoding};
use crate::recording::OutputTarget;
use crate::table_reads::ColumnSpec;
use crate::validating::DateOrder;

/// How a table is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct TableArgs {
    /// The sheet of a workbook
    #[arg(long, value_name = "NAME", falls_back_to("the first"))]
    pub(in crate::cli) sheet: Option<String>,
    /// What separates cells: a character, or the word tab
    #[arg(long, value_name = "CHAR", value_parser = |text: &str| parse_delimiter(text), hide_short_help = true)]
    #[arg(falls_back_to("detected"))]
    delimiter: Option<u8>,
    /// The file's encoding, such as utf-8, windows-1251 or koi8-u
    #[arg(long, value_name = "NAME", value_parser = |text: &str| parse_encoding(text), hide_short_help = true)]
    #[arg(falls_back_to("detected"))]
    encoding: Option<&'static Encoding>,
}

impl TableArgs {
    /// What was said about the dialect.
    pub(in crate::cli) fn dialect(&self) -> DialectChoice {
        DialectChoice { delimiter: self.delimiter, encoding: self.encoding }
    }
}

/// How dates are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct DateArgs {
    /// How dates are written that can be read in two ways
    ///
    /// dmy, mdy, ymd or a strftime pattern such as %d.%m.%Y.
    #[arg(long, value_name = "FORMAT", hide_short_help = true)]
    date_format: Option<DateOrder>,
}

impl DateArgs {
    pub(in crate::cli) fn order(&self) -> DateOrder {
        self.date_format.clone().unwrap_or_default()
    }
}

/// A table of which one column is read.
#[derive(Debug, Args)]
pub struct ColumnArgs {
    /// CSV file or XLSX workbook; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The column that is read
    ///
    /// Without it the one with the right name is read, or else the only one.
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    #[arg(falls_back_to("by its name"))]
    column: Option<String>,
    #[command(flatten)]
    table: TableArgs,
}

impl From<ColumnArgs> for ColumnSpec {
    fn from(args: ColumnArgs) -> Self {
        let dialect = args.table.dialect();
        Self { input: input(args.file), dialect, sheet: args.table.sheet, column: args.column }
    }
}

/// What a file's name stands for.
pub(in crate::cli) fn input(file: PathBuf) -> Input {
    if file == Path::new("-") { Input::Stdin } else { Input::File(file) }
}

/// Refuses an option that would write over the table.
pub(in crate::cli) fn keep_from(
    table: &ColumnSpec,
    what: &'static str,
    target: &OutputTarget,
) -> Result<(), SettingsError> {
    match &table.input {
        Input::File(input) if same_file(Some(input), target.path()) => {
            Err(SettingsError::Overwrites { what, over: "the input" })
        }
        _ => Ok(()),
    }
}
