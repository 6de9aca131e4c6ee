//! Reading back: what the journal knows of each row, in the order of the input.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::error::JournalError;
use super::file::{Journal, StoredInput};
use super::run::parsed;
use super::writer::number;
use crate::reading::RowNumber;
use crate::recording::row_result::{ErrorCode, RowResult, Status};
use crate::sending::Problem;

/// What is known of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// A request may have left, and nothing is known of its answer.
    Sending,
    /// Applied.
    Ok,
    /// Not applied.
    Failed,
    /// It may have been applied.
    Unknown,
    /// Refused before sending.
    Invalid,
    /// Not sent, or turned away.
    Skipped,
}

impl State {
    const ALL: [Self; 6] =
        [Self::Sending, Self::Ok, Self::Failed, Self::Unknown, Self::Invalid, Self::Skipped];

    /// Its name in the journal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
            Self::Skipped => "skipped",
        }
    }

    pub(super) const fn of(status: Status) -> Self {
        match status {
            Status::Ok => Self::Ok,
            Status::Failed => Self::Failed,
            Status::Unknown => Self::Unknown,
            Status::Invalid => Self::Invalid,
            Status::Skipped => Self::Skipped,
        }
    }

    /// What the results say of a row in this state.
    pub const fn status(self) -> Status {
        match self {
            Self::Ok => Status::Ok,
            Self::Failed => Status::Failed,
            Self::Sending | Self::Unknown => Status::Unknown,
            Self::Invalid => Status::Invalid,
            Self::Skipped => Status::Skipped,
        }
    }
}

/// What the journal knows of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which row.
    pub row: RowNumber,
    /// What is known of it.
    pub state: State,
    /// The fingerprint of what was sent; none where nothing was.
    pub content: Option<String>,
    /// The rest of what the results say.
    pub result: RowResult,
    /// When it was marked as being sent.
    pub sent: Option<Timestamp>,
    /// When its outcome came.
    pub ended: Option<Timestamp>,
}

impl Entry {
    /// Whether the row was found on the server before anything was sent.
    pub fn existed(&self) -> bool {
        matches!(self.result.error, Some((ErrorCode::AlreadyExists, _)))
    }

    /// Why nobody knows whether the row was applied.
    pub fn doubt(&self) -> Problem {
        let none = || (ErrorCode::Stopped, "an earlier request was applied, or may have been".to_owned());
        let (code, text) = self.result.error.clone().unwrap_or_else(none);
        Problem { code: code.failure(), text }
    }

    /// Whether it was proven that the row was not applied.
    pub fn was_not_applied(&self) -> bool {
        self.state == State::Failed && matches!(self.result.error, Some((ErrorCode::NotApplied, _)))
    }
}

/// Rows by what is known of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All rows of the input.
    pub rows: u64,
    /// Applied.
    pub ok: u64,
    /// Not applied.
    pub failed: u64,
    /// Refused before sending.
    pub invalid: u64,
    /// They may have been applied.
    pub unknown: u64,
    /// Not to be sent, because they exist already.
    pub existing: u64,
}

impl Counts {
    /// Rows that were not sent and are to be.
    pub fn unsent(&self) -> u64 {
        self.rows.saturating_sub(self.ok + self.failed + self.invalid + self.unknown + self.existing)
    }

    /// Whether nothing is left to be sent or to be found out.
    pub fn is_finished(&self) -> bool {
        self.unsent() == 0 && self.unknown == 0
    }
}

impl Journal {
    /// Counts over the rows.
    pub fn counts(&self) -> Result<Counts, JournalError> {
        counts(&self.connection, self.run().rows).map_err(|error| self.failed(&error))
    }

    /// How many rows were proven not to be applied.
    pub fn not_applied(&self) -> Result<u64, JournalError> {
        let sql = "SELECT count(*) FROM row WHERE state = ? AND error_code = ?";
        let counted: rusqlite::Result<i64> = self.connection.query_row(
            sql,
            params![State::Failed.name(), ErrorCode::NotApplied.name()],
            |row| row.get(0),
        );
        Ok(counted.map_err(|error| self.failed(&error))?.cast_unsigned())
    }

    /// Whether the last command that worked with the journal was killed.
    pub fn was_interrupted(&self) -> Result<bool, JournalError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM session WHERE ended IS NULL AND number = (SELECT max(number) FROM session))";
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|error| self.failed(&error))
    }

    /// A reader of its own, which may be used while the journal is written.
    pub fn replay(&self) -> Result<Replay, JournalError> {
        Replay::open(&self.path)
    }
}

pub(super) fn counts(connection: &Connection, rows: u64) -> rusqlite::Result<Counts> {
    let mut counts = Counts { rows, ..Counts::default() };
    let mut statement = connection
        .prepare("SELECT state, error_code = ?, count(*) FROM row GROUP BY state, error_code = ?")?;
    let existing = ErrorCode::AlreadyExists.name();
    let mut found = statement.query(params![existing, existing])?;
    while let Some(row) = found.next()? {
        let exists: Option<bool> = row.get(1)?;
        let count = row.get::<_, i64>(2)?.cast_unsigned();
        match state(row, 0)? {
            State::Ok => counts.ok += count,
            State::Failed => counts.failed += count,
            State::Invalid => counts.invalid += count,
            State::Sending | State::Unknown => counts.unknown += count,
            State::Skipped if exists == Some(true) => counts.existing += count,
            State::Skipped => {}
        }
    }
    Ok(counts)
}

/// Reads entries while the journal may be written. It holds no more of them than a page: a reader that kept
/// its place in the database would keep the database from tidying up.
#[derive(Debug)]
pub struct Replay {
    connection: Connection,
    path: PathBuf,
    page: VecDeque<Entry>,
    /// Where the next page begins; none behind the last.
    next: Option<i64>,
}

/// Entries in a page.
const PAGE: usize = 1024;

const COLUMNS: &str = "number, state, content, attempts, id, error_code, error, http_status, sent, ended";

impl Replay {
    /// A reader for a process that holds the journal. It goes through the database alone: to open the file in any
    /// other way and close it again would free the locks that this process has on it.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let connection = looking(path).map_err(|error| JournalError::of(path, &error))?;
        Ok(Self { connection, path: path.to_owned(), page: VecDeque::new(), next: Some(1) })
    }

    /// What is known of a row. Rows must be asked for in the order of the input.
    pub fn entry(&mut self, row: RowNumber) -> Result<Option<Entry>, JournalError> {
        loop {
            while self.page.front().is_some_and(|entry| entry.row < row) {
                self.page.pop_front();
            }
            match self.page.front() {
                Some(entry) if entry.row == row => return Ok(self.page.pop_front()),
                Some(_) => return Ok(None),
                None if self.next.is_none() => return Ok(None),
                None => {
                    let from = self.next.unwrap_or_default().max(number(row));
                    self.read_page(from)?;
                }
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
        let sql = "SELECT EXISTS (SELECT 1 FROM row WHERE state = ? AND id = ?)
                   OR EXISTS (SELECT 1 FROM customer WHERE id = ?)";
        let taken = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut found| found.query_row(params![State::Ok.name(), id, id], |r| r.get(0)));
        taken.map_err(|error| JournalError::of(&self.path, &error))
    }

    /// The balance of a customer before the first booking, as it was written down.
    pub fn balance_before(&self, customer: &str) -> Result<Option<String>, JournalError> {
        let found = self
            .connection
            .prepare_cached("SELECT before FROM balance WHERE customer = ?")
            .and_then(|mut found| found.query_row(params![customer], |row| row.get(0)).optional());
        found.map_err(|error| JournalError::of(&self.path, &error))
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

    /// Counts over the rows.
    pub fn counts(&self, rows: u64) -> Result<Counts, JournalError> {
        counts(&self.connection, rows).map_err(|error| JournalError::of(&self.path, &error))
    }

    fn read_page(&mut self, from: i64) -> Result<(), JournalError> {
        let page = self.query(from).map_err(|error| JournalError::of(&self.path, &error))?;
        self.next = match page.back() {
            Some(last) if page.len() == PAGE => Some(number(last.row) + 1),
            // Rows may be added behind the last one while this is read; they are none of its business.
            _ => None,
        };
        self.page = page;
        Ok(())
    }

    fn query(&self, from: i64) -> rusqlite::Result<VecDeque<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM row WHERE number >= ? ORDER BY number LIMIT {PAGE}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut found = statement.query(params![from])?;
        let mut page = VecDeque::new();
        while let Some(row) = found.next()? {
            page.push_back(entry(row)?);
        }
        Ok(page)
    }
}

/// A connection that changes nothing. It may tidy up when it is the last one to go, which one that is only
/// allowed to read could not.
pub(in crate::recording) fn looking(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(super::file::PATIENCE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    let state = state(row, 1)?;
    let code = row.get::<_, Option<String>>(5)?;
    let error = match code {
        Some(code) => {
            let code = ErrorCode::of_name(&code).ok_or_else(|| odd(5, &code))?;
            Some((code, row.get::<_, Option<String>>(6)?.unwrap_or_default()))
        }
        // A program that is at work, or was killed, has not had the time to say more.
        None if state == State::Sending => {
            Some((ErrorCode::Stopped, "no answer has been written down: the row is being sent, or the program ended before its answer came".to_owned()))
        }
        None => None,
    };
    Ok(Entry {
        row: RowNumber(u64::try_from(row.get::<_, i64>(0)? - 1).unwrap_or_default()),
        state,
        content: row.get(2)?,
        result: RowResult {
            status: state.status(),
            id: row.get(4)?,
            error,
            http_status: row.get(7)?,
            attempts: row.get(3)?,
        },
        sent: time(row, 8)?,
        ended: time(row, 9)?,
    })
}

fn state(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<State> {
    let name: String = row.get(column)?;
    State::ALL.into_iter().find(|state| state.name() == name).ok_or_else(|| odd(column, &name))
}

fn time(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => parsed(row, column).map(Some),
    }
}

/// A column holds something that no version of the program writes.
fn odd(column: usize, text: &str) -> rusqlite::Error {
    let text = format!("'{text}' is not known");
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, text.into())
}
