//! The output of lookups: the input's columns as they were, and who was found for each row.

use std::path::PathBuf;

use super::in_order::ResultTable;
use crate::reading::{RESULT_PREFIX, Row, Source};
use crate::recording::{ErrorCode, OutputSink, RESULT_COLUMNS, RecordError, Table};

/// What a lookup says of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LookupResult {
    /// One customer, by id.
    One(String),
    Several(Vec<String>),
    /// No customer, or it is not known: the code tells which.
    Failed(ErrorCode, String),
    /// There is nothing to look for; nothing was asked.
    Invalid(ErrorCode, String),
    /// Not asked, or not answered, because the command stopped.
    Skipped(String),
}

impl LookupResult {
    /// `result_status`.
    pub(super) const fn status(&self) -> &'static str {
        match self {
            Self::One(_) => "ok",
            Self::Several(_) => "ambiguous",
            Self::Failed(..) => "failed",
            Self::Invalid(..) => "invalid",
            Self::Skipped(_) => "skipped",
        }
    }

    /// What stands in the columns that are added: status, ids, code and text.
    fn cells(&self) -> [String; ADDED] {
        let cells = |ids: String, code: &str, text: &str| {
            [self.status().to_owned(), ids, code.to_owned(), text.to_owned()]
        };
        match self {
            Self::One(id) => cells(id.clone(), "", ""),
            Self::Several(ids) => {
                let text = format!("{} customers have this value", ids.len());
                cells(ids.join(";"), ErrorCode::Ambiguous.name(), &text)
            }
            Self::Failed(code, text) | Self::Invalid(code, text) => cells(String::new(), code.name(), text),
            Self::Skipped(text) => cells(String::new(), ErrorCode::Stopped.name(), text),
        }
    }
}

/// Of the columns of results, as many as a read can fill.
const ADDED: usize = 4;

/// The output of lookups being written.
pub(super) struct LookupTable {
    table: Table,
    /// The places of the input's own columns.
    own: Vec<usize>,
}

impl LookupTable {
    /// Begins it, in the input's delimiter. Columns of an earlier result are left out: they are replaced.
    pub(super) fn begin(
        file: Box<dyn OutputSink>,
        source: &Source,
        header: &[String],
    ) -> Result<Self, RecordError> {
        let (own, names): (Vec<usize>, Vec<&str>) = header
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.starts_with(RESULT_PREFIX))
            .map(|(place, name)| (place, name.as_str()))
            .unzip();
        let added = RESULT_COLUMNS.into_iter().take(ADDED);
        Ok(Self { table: Table::begin(file, source.dialect(), names.into_iter().chain(added))?, own })
    }
}

impl ResultTable for LookupTable {
    type Result = (Row, LookupResult);

    fn put(&mut self, (row, result): &Self::Result) -> Result<(), RecordError> {
        let own = self.own.iter().map(|column| row.cell(*column).unwrap_or_default());
        let added = result.cells();
        self.table.write(own.chain(added.iter().map(String::as_str)))
    }

    fn finish(self) -> Result<PathBuf, RecordError> {
        Ok(self.table.finish()?.0)
    }
}
