//! Rows to a file: what the three formats have in common.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::column::{CellFixes, Column};
use super::csv::Csv;
use super::format::{FileFormat, SheetLocale};
use super::jsonl::JsonLines;
use super::path::FieldPath;
use super::xlsx::Xlsx;
use crate::recording::{OutputSink, RecordError};

/// A row for the file.
#[derive(Debug)]
pub(super) struct OutputRow<'l> {
    /// The cells, as many as there are columns.
    pub cells: &'l [String],
    /// The values that they show, for formats that keep more than text; none where there is no value.
    pub values: &'l [Option<Value>],
}

/// A file being written.
pub(super) enum Output {
    Csv(Box<Csv>),
    Xlsx(Box<Xlsx>),
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

    pub fn write(&mut self, line: &OutputRow<'_>) -> Result<(), RecordError> {
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
    pub fn finish(self) -> Result<(PathBuf, CellFixes), RecordError> {
        match self {
            Self::Csv(csv) => csv.finish(),
            Self::Xlsx(xlsx) => xlsx.finish(),
            Self::JsonLines(lines) => Ok((lines.finish()?, CellFixes::default())),
        }
    }
}

/// The value at a path, for a format that keeps it as it came: several are a list.
pub(super) fn value_at(path: &FieldPath, customer: &Map<String, Value>) -> Option<Value> {
    let mut values = path.values(customer);
    match values.len() {
        0 => None,
        1 => values.pop().cloned(),
        _ => Some(values.into_iter().cloned().collect()),
    }
}
