//! From the journal of an export to its file: every customer a row, compared with the earlier export where there is
//! one, and counted.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::changes::{CHANGE, CHANGED_COLUMNS, Change, Comparison};
use super::column::{CellFixes, Column};
use super::error::ExportError;
use super::output::{Output, OutputRow, value_at};
use super::path::FieldPath;
use super::spec::ExportSpec;
use super::totals::ControlTotals;
use super::union::Union;
use crate::catalogue::{CUSTOMER_ID, ValueKind};
use crate::reading::Dialect;
use crate::recording::{ExportJournal, OutputSink, StoredCustomer, Table, UnnamedRow};

/// How many of those who could not be read are named.
const NAMED: usize = 5;

/// The columns of the file. Where only the customers themselves tell, all of them are looked at first; none where
/// `go_on`, which is asked now and then, wants an end.
pub(super) fn columns(
    journal: &ExportJournal,
    spec: &ExportSpec,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Option<Vec<FieldPath>>, ExportError> {
    if let Some(columns) = spec.columns.known() {
        return Ok(Some(columns));
    }
    let mut union = Union::default();
    let earlier = journal.earlier_header()?.unwrap_or_default();
    earlier
        .iter()
        .filter_map(|name| FieldPath::parse(name).ok())
        .for_each(|column| union.take_column(&column));
    let mut is_whole = true;
    journal.each(|_, kept| {
        is_whole = go_on();
        if let StoredCustomer::Customer(text) = kept
            && let Some(customer) = parsed(text)
        {
            union.take(&customer);
        }
        Ok::<_, ExportError>(is_whole)
    })?;
    Ok(if is_whole { Some(union.columns()?) } else { None })
}

fn parsed(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

/// A cell of an earlier file as JSON has it: ids are numbers there.
fn value_of(cell: &str, kind: ValueKind) -> Option<Value> {
    let is_number =
        matches!(kind, ValueKind::Id | ValueKind::Flag | ValueKind::Integer | ValueKind::NumberOrText);
    let number = cell.parse::<i64>().ok().filter(|number| is_number && number.to_string() == cell);
    let text = (!cell.is_empty()).then(|| Value::from(cell));
    number.map(Value::from).or(text)
}

/// A file being written, and what is counted beside it.
pub(super) struct ExportWriter<'c> {
    journal: &'c ExportJournal,
    columns: Vec<FieldPath>,
    output: Output,
    totals: ControlTotals,
    errors: Option<Table>,
    unread: LeftOut,
    changes: Option<Changes>,
    is_whole: bool,
}

/// Who could not be read.
#[derive(Debug, Clone, Default)]
pub(super) struct LeftOut {
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
pub(super) struct ChangeCounts {
    /// Customers who were not in the earlier export.
    pub added: u64,
    /// Customers of whom a cell differs.
    pub changed: u64,
    /// Customers who are only in the earlier export.
    pub removed: u64,
}

/// A file that is in its place.
#[derive(Debug)]
pub(super) struct WrittenFile {
    pub path: PathBuf,
    /// What had to be done to cells.
    pub fixes: CellFixes,
    /// Rows and sums.
    pub totals: ControlTotals,
    pub unread: LeftOut,
    /// What has changed; none where nothing was compared.
    pub changes: Option<ChangeCounts>,
}

/// The cells before a customer's own, the customer's own, the values that these show, and the cells of the totals.
struct Cells {
    leading: Vec<String>,
    own: Vec<String>,
    values: Vec<Option<Value>>,
    totals: Vec<String>,
}

impl<'c> ExportWriter<'c> {
    /// Begins the file, and the list of those who could not be read where one is wanted.
    pub fn begin(
        journal: &'c ExportJournal,
        spec: &ExportSpec,
        columns: Vec<FieldPath>,
        file: Box<dyn OutputSink>,
        errors: Option<Box<dyn OutputSink>>,
    ) -> Result<Self, ExportError> {
        let own: Vec<Column> = columns.iter().map(Column::from).collect();
        let changes = journal.earlier_header()?.map(|header| Changes {
            comparison: Comparison::new(own.clone(), &header),
            counts: ChangeCounts::default(),
        });
        let leading = changes.iter().flat_map(|_| [CHANGE, CHANGED_COLUMNS].map(Column::text));
        let header: Vec<Column> = leading.chain(own).collect();
        let list = |file| Table::begin(file, &Dialect::OWN, ["id", "reason"].into_iter());
        Ok(Self {
            journal,
            is_whole: spec.is_whole(changes.is_some()),
            output: Output::begin(spec.format, spec.excel, file, header)?,
            totals: ControlTotals::new(spec.totals.clone()),
            errors: errors.map(list).transpose()?,
            unread: LeftOut::default(),
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
    pub fn take(&mut self, id: u64, kept: StoredCustomer<'_>) -> Result<(), ExportError> {
        let customer = match kept {
            StoredCustomer::Customer(text) => {
                parsed(text).map(|customer| (text, customer)).ok_or("its text in the journal is damaged")
            }
            StoredCustomer::Unread(reason) => Err(reason),
            StoredCustomer::Nothing => Err("it was not asked for"),
        };
        match customer {
            Ok((text, customer)) => self.customer(id, text, &customer),
            Err(reason) => self.leave_out(id, reason),
        }
    }

    /// Leaves out a row of the list that names nobody.
    pub fn take_unnamed(&mut self, row: &UnnamedRow) -> Result<(), ExportError> {
        self.leave_out_as(row.to_string(), &row.cell, &format!("line {}: {}", row.line, row.reason))
    }

    fn leave_out(&mut self, id: u64, reason: &str) -> Result<(), ExportError> {
        self.leave_out_as(format!("customer {id}: {reason}"), &id.to_string(), reason)
    }

    fn leave_out_as(&mut self, told: String, cell: &str, reason: &str) -> Result<(), ExportError> {
        self.unread.count += 1;
        if self.unread.first.len() < NAMED {
            self.unread.first.push(told);
        }
        if let Some(errors) = &mut self.errors {
            errors.write([cell, reason].into_iter())?;
        }
        Ok(())
    }

    fn customer(&mut self, id: u64, text: &str, customer: &Map<String, Value>) -> Result<(), ExportError> {
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
    fn compare(&mut self, id: u64, own: &[String]) -> Result<Option<Vec<String>>, ExportError> {
        let Some(Changes { comparison, counts }) = &mut self.changes else { return Ok(Some(Vec::new())) };
        let Some(earlier) = self.journal.earlier(id)? else {
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
    pub fn take_gone(&mut self, go_on: &mut dyn FnMut() -> bool) -> Result<bool, ExportError> {
        let Some(Changes { comparison, .. }) = self.changes.clone() else { return Ok(true) };
        let journal = self.journal;
        let mut is_whole = true;
        journal.each_gone(|_, earlier| {
            let own = comparison.removed(&earlier);
            let of_total = |path: &FieldPath| {
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
            Ok::<_, ExportError>(is_whole)
        })?;
        Ok(is_whole)
    }

    fn row(&mut self, cells: Cells) -> Result<(), ExportError> {
        let Cells { leading, own, values, totals } = cells;
        self.totals.add(totals.into_iter());
        let mut all_values = Vec::new();
        if self.output.wants_values() {
            all_values.extend(leading.iter().map(|cell| Some(Value::from(cell.as_str()))));
            all_values.extend(values);
        }
        let all: Vec<String> = leading.into_iter().chain(own).collect();
        Ok(self.output.write(&OutputRow { cells: &all, values: &all_values })?)
    }

    /// Ends the file: from here on it is in its place.
    pub fn finish(self) -> Result<WrittenFile, ExportError> {
        let (path, fixes) = self.output.finish()?;
        if let Some(errors) = self.errors {
            errors.finish()?;
        }
        let changes = self.changes.map(|changes| changes.counts);
        Ok(WrittenFile { path, fixes, totals: self.totals, unread: self.unread, changes })
    }
}
