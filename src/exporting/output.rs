//! Rows to a file: what the three formats have in common.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::csv::Csv;
use super::format::{FileFormat, SheetLocale};
use super::jsonl::JsonLines;
use super::path::Path;
use super::xlsx::Xlsx;
use crate::catalogue::ValueKind;
use crate::recording::{OutputSink, RecordError};

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name.
    pub name: String,
    /// The type of its cells.
    pub kind: ValueKind,
}

impl Column {
    /// A column of text that no customer has.
    pub fn text(name: &str) -> Self {
        Self { name: name.to_owned(), kind: ValueKind::Text }
    }
}

impl From<&Path> for Column {
    fn from(path: &Path) -> Self {
        Self { name: path.to_string(), kind: path.kind() }
    }
}

/// What had to be done to cells so that a spreadsheet shows what they hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mended {
    /// Cells that would have run as formulas.
    pub defused: u64,
    /// Amounts with more digits than a spreadsheet's number holds, which are text now.
    pub too_long: u64,
    /// Texts longer than a cell, which were cut.
    pub cut: u64,
}

/// A row for the file.
#[derive(Debug)]
pub(super) struct Line<'l> {
    /// The cells, as many as there are columns.
    pub cells: &'l [String],
    /// The values behind them, for formats that keep more than text; none where nothing stands there.
    pub values: &'l [Option<Value>],
}

/// A file being written.
pub(super) enum Output {
    /// CSV.
    Csv(Box<Csv>),
    /// A workbook.
    Xlsx(Box<Xlsx>),
    /// JSON lines.
    JsonLines(JsonLines),
}

impl Output {
    /// Begins a file with these columns. `excel` makes CSV open by a double click.
    pub fn begin(
        format: FileFormat,
        excel: Option<SheetLocale>,
        file: Box<dyn OutputSink>,
        columns: Vec<Column>,
    ) -> Result<Self, RecordError> {
        Ok(match format {
            FileFormat::Csv => Self::Csv(Box::new(Csv::begin(file, columns, excel)?)),
            FileFormat::Xlsx => Self::Xlsx(Box::new(Xlsx::begin(file, columns)?)),
            FileFormat::JsonLines => Self::JsonLines(JsonLines::begin(file, columns)),
        })
    }

    /// Whether lines need values.
    pub fn wants_values(&self) -> bool {
        matches!(self, Self::JsonLines(_))
    }

    /// Writes a row.
    pub fn write(&mut self, line: &Line<'_>) -> Result<(), RecordError> {
        match self {
            Self::Csv(csv) => csv.write(line.cells),
            Self::Xlsx(xlsx) => xlsx.write(line.cells),
            Self::JsonLines(lines) => lines.write(line.values),
        }
    }

    /// Writes a whole customer, where the format has a place for one.
    pub fn write_whole(&mut self, customer: &str) -> Result<(), RecordError> {
        match self {
            Self::JsonLines(lines) => lines.write_whole(customer),
            Self::Csv(_) | Self::Xlsx(_) => Ok(()),
        }
    }

    /// Ends the file: from here on it is in its place.
    pub fn finish(self) -> Result<(PathBuf, Mended), RecordError> {
        match self {
            Self::Csv(csv) => csv.finish(),
            Self::Xlsx(xlsx) => xlsx.finish(),
            Self::JsonLines(lines) => Ok((lines.finish()?, Mended::default())),
        }
    }
}

/// The value at a path, for a format that keeps it as it came: several are a list.
pub(super) fn value_at(path: &Path, customer: &Map<String, Value>) -> Option<Value> {
    let mut values = path.values(customer);
    match values.len() {
        0 => None,
        1 => values.pop().cloned(),
        _ => Some(values.into_iter().cloned().collect()),
    }
}
