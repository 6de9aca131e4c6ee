//! What an export is told: which customers, which columns, and what is written where.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use super::columns::ColumnChoice;
use super::format::{FileFormat, SheetLocale};
use super::path::FieldPath;
use crate::customers::{KeptFields, MappedCustomer};
use crate::reading::Input;
use crate::recording::OutputTarget;
use crate::validating::Conditions;

/// What is read of each customer, and what becomes of it. It holds for a new export and for one that is resumed.
#[derive(Debug)]
pub struct ExportSpec {
    pub columns: ColumnChoice,
    /// How they are written.
    pub format: FileFormat,
    /// Whether CSV opens by a double click, and where.
    pub excel: Option<SheetLocale>,
    pub output: OutputTarget,
    /// The columns that are added up.
    pub totals: Vec<FieldPath>,
    /// Where the totals go.
    pub totals_file: Option<PathBuf>,
    /// Where the customers are listed that could not be read.
    pub errors_file: Option<PathBuf>,
    /// Whether an output without rows is a failure.
    pub fail_if_empty: bool,
    /// How many customers are asked for at once.
    pub batch: BatchSize,
}

impl ExportSpec {
    /// Whether customers go into the file as they are: JSON lines without named columns. `is_compared` says that there
    /// is an earlier export to compare with, which needs columns.
    pub(super) fn is_whole(&self, is_compared: bool) -> bool {
        self.format == FileFormat::JsonLines && self.columns == ColumnChoice::Usual && !is_compared
    }

    /// Which fields of a customer are needed.
    pub(super) fn kept_fields(&self, is_compared: bool) -> KeptFields {
        if self.is_whole(is_compared) { KeptFields::All } else { self.columns.keep(self.totals.iter()) }
    }
}

/// What a new export needs beyond its [`ExportSpec`]. One that is resumed has all of it in its journal.
#[derive(Debug)]
pub struct NewExport {
    pub customers: Selection,
    /// The earlier export to compare with.
    pub earlier: Option<EarlierFile>,
    /// Where the journal goes; none for an output that cannot be resumed.
    pub journal: Option<PathBuf>,
    /// What the journal keeps of the options, as JSON.
    pub options: String,
}

/// Which customers are exported.
#[derive(Debug)]
pub enum Selection {
    /// Those that meet these conditions.
    Meeting(Conditions),
    /// Those in this list.
    Listed(ListSpec),
}

/// A list of customers.
#[derive(Debug)]
pub struct ListSpec {
    pub input: Input,
    /// Columns that are said to name them, and by what.
    pub mapped: Vec<MappedCustomer>,
    /// Files that know whose keys are whose.
    pub id_maps: Vec<PathBuf>,
}

/// The earlier export to compare with.
#[derive(Debug)]
pub struct EarlierFile {
    pub path: PathBuf,
    /// Whether every customer is new where there is no such file.
    pub first_run: bool,
}

/// How many customers are asked for at once: `--batch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchSize {
    /// As many as suit, if the server takes several.
    Auto,
    /// So many, if the server takes several.
    Fixed(NonZeroUsize),
}

impl FromStr for BatchSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        /// The longest list of ids that a server is asked for.
        const MOST: usize = 10_000;
        let text = text.trim();
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        match text.parse::<NonZeroUsize>() {
            Ok(size) if size.get() > MOST => Err(format!("at most {MOST} customers are asked for at once")),
            Ok(size) => Ok(Self::Fixed(size)),
            Err(_) => Err(format!("'{text}' is neither a whole number from 1 on nor the word auto")),
        }
    }
}
