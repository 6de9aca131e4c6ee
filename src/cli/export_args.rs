//! The arguments of `export`, as they are typed.

use std::path::PathBuf;

use clap::Args;

use super::condition_args::ConditionArgs;
use super::help;
use super::read_args::ReadArgs;
use super::values;
use crate::catalogue::Version;
use crate::exporting::{BatchSize, ColumnChoice, FieldPath, FileFormat, SheetLocale};
use crate::validating::DateOrder;

/// `export`.
#[derive(Debug, Args)]
#[command(after_long_help = help::EXPORT)]
pub struct ExportArgs {
    #[command(flatten)]
    pub(super) conditions: ConditionArgs,
    /// Take the customers' ids from a file, a plain list or a table with a column id; - is standard input.
    #[arg(long, value_name = "FILE", help_heading = "Conditions")]
    pub(super) ids: Option<PathBuf>,
    /// How dates are written that can be read in two ways: dmy, mdy, ymd or a strftime pattern.
    #[arg(long, value_name = "FORMAT", help_heading = "Conditions")]
    pub(super) date_format: Option<DateOrder>,
    /// The server's UserSide version, such as 3.17; refuses conditions that it does not take.
    #[arg(long, value_name = "VERSION", help_heading = "Conditions")]
    pub(super) server_version: Option<Version>,

    /// Which columns, such as id,full_name,agreement.0.number,phone; or the word all.
    ///
    /// Nested values have paths: phone.0.number is the first phone, phone.*.number all of them joined by "; ".
    #[arg(long, value_name = "LIST", value_parser = |text: &str| ColumnChoice::parse(text), help_heading = "Columns")]
    pub(super) columns: Option<ColumnChoice>,

    /// Where the customers go; - is standard output [default: standard output].
    #[arg(long, short, value_name = "FILE", help_heading = "File")]
    pub(super) output: Option<PathBuf>,
    /// How they are written [default: what the name of the output says, or else csv].
    #[arg(long, value_name = "FORMAT", value_parser = values::named::<FileFormat, _>(FileFormat::ALL.map(|f| (f.name(), f.about()))), help_heading = "File")]
    pub(super) format: Option<FileFormat>,
    /// CSV that a spreadsheet opens by a double click: byte order mark, delimiter and decimals as it wants them.
    ///
    /// Text that it would run as a formula is made harmless.
    #[arg(long, help_heading = "File")]
    pub(super) excel: bool,
    /// Whose conventions --excel follows [default: uk].
    #[arg(long, value_name = "LOCALE", value_parser = values::named::<SheetLocale, _>(SheetLocale::ALL.map(|l| (l.name(), l.about()))), help_heading = "File")]
    pub(super) locale: Option<SheetLocale>,
    /// Say what a column adds up to; may be repeated.
    #[arg(long, value_name = "COLUMN", value_parser = |text: &str| FieldPath::parse(text), help_heading = "File")]
    pub(super) total: Vec<FieldPath>,
    /// Write the number of rows and the totals to a file, as JSON.
    #[arg(long, value_name = "FILE", help_heading = "File")]
    pub(super) totals: Option<PathBuf>,
    /// Write the customers that could not be read to a file: id and reason.
    #[arg(long, value_name = "FILE", help_heading = "File")]
    pub(super) errors: Option<PathBuf>,
    /// Write only who is new, differs or is gone since this earlier export.
    #[arg(long, value_name = "FILE", help_heading = "File")]
    pub(super) changes_since: Option<PathBuf>,
    /// Where there is no earlier export yet, everybody is new.
    #[arg(long, requires = "changes_since", help_heading = "File")]
    pub(super) first_run: bool,
    /// End with exit code 1 when no row is written.
    #[arg(long, help_heading = "File")]
    pub(super) fail_if_empty: bool,
    /// Where the export is remembered, so that it can go on after a stop [default: OUTPUT.journal].
    ///
    /// It is gone when the output is complete.
    #[arg(long, value_name = "FILE", help_heading = "File")]
    pub(super) journal: Option<PathBuf>,

    /// Customers per request: auto finds out whether the server takes several, and then asks for 100.
    #[arg(long, value_name = "N|auto", default_value = "auto", help_heading = "Pace")]
    pub(super) batch: BatchSize,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}
