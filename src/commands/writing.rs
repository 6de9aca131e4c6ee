//! The writing half of an export: from the journal to the file, told as it goes on.

use std::path::PathBuf;

use super::failure::Failure;
use super::reads::begin;
use crate::count::Count;
use crate::events::{Event, Listener, Look};
use crate::exporting::{
    ChangeCounts, Columns, ExportSpec, Filed, Layout, Mended, Rows, RowsError, Unread, columns,
};
use crate::recording::{ExportJournal, OutputTarget, RecordError};
use crate::sending::Stop;
use crate::validating::Money;

/// How often progress is told, in rows.
const STEP: u64 = 1024;

/// What was written.
pub(super) struct Written {
    /// What is to be said of it.
    pub(super) lines: Vec<String>,
    /// Customers added, changed and removed.
    pub(super) changes: Option<[u64; 3]>,
    pub(super) totals: Vec<(String, Option<Money>)>,
    pub(super) rows: u64,
    /// How many customers are not in it because they could not be read.
    pub(super) unread: u64,
    /// None for standard output.
    pub(super) output: Option<PathBuf>,
}

/// How the file is to be.
pub(super) fn layout(spec: &ExportSpec) -> Layout<'_> {
    Layout { format: spec.format, excel: spec.excel, columns: &spec.columns, totals: &spec.totals }
}

/// Writes everything; none where the user wants an end before.
pub(super) fn write(
    collection: &ExportJournal,
    spec: &ExportSpec,
    listener: &dyn Listener,
    stop: &Stop,
) -> Result<Option<Written>, Failure> {
    let mut go_on = || !stop.is_wanted();
    let Some(columns) = columns(collection, layout(spec), &mut go_on)? else { return Ok(None) };
    let rows = collection.wanted()?;
    listener.event(Event::Looking { look: Look::Writing, rows, done: 0 });
    let errors =
        spec.errors_file.as_ref().map(|path| begin(&OutputTarget::File(path.clone()))).transpose()?;
    let mut rows = Rows::begin(collection, layout(spec), columns, begin(&spec.output)?, errors)?;
    if let Some(header) = collection.earlier_header()? {
        tell_columns(&rows, &header, spec, listener);
    }
    let (mut done, mut is_whole) = (0, true);
    collection.each(|id, kept| {
        done += 1;
        if done % STEP == 0 {
            listener.event(Event::Looked(done));
        }
        is_whole = go_on();
        if is_whole {
            rows.take(id, kept)?;
        }
        Ok::<_, RowsError>(is_whole)
    })?;
    if !is_whole {
        return Ok(None);
    }
    if !rows.take_gone(&mut go_on)? {
        return Ok(None);
    }
    let filed = rows.finish()?;
    write_totals(spec, &filed)?;
    tell(spec, &filed, listener);
    Ok(Some(said(filed)))
}

/// What cannot be compared, or not told apart afterwards.
fn tell_columns(rows: &Rows<'_>, header: &[String], spec: &ExportSpec, listener: &dyn Listener) {
    let lacking = if header.is_empty() { Vec::new() } else { rows.lacking() };
    // Whoever has named the columns knows which ones they left out.
    let unused = if matches!(spec.columns, Columns::Named(_)) { Vec::new() } else { rows.unused(header) };
    for (columns, lacks) in
        [(lacking, "the earlier export has no"), (unused, "only the earlier export has the")]
    {
        let text = match columns.as_slice() {
            [] => continue,
            [one] => format!("{lacks} column {one}, so it is not compared"),
            several => format!("{lacks} columns {}, so they are not compared", several.join(", ")),
        };
        listener.event(Event::Warning(&text));
    }
    if !rows.has_ids() {
        listener.event(Event::Warning(
            "without the column id nobody can tell whose row is whose; add id to --columns",
        ));
    }
}

fn write_totals(spec: &ExportSpec, filed: &Filed) -> Result<(), Failure> {
    let Some(path) = &spec.totals_file else { return Ok(()) };
    let mut file = begin(&OutputTarget::File(path.clone()))?;
    writeln!(file, "{}", filed.totals.to_json())
        .map_err(|source| RecordError::Write { path: path.clone(), source })?;
    file.finish()?;
    Ok(())
}

/// Warnings are shown however little else is.
fn tell(spec: &ExportSpec, filed: &Filed, listener: &dyn Listener) {
    let Unread { count, first } = &filed.unread;
    if *count > 0 {
        let who = Count(*count, "customer");
        let are = who.agree("is", "are");
        let more = if spec.errors_file.is_some() { "" } else { "; --errors FILE lists them all" };
        let text = format!("{who} could not be read and {are} not in the output: {}{more}", first.join("; "));
        listener.event(Event::Warning(&text));
    }
    filed.totals.doubts().iter().for_each(|doubt| listener.event(Event::Warning(doubt)));
}

fn said(filed: Filed) -> Written {
    let Filed { path, mended, totals, changes, unread } = filed;
    Written {
        lines: of_cells(mended).collect(),
        changes: changes.map(|ChangeCounts { added, changed, removed }| [added, changed, removed]),
        rows: totals.rows(),
        unread: unread.count,
        totals: totals.sums(),
        output: (path.as_os_str() != "-").then_some(path),
    }
}

/// What was done to cells.
fn of_cells(Mended { defused, too_long, cut }: Mended) -> impl Iterator<Item = String> {
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
    lines.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, several)| {
        let cells = Count(count, "cell");
        format!("{cells} {}", cells.agree(one, several))
    })
}
