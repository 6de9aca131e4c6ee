//! The writing half of an export: from the journal to the file, row by row.

use std::path::PathBuf;

use serde_json::{Map, Value};
use tokio::sync::watch;

use super::failure::Failure;
use super::reads::begin;
use crate::cli::{ExportPlan, Place};
use crate::events::{Event, Listener, Look};
use crate::exporting::{
    CHANGE, CHANGED_COLUMNS, Change, Column, Columns, Comparison, Format, Line, Mended, Output, Path, Totals,
    Union, value_at,
};
use crate::reading::Dialect;
use crate::recording::{Collection, Kept, Table};
use crate::sending::StopSignal;
use crate::validating::Money;

/// How many of those who could not be read are named.
const NAMED: usize = 5;
/// How often progress is told, in rows.
const STEP: u64 = 1024;

/// What was written.
pub(super) struct Written {
    /// What is to be said of it.
    pub(super) lines: Vec<String>,
    pub(super) totals: Vec<(String, Option<Money>)>,
    pub(super) rows: u64,
    /// None for standard output.
    pub(super) output: Option<PathBuf>,
}

/// Writes everything; none where the user wants an end before.
pub(super) fn write(
    collection: &Collection,
    plan: &ExportPlan,
    listener: &dyn Listener,
    stop: &watch::Receiver<StopSignal>,
) -> Result<Option<Written>, Failure> {
    let is_stopped = || *stop.borrow() != StopSignal::None;
    let columns = match plan.columns.known() {
        Some(columns) => columns,
        None => match union(collection, &is_stopped)? {
            Some(union) => union.columns()?,
            None => return Ok(None),
        },
    };
    let total = collection.wanted()?;
    listener.event(Event::Looking { look: Look::Writing, rows: total, done: 0 });
    let mut rows = Rows::begin(collection, plan, columns, listener)?;
    let mut done = 0;
    let mut is_whole = true;
    collection.each(|id, kept| {
        done += 1;
        if done % STEP == 0 {
            listener.event(Event::Looked(done));
            is_whole = !is_stopped();
        }
        if is_whole {
            rows.take(id, kept)?;
        }
        Ok::<_, Failure>(is_whole)
    })?;
    if !is_whole {
        return Ok(None);
    }
    rows.take_gone()?;
    rows.finish(plan, listener).map(Some)
}

/// The first pass: every field that any customer has.
fn union(collection: &Collection, is_stopped: &dyn Fn() -> bool) -> Result<Option<Union>, Failure> {
    let mut union = Union::default();
    let (mut seen, mut is_whole) = (0_u64, true);
    collection.each(|_, kept| {
        seen += 1;
        if seen % STEP == 0 {
            is_whole = !is_stopped();
        }
        if let Kept::Customer(text) = kept
            && let Some(customer) = parsed(text)
        {
            union.take(&customer);
        }
        Ok::<_, Failure>(is_whole)
    })?;
    Ok(is_whole.then_some(union))
}

fn parsed(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

/// The file with what is counted beside it.
struct Rows<'c> {
    collection: &'c Collection,
    columns: Vec<Path>,
    output: Output,
    totals: Totals,
    errors: Option<Table>,
    unread: Vec<String>,
    unread_count: u64,
    changes: Option<Changes>,
    /// Customers go into the file as they are.
    is_whole: bool,
    written: u64,
    cells: Vec<String>,
    values: Vec<Option<Value>>,
}

struct Changes {
    comparison: Comparison,
    added: u64,
    changed: u64,
    removed: u64,
}

impl<'c> Rows<'c> {
    fn begin(
        collection: &'c Collection,
        plan: &ExportPlan,
        columns: Vec<Path>,
        listener: &dyn Listener,
    ) -> Result<Self, Failure> {
        let own: Vec<Column> = columns.iter().map(Column::from).collect();
        let changes = collection.earlier_header()?.map(|header| {
            let comparison = Comparison::new(own.clone(), &header);
            let lacking = comparison.lacking();
            if !lacking.is_empty() && !header.is_empty() {
                let text =
                    format!("the earlier export has no column {}; it is not compared", lacking.join(", "));
                listener.event(Event::Warning(&text));
            }
            Changes { comparison, added: 0, changed: 0, removed: 0 }
        });
        let leading = changes.iter().flat_map(|_| [CHANGE, CHANGED_COLUMNS].map(Column::text));
        let header: Vec<Column> = leading.chain(own).collect();
        let errors = match &plan.errors_file {
            Some(path) => {
                let file = begin(&Place::File(path.clone()))?;
                Some(Table::begin(file, &Dialect::OWN, ["id", "reason"].into_iter())?)
            }
            None => None,
        };
        Ok(Self {
            collection,
            is_whole: changes.is_none() && plan.columns == Columns::Usual && plan.format == Format::JsonLines,
            output: Output::begin(plan.format, plan.excel, begin(&plan.output)?, header)?,
            totals: Totals::new(plan.totals.clone()),
            errors,
            unread: Vec::new(),
            unread_count: 0,
            changes,
            columns,
            written: 0,
            cells: Vec::new(),
            values: Vec::new(),
        })
    }

    fn take(&mut self, id: u64, kept: Kept<'_>) -> Result<(), Failure> {
        let customer = match kept {
            Kept::Customer(text) => {
                parsed(text).map(|customer| (text, customer)).ok_or("its text in the journal is damaged")
            }
            Kept::Unread(reason) => Err(reason),
            Kept::Nothing => Err("it was not asked for"),
        };
        match customer {
            Ok((text, customer)) => self.customer(id, text, &customer),
            Err(reason) => {
                self.unread_count += 1;
                if self.unread.len() < NAMED {
                    self.unread.push(format!("customer {id}: {reason}"));
                }
                match &mut self.errors {
                    Some(errors) => Ok(errors.write([id.to_string().as_str(), reason].into_iter())?),
                    None => Ok(()),
                }
            }
        }
    }

    fn customer(&mut self, id: u64, text: &str, customer: &Map<String, Value>) -> Result<(), Failure> {
        if self.is_whole {
            self.totals
                .add(self.totals.paths().map(|path| path.cell(customer)).collect::<Vec<_>>().into_iter());
            self.written += 1;
            return Ok(self.output.write_whole(text)?);
        }
        let cells: Vec<String> = self.columns.iter().map(|path| path.cell(customer)).collect();
        let mut leading = Vec::new();
        if let Some(changes) = &mut self.changes {
            let (change, differing) = match self.collection.earlier(id)? {
                None => (Change::Added, Vec::new()),
                Some(earlier) => (Change::Changed, changes.comparison.differing(&cells, &earlier)),
            };
            match change {
                Change::Added => changes.added += 1,
                _ if differing.is_empty() => return Ok(()),
                _ => changes.changed += 1,
            }
            leading = vec![change.name().to_owned(), differing.join("; ")];
        }
        let values = if self.output.wants_values() {
            self.columns.iter().map(|path| value_at(path, customer)).collect()
        } else {
            Vec::new()
        };
        let totals: Vec<String> = self.totals.paths().map(|path| path.cell(customer)).collect();
        self.row(leading, cells, values, totals)
    }

    /// Those who were in the earlier export and are no longer there.
    fn take_gone(&mut self) -> Result<(), Failure> {
        let Some(changes) = &self.changes else { return Ok(()) };
        let (collection, comparison) = (self.collection, changes.comparison.clone());
        collection.each_gone(|_, earlier| {
            let cells = comparison.removed(&earlier);
            let of_total = |path: &Path| {
                let place = self.columns.iter().position(|column| column == path);
                place.and_then(|place| cells.get(place).cloned()).unwrap_or_default()
            };
            let totals: Vec<String> = self.totals.paths().map(of_total).collect();
            let values =
                cells.iter().map(|cell| (!cell.is_empty()).then(|| Value::from(cell.as_str()))).collect();
            if let Some(changes) = &mut self.changes {
                changes.removed += 1;
            }
            self.row(vec![Change::Removed.name().to_owned(), String::new()], cells, values, totals)?;
            Ok::<_, Failure>(true)
        })
    }

    fn row(
        &mut self,
        leading: Vec<String>,
        cells: Vec<String>,
        values: Vec<Option<Value>>,
        totals: Vec<String>,
    ) -> Result<(), Failure> {
        self.totals.add(totals.into_iter());
        self.written += 1;
        self.values.clear();
        if self.output.wants_values() {
            self.values.extend(leading.iter().map(|cell| Some(Value::from(cell.as_str()))));
            self.values.extend(values);
        }
        self.cells.clear();
        self.cells.extend(leading);
        self.cells.extend(cells);
        Ok(self.output.write(&Line { cells: &self.cells, values: &self.values })?)
    }

    fn finish(self, plan: &ExportPlan, listener: &dyn Listener) -> Result<Written, Failure> {
        let (path, mended) = self.output.finish()?;
        if let Some(errors) = self.errors {
            errors.finish()?;
        }
        if let Some(totals) = &plan.totals_file {
            let mut file = begin(&Place::File(totals.clone()))?;
            let written = writeln!(file, "{}", self.totals.to_json());
            written
                .map_err(|source| crate::recording::RecordError::Write { path: totals.clone(), source })?;
            file.finish()?;
        }
        if self.unread_count > 0 {
            let more = if plan.errors_file.is_some() { "" } else { "; --errors FILE lists them all" };
            let (count, are) = match self.unread_count {
                1 => ("1 customer".to_owned(), "is"),
                count => (format!("{count} customers"), "are"),
            };
            let text = format!(
                "{count} could not be read and {are} not in the output: {}{more}",
                self.unread.join("; ")
            );
            listener.event(Event::Warning(&text));
        }
        self.totals.doubts().iter().for_each(|doubt| listener.event(Event::Warning(doubt)));
        let mut lines = Vec::new();
        if let Some(Changes { added, changed, removed, .. }) = &self.changes {
            lines.push(format!("changes: {added} added, {changed} changed, {removed} removed"));
        }
        lines.extend(said(mended));
        Ok(Written {
            lines,
            totals: self.totals.sums(),
            rows: self.written,
            output: (path.as_os_str() != "-").then_some(path),
        })
    }
}

/// What was done to cells.
fn said(Mended { defused, too_long, cut }: Mended) -> Vec<String> {
    let lines = [
        (
            defused,
            "that a spreadsheet would have run as a formula has an apostrophe before it",
            "that a spreadsheet would have run as formulas have an apostrophe before them",
        ),
        (
            too_long,
            "has more than 15 digits, which a spreadsheet's number does not hold, and is text",
            "have more than 15 digits, which a spreadsheet's number does not hold, and are text",
        ),
        (
            cut,
            "was longer than a sheet's cell can be, and is cut",
            "were longer than a sheet's cell can be, and are cut",
        ),
    ];
    lines
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, several)| match count {
            1 => format!("1 cell {one}"),
            count => format!("{count} cells {several}"),
        })
        .collect()
}
