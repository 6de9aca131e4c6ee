//! The results file: the input's columns as they were, and what became of each row. It reads the input on
//! its own, row by row, and joins it with what the journal knows, so that it can be written again at any time.

use std::path::PathBuf;

use super::atomic::RecordError;
use super::journal::{Entry, JournalError, Replay, RowEntries};
use super::row_result::{RESULT_COLUMNS, RowResult, Status};
use super::row_state::RowState;
use super::sink::OutputSink;
use super::table::Table;
use super::tag::{Tag, Tagging};
use super::tally::Tally;
use crate::catalogue::{CUSTOMER_ID, Operation, Step};
use crate::reading::{
    CellType, Columns, RESULT_KEY, RESULT_PREFIX, ReadError, Records, Row, RowNumber, Source, WHY,
};
use crate::validating::{BookingKey, StepSet};

/// Where results go.
#[derive(Default)]
pub struct ResultsFiles {
    /// All rows; without it they are gone through and counted.
    pub results: Option<Box<dyn OutputSink>>,
    /// Rows that a person has to put right, in the input's own columns.
    pub failed: Option<Box<dyn OutputSink>>,
}

/// Which booking a row is, given the customer that one of its steps has made or found.
pub type KeyOfRow = Box<dyn FnMut(&Row, Option<&str>) -> Option<BookingKey> + Send>;

/// What there is to be said of a row besides what became of it.
pub type NoteOfRow = Box<dyn FnMut(&Row) -> Option<String> + Send>;

/// Which booking each row is.
pub struct RowKeys {
    /// How they are tagged.
    pub tagging: Tagging,
    /// What a row says by itself, and by those before it.
    pub key: KeyOfRow,
    /// Some rows are told apart only by those before them: all have to be asked for, in their order.
    pub is_by_order: bool,
}

impl RowKeys {
    fn of(&mut self, row: &Row, entry: Option<&Entry>, customer: Option<&str>) -> Option<BookingKey> {
        // The journal knows what was sent.
        let is_known = entry.is_some_and(|entry| entry.content.is_some());
        let key = if is_known && !self.is_by_order { None } else { (self.key)(row, customer) };
        self.tagging.tag(row.number(), key, entry).and_then(Tag::key)
    }
}

/// Writes results of rows in the order of the input.
pub struct Results {
    results: Option<Table>,
    failed: Option<Table>,
    /// Why the file of failed rows was given up; the results themselves go on.
    failed_lost: Option<RecordError>,
    records: Records,
    row: Row,
    columns: Vec<usize>,
    width: usize,
    /// None where rows are not bookings, or bookings have no identity.
    keys: Option<RowKeys>,
    notes: Option<NoteOfRow>,
    operation: Operation,
    /// Where a failed row of several steps has the id of its customer, so that it goes on where it stopped: in a column of
    /// the input, or else in one of its own.
    customer: Option<usize>,
    tally: Tally,
    /// Why the input's own columns are missing from here on.
    unreadable: Option<ReadError>,
}

impl Results {
    /// Begins the files with their headers. `columns` are those that the source's header was resolved to.
    pub fn new(
        files: ResultsFiles,
        source: &Source,
        columns: &Columns,
        operation: Operation,
        keys: Option<RowKeys>,
    ) -> Result<Self, ResultsError> {
        let (header, records) = source.records()?;
        let is_several = operation.has_several_steps();
        let customer = columns.customer().filter(|_| is_several);
        let own: Vec<usize> = (0..header.len())
            .filter(|column| !columns.old_results.get(*column).copied().unwrap_or(false))
            .collect();
        let names = own.iter().filter_map(|column| header.get(*column)).map(String::as_str);
        let key = keys.iter().map(|_| RESULT_KEY);
        let of_steps: Vec<String> = operation
            .steps()
            .filter(|_| is_several)
            .map(|(_, step)| format!("{RESULT_PREFIX}{}", step.name))
            .collect();
        let added = RESULT_COLUMNS.into_iter().chain(key.clone());
        let added = added.chain(of_steps.iter().map(String::as_str));
        let id = (is_several && customer.is_none()).then_some(CUSTOMER_ID);
        Ok(Self {
            results: files
                .results
                .map(|file| Table::begin(file, source.dialect(), names.clone().chain(added)))
                .transpose()?,
            failed: files
                .failed
                .map(|file| Table::begin(file, source.dialect(), names.chain(id).chain(key).chain([WHY])))
                .transpose()?,
            failed_lost: None,
            records,
            row: Row::default(),
            columns: own,
            width: header.len(),
            keys,
            notes: None,
            operation,
            customer,
            tally: Tally::of_unit(source.unit()),
            unreadable: None,
        })
    }

    /// Rows get these notes too.
    #[must_use]
    pub fn noting(self, notes: Option<NoteOfRow>) -> Self {
        Self { notes, ..self }
    }

    /// Writes what the journal knows of all rows. What it does not know was not sent.
    pub fn write_all(mut self, mut replay: Replay, rows: u64) -> Result<Finished, ResultsError> {
        for row in (0..rows).map(RowNumber) {
            let entries = replay.entries(row)?;
            let state = RowState::of(self.operation, replay.steps(row), &entries);
            self.put_state(&state, self.booking_of(&entries))?;
        }
        Ok(self.finish()?)
    }

    fn keep_failed(&mut self, written: Result<(), RecordError>) {
        if let Err(error) = written {
            self.failed = None;
            self.failed_lost = Some(error);
        }
    }

    pub fn finish(self) -> Result<Finished, RecordError> {
        let (path, earlier) = match self.results.map(Table::finish).transpose()? {
            Some((path, earlier)) => (Some(path), earlier),
            None => (None, None),
        };
        let (failed, failed_lost) = match self.failed.map(Table::finish) {
            Some(Ok((path, _))) => (Some(path), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, self.failed_lost),
        };
        Ok(Finished { path, earlier, failed, failed_lost, tally: self.tally, unreadable: self.unreadable })
    }

    /// What the journal knows of the booking of a row, or of its only step.
    fn booking_of<'e>(&self, entries: &'e RowEntries) -> Option<&'e Entry> {
        let booking = self.operation.steps().find(|(_, step)| step.books_money()).map(|(step, _)| step);
        entries.of(booking.unwrap_or(Step::FIRST))
    }

    /// Writes what became of the next row, of which nothing was sent.
    pub fn put(&mut self, result: RowResult, steps: StepSet) -> Result<(), RecordError> {
        let state = RowState::of_unsent_row(self.operation, steps, result);
        self.put_state(&state, None)
    }

    /// Writes what became of the next row. `entry` is what the journal knows of its booking.
    fn put_state(&mut self, state: &RowState, entry: Option<&Entry>) -> Result<(), RecordError> {
        let result = &state.result;
        let is_readable = self.read_row();
        let key = self.keys.as_mut().map(|keys| {
            let key = if is_readable { keys.of(&self.row, entry, result.id.as_deref()) } else { None };
            key.map_or_else(String::new, |key| key.to_string())
        });
        let key = key.as_deref();
        let note = self.notes.as_mut().filter(|_| is_readable).and_then(|note| note(&self.row));
        self.tally.count(if is_readable { self.row.line() } else { 0 }, result);
        self.tally.doubled += u64::from(state.is_doubled);
        self.write(state, is_readable, key, note.as_deref())?;
        match &mut self.failed {
            Some(failed) if state.is_to_be_fixed() && is_readable => {
                let beyond = self.row.cells().skip(self.width);
                let row = &self.row;
                let made = result.id.as_deref().unwrap_or_default();
                let own = self.columns.iter().map(|column| match typed(row, *column) {
                    ("", _) if Some(*column) == self.customer => text(made),
                    cell => cell,
                });
                let why = result.error.as_ref().map_or("", |(_, text)| text.as_str());
                let id = (self.operation.has_several_steps() && self.customer.is_none()).then_some(made);
                // Cells beyond the header are what has to be put right.
                let added = id.into_iter().chain(key).chain([why]).chain(beyond).map(text);
                let written = failed.write_cells(own.chain(added));
                self.keep_failed(written);
            }
            _ => {}
        }
        Ok(())
    }

    fn write(
        &mut self,
        state: &RowState,
        is_readable: bool,
        key: Option<&str>,
        note: Option<&str>,
    ) -> Result<(), RecordError> {
        let Some(results) = &mut self.results else { return Ok(()) };
        let result = &state.result;
        let own =
            self.columns.iter().map(|column| if is_readable { typed(&self.row, *column) } else { text("") });
        let (code, why) = result.error.as_ref().map_or(("", ""), |(code, text)| (code.name(), text.as_str()));
        let separator = if why.is_empty() || note.is_none() { "" } else { "; " };
        let why = format!("{why}{separator}{}", note.unwrap_or_default());
        let http_status = result.http_status.map(|status| status.to_string()).unwrap_or_default();
        let attempts = result.attempts.to_string();
        let added = [
            result.status.name(),
            result.id.as_deref().unwrap_or_default(),
            code,
            &why,
            &http_status,
            &attempts,
        ];
        let steps = state.steps.iter().filter(|_| self.operation.has_several_steps());
        let steps = steps.map(|status| status.map_or("", Status::name));
        results.write_cells(own.chain(added.into_iter().chain(key).chain(steps).map(text)))
    }

    /// The input may have been removed in the meantime; what became of its rows must still be written.
    fn read_row(&mut self) -> bool {
        if self.unreadable.is_some() {
            return false;
        }
        match self.records.read(&mut self.row) {
            Ok(is_there) => is_there,
            Err(error) => {
                self.unreadable = Some(error);
                false
            }
        }
    }
}

/// A cell of the input.
fn typed(row: &Row, column: usize) -> (&str, CellType) {
    (row.cell(column).unwrap_or_default(), row.cell_type(column))
}

fn text(cell: &str) -> (&str, CellType) {
    (cell, CellType::Text)
}

/// The results are written.
#[derive(Debug)]
pub struct Finished {
    /// Where they are; none where nobody wanted them.
    pub path: Option<PathBuf>,
    /// The new name of an earlier file of that name.
    pub earlier: Option<PathBuf>,
    /// Where the rows are that a person has to fix.
    pub failed: Option<PathBuf>,
    /// Why the rows to fix are in no file of their own although that was wanted.
    pub failed_lost: Option<RecordError>,
    /// Counts over all rows.
    pub tally: Tally,
    /// Why the input's own columns are missing from some row on.
    pub unreadable: Option<ReadError>,
}

/// Results cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The input cannot be read again.
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Record(#[from] RecordError),
}
