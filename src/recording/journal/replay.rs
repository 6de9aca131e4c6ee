//! Reading back: what the journal knows of each row, in the order of the input.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use super::connection::looking;
use super::counts::{Counts, IN_VAIN, counts};
use super::entry::{Entry, EntryTimes, RowEntries, entry, page};
use super::error::JournalError;
use super::input::StoredInput;
use super::keys;
use super::schema::{Schema, session};
use super::step_sets::step_sets;
use crate::reading::RowNumber;
use crate::recording::row_result::Status;
use crate::recording::row_step::RowStep;
use crate::validating::{KeyMap, StepSet};

/// Reads entries while the journal may be written. It holds no more of them than a page: a reader that kept
/// its place in the database would keep the database from tidying up.
#[derive(Debug)]
pub struct Replay {
    connection: Connection,
    path: PathBuf,
    schema: Schema,
    /// Which steps each row has; none where each has one.
    steps: Option<Vec<u8>>,
    page: VecDeque<Entry>,
    /// Where the next page begins; none after the last.
    next: Option<i64>,
}

const PAGE: u16 = 1024;

pub(super) const IS_TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM row WHERE id = ? AND state = ?)
    OR EXISTS (SELECT 1 FROM customer WHERE id = ?)";
pub(super) const BALANCE: &str = "SELECT before FROM balance WHERE customer = ?";
pub(super) const FACT: &str = "SELECT value FROM fact WHERE name = ?";

impl Replay {
    /// A reader for a process that holds the journal. It goes through the database alone: to open the file in any
    /// other way and close it again would free the locks that this process has on it.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let failed = |error: rusqlite::Error| JournalError::of(path, &error);
        let connection = looking(path).map_err(failed)?;
        let schema = Schema::of(&connection).map_err(failed)?;
        let steps = step_sets(&connection).map_err(failed)?;
        Ok(Self { connection, path: path.to_owned(), schema, steps, page: VecDeque::new(), next: Some(1) })
    }

    /// What is known of a row, step by step. Rows must be asked for in the order of the input.
    pub fn entries(&mut self, row: RowNumber) -> Result<RowEntries, JournalError> {
        let mut entries = RowEntries::default();
        loop {
            while self.page.front().is_some_and(|entry| entry.of.row <= row) {
                entries.0.extend(self.page.pop_front().filter(|entry| entry.of.row == row));
            }
            match self.next {
                Some(next) if self.page.is_empty() => {
                    self.read_page(next.max(RowStep::first(row).number()))?;
                }
                _ => return Ok(entries),
            }
        }
    }

    /// Which steps a row has.
    pub fn steps(&self, row: RowNumber) -> StepSet {
        match &self.steps {
            None => StepSet::FIRST,
            Some(sets) => {
                let set = usize::try_from(row.0).ok().and_then(|row| sets.get(row));
                StepSet(set.copied().unwrap_or_default())
            }
        }
    }

    /// The next entry, whichever row it is of.
    #[cfg(test)]
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, JournalError> {
        while self.page.is_empty() {
            let Some(from) = self.next else { return Ok(None) };
            self.read_page(from)?;
        }
        Ok(self.page.pop_front())
    }

    /// Whether a row is ok with this id, or whether it was there before the run.
    pub fn is_taken(&self, id: &str) -> Result<bool, JournalError> {
        let taken = self
            .connection
            .prepare_cached(IS_TAKEN)
            .and_then(|mut found| found.query_row(params![id, Status::Ok.name(), id], |r| r.get(0)));
        taken.map_err(|error| JournalError::of(&self.path, &error))
    }

    /// The balance of a customer before the first booking, as it was written down.
    pub fn balance_before(&self, customer: &str) -> Result<Option<String>, JournalError> {
        let found = self
            .connection
            .prepare_cached(BALANCE)
            .and_then(|mut found| found.query_row(params![customer], |row| row.get(0)).optional());
        found.map_err(|error| JournalError::of(&self.path, &error))
    }

    /// What was measured of the server under this name.
    pub fn fact(&self, name: &str) -> Result<Option<String>, JournalError> {
        if self.schema < Schema::Two {
            return Ok(None);
        }
        let found = self
            .connection
            .prepare_cached(FACT)
            .and_then(|mut found| found.query_row(params![name], |row| row.get(0)).optional());
        found.map_err(|error| JournalError::of(&self.path, &error))
    }

    /// Whose keys are whose; nothing where rows name nobody by keys.
    pub fn keys(&self) -> Result<KeyMap, JournalError> {
        keys::read(&self.connection).map_err(|error| JournalError::of(&self.path, &error))
    }

    /// How many rows of the input are done with something that is done before the first row is sent.
    pub fn progress(&self, what: &str) -> Result<u64, JournalError> {
        let found: rusqlite::Result<Option<i64>> = self
            .connection
            .query_row("SELECT rows FROM progress WHERE what = ?", params![what], |row| row.get(0))
            .optional();
        let found = found.map_err(|error| JournalError::of(&self.path, &error))?;
        Ok(found.unwrap_or_default().cast_unsigned())
    }

    /// The bytes of standard input.
    pub fn into_input(self) -> StoredInput {
        StoredInput::new(self.connection)
    }

    pub fn counts(&self, rows: u64) -> Result<Counts, JournalError> {
        counts(&self.connection, rows).map_err(|error| JournalError::of(&self.path, &error))
    }

    /// Whether the last session was to send what is not sent, and could send nothing of it.
    pub fn resumed_in_vain(&self) -> Result<bool, JournalError> {
        let last =
            session(&self.connection, self.schema).map_err(|error| JournalError::of(&self.path, &error))?;
        Ok(self.fact(IN_VAIN)?.is_some_and(|number| number == last.to_string()))
    }

    fn read_page(&mut self, from: i64) -> Result<(), JournalError> {
        let page = self.query(from).map_err(|error| JournalError::of(&self.path, &error))?;
        self.next = match page.back() {
            Some(last) if page.len() == usize::from(PAGE) => Some(last.of.number() + 1),
            // Rows may be added after the last one while this is read; they do not matter here.
            _ => None,
        };
        self.page = page;
        Ok(())
    }

    fn query(&self, from: i64) -> rusqlite::Result<VecDeque<Entry>> {
        let mut statement = self.connection.prepare_cached(page(self.schema))?;
        let mut found = statement.query(params![from, PAGE])?;
        let (mut page, mut times) = (VecDeque::new(), EntryTimes::default());
        while let Some(row) = found.next()? {
            page.push_back(entry(row, &mut times)?);
        }
        Ok(page)
    }
}
