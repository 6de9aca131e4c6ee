//! How a table is read.

use std::path::{Path, PathBuf};

use clap::Args;

use super::default::FallsBack as _;
use crate::cli::values;
use crate::reading::{
    DialectChoice, HiddenRows, Input, TableChoice, TextEncoding, parse_delimiter, parse_encoding,
};
use crate::table_reads::ColumnSpec;
use crate::validating::DateOrder;

/// How a table is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct TableArgs {
    /// The sheet of a workbook
    #[arg(long, value_name = "NAME", falls_back_to("the first visible"))]
    sheet: Option<String>,
    /// The line of the file (the row of the sheet) that names the columns, counted from 1
    ///
    /// What stands above it is passed over.
    #[arg(long, value_name = "N", value_parser = values::row_number, hide_short_help = true)]
    #[arg(falls_back_to("found among the first 50"))]
    header_row: Option<u64>,
    /// The last line of the file (the last row of the sheet) that belongs to the table, counted from 1
    ///
    /// What stands below it, such as totals, is passed over.
    #[arg(long, value_name = "N", value_parser = values::row_number, hide_short_help = true)]
    #[arg(falls_back_to("the last that is not empty"))]
    last_row: Option<u64>,
    /// What to do with hidden rows of a workbook, also those that a filter hides
    #[arg(long, value_name = "WHAT", hide_short_help = true)]
    #[arg(value_parser = values::named::<HiddenRows, _>(HiddenRows::ALL.map(|what| (what.name(), what.about()))))]
    #[arg(falls_back_to("they are refused"))]
    hidden_rows: Option<HiddenRows>,
    /// How large a workbook may be once it is unpacked, such as 4GiB
    ///
    /// A small file can hold a great deal. Its texts may take an eighth of this in memory.
    #[arg(long, value_name = "SIZE", value_parser = values::size, hide_short_help = true)]
    #[arg(falls_back_to("1GiB"))]
    max_size: Option<u64>,
    /// What separates cells: a character, or the word tab
    #[arg(long, value_name = "CHAR", value_parser = |text: &str| parse_delimiter(text), hide_short_help = true)]
    #[arg(falls_back_to("detected"))]
    delimiter: Option<u8>,
    /// The file's encoding, such as utf-8, windows-1251, koi8-u or cp1125
    #[arg(long, value_name = "NAME", value_parser = |text: &str| parse_encoding(text), hide_short_help = true)]
    #[arg(falls_back_to("detected"))]
    encoding: Option<TextEncoding>,
}

impl TableArgs {
    pub(in crate::cli) fn choice(self) -> TableChoice {
        TableChoice {
            dialect: DialectChoice { delimiter: self.delimiter, encoding: self.encoding },
            sheet: self.sheet,
            header_row: self.header_row,
            last_row: self.last_row,
            hidden_rows: self.hidden_rows,
            max_size: self.max_size,
        }
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
    /// CSV file or workbook; - for standard input
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
        Self { input: input(args.file), table: args.table.choice(), column: args.column }
    }
}

/// What a file's name stands for.
pub(in crate::cli) fn input(file: PathBuf) -> Input {
    if file == Path::new("-") { Input::Stdin } else { Input::File(file) }
}
