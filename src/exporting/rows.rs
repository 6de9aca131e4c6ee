//! From the journal of an export to its file: every customer a row, compared with the earlier export where there is
//! one, and counted.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::changes::{CHANGE, CHANGED_COLUMNS, Change, Comparison};
use super::columns::Columns;
use super::format::{FileFormat, SheetLocale};
use super::output::{Column, Line, Mended, Output, value_at};
use super::path::Path;
use super::totals::Totals;
use super::union::{TooWide, Union};
use crate::catalogue::{CUSTOMER_ID, ValueKind};
use crate::reading::Dialect;
use crate::recording::{ExportJournal, JournalError, Kept, OutputSink, RecordError, Table};

/// How many of those who could not be read are named.
const NAMED: usize = 5;

/// What was read cannot become a file.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The file cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The file would have too many columns.
    #[error(transparent)]
    TooWide(#[from] TooWide),
}

/// What the file is to be.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'l> {
    /// How it is written.
    pub format: FileFormat,
    /// Whether CSV opens by a double click, and where.
    pub excel: Option<SheetLocale>,
    /// Its columns.
    pub columns: &'l Columns,
    /// The columns that are added up.
    pub totals: &'l [Path],
}

impl Layout<'_> {
    /// Whether customers go into the file as they are: JSON lines of which nobody said which columns. `is_compared`
    /// says that there is an earlier export to compare with, which needs columns.
    pub fn is_whole(&self, is_compared: bool) -> bool {
        self.format == FileFormat::JsonLines && *self.columns == Columns::Usual && !is_compared
    }
}

/// The columns of the file. Where only the customers themselves tell, all of them are looked at first; none where
/// `go_on`, which is asked now and then, wants an end.
pub fn columns(
    collection: &ExportJournal,
    layout: Layout<'_>,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Option<Vec<Path>>, RowsError> {
    if let Some(columns) = layout.columns.known() {
        return Ok(Some(columns));
    }
    let mut union = Union::default();
    let earlier = collection.earlier_header()?.unwrap_or_default();
    earlier.iter().filter_map(|name| Path::parse(name).ok()).for_each(|column| union.take_column(&column));
    let mut is_whole = true;
    collection.each(|_, kept| {
        is_whole = go_on();
        if let Kept::Customer(text) = kept
            && let Some(customer) = parsed(text)
        {
            union.take(&customer);
        }
        Ok::<_, RowsError>(is_whole)
    })?;
    Ok(if is_whole { Some(union.columns()?) } else { None })
}

fn parsed(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

/// A cell of an earlier file as JSON has it: ids are numbers there.
fn value_of(cell: &str, kind: ValueKind) -> Option<Value> {
    let is_number = matches!(kind, ValueKind::Id | ValueKind::Flag | ValueKind::Integer);
    let number = cell.parse::<i64>().ok().filter(|number| is_number && number.to_string() == cell);
    let text = (!cell.is_empty()).then(|| Value::from(cell));
    number.map(Value::from).or(text)
}

/// A file being written, and what is counted beside it.
pub struct Rows<'c> {
    collection: &'c ExportJournal,
    columns: Vec<Path>,
    output: Output,
    totals: Totals,
    errors: Option<Table>,
    unread: Unread,
    changes: Option<Changes>,
    is_whole: bool,
}

/// Who could not be read.
#[derive(Debug, Clone, Default)]
pub struct Unread {
    /// How many.
    pub count: u64,
    /// The first few, with the reason.
    pub first: Vec<String>,
}

/// What has changed since the earlier export.
#[derive(Debug, Clone)]
struct Changes {
    comparison: Comparison,
    counts: ChangeCounts,
}

/// How many customers have changed, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    /// Customers who were not in the earlier export.
    pub added: u64,
    /// Customers of whom a cell differs.
    pub changed: u64,
    /// Customers who are only in the earlier export.
    pub removed: u64,
}

/// A file that is in its place.
#[derive(Debug)]
pub struct Filed {
    /// Where.
    pub path: PathBuf,
    /// What had to be done to cells.
    pub mended: Mended,
    /// Rows and sums.
    pub totals: Totals,
    /// Who is missing.
    pub unread: Unread,
    /// What has changed; none where nothing was compared.
    pub changes: Option<ChangeCounts>,
}

/// What stands before a customer's own cells, the cells, the values behind them, and the cells of the totals.
struct Cells {
    leading: Vec<String>,
    own: Vec<String>,
    values: Vec<Option<Value>>,
    totals: Vec<String>,
}

impl<'c> Rows<'c> {
    /// Begins the file, and the list of those who could not be read where one is wanted.
    pub fn begin(
        collection: &'c ExportJournal,
        layout: Layout<'_>,
        columns: Vec<Path>,
        file: Box<dyn OutputSink>,
        errors: Option<Box<dyn OutputSink>>,
    ) -> Result<Self, RowsError> {
        let own: Vec<Column> = columns.iter().map(Column::from).collect();
        let changes = collection.earlier_header()?.map(|header| Changes {
            comparison: Comparison::new(own.clone(), &header),
            counts: ChangeCounts::default(),
        });
        let leading = changes.iter().flat_map(|_| [CHANGE, CHANGED_COLUMNS].map(Column::text));
        let header: Vec<Column> = leading.chain(own).collect();
        let list = |file| Table::begin(file, &Dialect::OWN, ["id", "reason"].into_iter());
        Ok(Self {
            collection,
            is_whole: layout.is_whole(changes.is_some()),
            output: Output::begin(layout.format, layout.excel, file, header)?,
            totals: Totals::new(layout.totals.to_vec()),
            errors: errors.map(list).transpose()?,
            unread: Unread::default(),
            changes,
            columns,
        })
    }

    /// The columns that the earlier export lacks, so that they are not compared.
    pub fn lacking(&self) -> Vec<String> {
        let lacking = self.changes.iter().flat_map(|changes| changes.comparison.lacking());
        lacking.map(str::to_owned).collect()
    }

    /// The columns that only the earlier export has, so that they are not compared.
    pub fn unused(&self, earlier: &[String]) -> Vec<String> {
        self.changes.as_ref().map(|changes| changes.comparison.unused(earlier)).unwrap_or_default()
    }

    /// Whether rows say whose they are.
    pub fn has_ids(&self) -> bool {
        self.columns.iter().any(|column| column.to_string() == CUSTOMER_ID)
    }

    /// Writes a customer, unless nothing of them has changed.
    pub fn take(&mut self, id: u64, kept: Kept<'_>) -> Result<(), RowsError> {
        let customer = match kept {
            Kept::Customer(text) => {
                parsed(text).map(|customer| (text, customer)).ok_or("its text in the journal is damaged")
            }
            Kept::Unread(reason) => Err(reason),
            Kept::Nothing => Err("it was not asked for"),
        };
        match customer {
            Ok((text, customer)) => self.customer(id, text, &customer),
            Err(reason) => self.leave_out(id, reason),
        }
    }

    fn leave_out(&mut self, id: u64, reason: &str) -> Result<(), RowsError> {
        self.unread.count += 1;
        if self.unread.first.len() < NAMED {
            self.unread.first.push(format!("customer {id}: {reason}"));
        }
        if let Some(errors) = &mut self.errors {
            errors.write([id.to_string().as_str(), reason].into_iter())?;
        }
        Ok(())
    }

    fn customer(&mut self, id: u64, text: &str, customer: &Map<String, Value>) -> Result<(), RowsError> {
        let totals: Vec<String> = self.totals.paths().map(|path| path.cell(customer)).collect();
        if self.is_whole {
            self.totals.add(totals.into_iter());
            return Ok(self.output.write_whole(text)?);
        }
        let own: Vec<String> = self.columns.iter().map(|path| path.cell(customer)).collect();
        let Some(leading) = self.compare(id, &own)? else { return Ok(()) };
        let values = if self.output.wants_values() {
            self.columns.iter().map(|path| value_at(path, customer)).collect()
        } else {
            Vec::new()
        };
        self.row(Cells { leading, own, values, totals })
    }

    /// What stands before the customer's cells; none where nothing has changed.
    fn compare(&mut self, id: u64, own: &[String]) -> Result<Option<Vec<String>>, RowsError> {
        let Some(Changes { comparison, counts }) = &mut self.changes else { return Ok(Some(Vec::new())) };
        let Some(earlier) = self.collection.earlier(id)? else {
            counts.added += 1;
            return Ok(Some(vec![Change::Added.name().to_owned(), String::new()]));
        };
        let differing = comparison.differing(own, &earlier);
        if differing.is_empty() {
            return Ok(None);
        }
        counts.changed += 1;
        Ok(Some(vec![Change::Changed.name().to_owned(), differing.join("; ")]))
    }

    /// Writes those who were in the earlier export and are no longer there; false where `go_on`, which is asked now
    /// and then, wants an end.
    pub fn take_gone(&mut self, go_on: &mut dyn FnMut() -> bool) -> Result<bool, RowsError> {
        let Some(Changes { comparison, .. }) = self.changes.clone() else { return Ok(true) };
        let collection = self.collection;
        let mut is_whole = true;
        collection.each_gone(|_, earlier| {
            let own = comparison.removed(&earlier);
            let of_total = |path: &Path| {
                let place = self.columns.iter().position(|column| column == path);
                place.and_then(|place| own.get(place).cloned()).unwrap_or_default()
            };
            let totals: Vec<String> = self.totals.paths().map(of_total).collect();
            let values =
                own.iter().zip(&self.columns).map(|(cell, column)| value_of(cell, column.kind())).collect();
            if let Some(Changes { counts, .. }) = &mut self.changes {
                counts.removed += 1;
            }
            let leading = vec![Change::Removed.name().to_owned(), String::new()];
            self.row(Cells { leading, own, values, totals })?;
            is_whole = go_on();
            Ok::<_, RowsError>(is_whole)
        })?;
        Ok(is_whole)
    }

    fn row(&mut self, cells: Cells) -> Result<(), RowsError> {
        let Cells { leading, own, values, totals } = cells;
        self.totals.add(totals.into_iter());
        let mut all_values = Vec::new();
        if self.output.wants_values() {
            all_values.extend(leading.iter().map(|cell| Some(Value::from(cell.as_str()))));
            all_values.extend(values);
        }
        let all: Vec<String> = leading.into_iter().chain(own).collect();
        Ok(self.output.write(&Line { cells: &all, values: &all_values })?)
    }

    /// Ends the file: from here on it is in its place.
    pub fn finish(self) -> Result<Filed, RowsError> {
        let (path, mended) = self.output.finish()?;
        if let Some(errors) = self.errors {
            errors.finish()?;
        }
        let changes = self.changes.map(|changes| changes.counts);
        Ok(Filed { path, mended, totals: self.totals, unread: self.unread, changes })
    }
}
