//! The output of lookups: the input's columns as they were, and who was found for each row.

use std::path::PathBuf;

use super::in_order::ResultTable;
use crate::reading::{RESULT_KEY, RESULT_PREFIX, Row, Source};
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
    /// Begins it, in the input's delimiter. Columns of an earlier lookup are left out: they are replaced.
    pub(super) fn begin(
        file: Box<dyn OutputSink>,
        source: &Source,
        header: &[String],
    ) -> Result<Self, RecordError> {
        let kept: Vec<(usize, String)> = header
            .iter()
            .enumerate()
            .filter_map(|(place, name)| Some((place, kept_name(name, header)?)))
            .collect();
        let (own, names): (Vec<usize>, Vec<String>) = kept.into_iter().unzip();
        let added = RESULT_COLUMNS.into_iter().take(ADDED);
        let columns = names.iter().map(String::as_str).chain(added);
        Ok(Self { table: Table::begin(file, source.dialect(), columns)?, own })
    }
}

/// The name under which a column of the input stands in the output; none where it is replaced.
fn kept_name(name: &str, header: &[String]) -> Option<String> {
    let [status, id, ..] = RESULT_COLUMNS;
    let is_kept = |name: &str| name == RESULT_KEY || name.starts_with(EARLIER_ID);
    if !name.starts_with(RESULT_PREFIX) || is_kept(name) {
        return Some(name.to_owned());
    }
    let results = || header.iter().filter(|name| name.starts_with(RESULT_PREFIX));
    let is_of_lookup = |name: &str| RESULT_COLUMNS[..ADDED].contains(&name) || is_kept(name);
    let is_earlier_lookup = results().any(|name| name == status) && results().all(|name| is_of_lookup(name));
    // The ids of another operation's results are found nowhere else.
    (name == id && !is_earlier_lookup).then(|| {
        let names = std::iter::once(EARLIER_ID.to_owned());
        let mut names = names.chain((2..).map(|number| format!("{EARLIER_ID}_{number}")));
        names.find(|name| !header.contains(name)).unwrap_or_default()
    })
}

/// What the ids of an earlier result are called beside those of a lookup.
const EARLIER_ID: &str = "result_earlier_id";

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
