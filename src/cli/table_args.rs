//! How a table is read, as it is typed: what all commands have in common that read one.

use std::path::{Path, PathBuf};

use clap::Args;
use encoding_rs::Encoding;

use crate::reading::{DialectChoice, Input, parse_delimiter, parse_encoding};
use crate::validating::DateOrder;

/// How a table is written.
#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// What separates cells: a character, or the word tab [default: detected].
    #[arg(long, value_name = "CHAR", value_parser = |text: &str| parse_delimiter(text), help_heading = "Input")]
    pub(super) delimiter: Option<u8>,
    /// The file's encoding, such as utf-8, windows-1251 or koi8-u [default: detected].
    #[arg(long, value_name = "NAME", value_parser = |text: &str| parse_encoding(text), help_heading = "Input")]
    pub(super) encoding: Option<&'static Encoding>,
    /// The sheet of a workbook [default: the first].
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(super) sheet: Option<String>,
}

impl TableArgs {
    /// What was said about the dialect.
    pub(super) fn dialect(&self) -> DialectChoice {
        DialectChoice { delimiter: self.delimiter, encoding: self.encoding }
    }
}

/// How dates are written.
#[derive(Debug, Args)]
pub(super) struct DateArgs {
    /// How dates are written that can be read in two ways: dmy, mdy, ymd or a strftime pattern.
    #[arg(long, value_name = "FORMAT", help_heading = "Input")]
    pub(super) date_format: Option<DateOrder>,
}

/// A table of which one column is read.
#[derive(Debug, Args)]
pub(super) struct ColumnArgs {
    /// CSV file or XLSX workbook; - is standard input.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The column that is read [default: the one that has the name, or the only one].
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(super) column: Option<String>,
    #[command(flatten)]
    pub(super) table: TableArgs,
}

/// What a file's name stands for.
pub(super) fn input(file: PathBuf) -> Input {
    if file == Path::new("-") { Input::Stdin } else { Input::File(file) }
}
