//! What a journal knows of one row, step by step.

use jiff::Timestamp;

use super::columns::{TimeReader, odd};
use super::schema::Schema;
use crate::catalogue::Step;
use crate::recording::row_result::{ErrorCode, RowResult, Status};
use crate::recording::row_step::RowStep;
use crate::sending::Problem;

/// What the journal knows of a step of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub of: RowStep,
    /// The fingerprint of what was sent; none where nothing was.
    pub content: Option<String>,
    /// The key that its booking was sent with; none where it had none.
    pub key: Option<String>,
    /// What the results say of it. `unknown` with no time in `ended`: no answer is written down.
    pub result: RowResult,
    /// How often it was found on the server; none where nobody has looked.
    pub times: Option<u64>,
    /// When its intent was recorded: it was about to be sent.
    pub sent: Option<Timestamp>,
    /// When its outcome came.
    pub ended: Option<Timestamp>,
}

impl Entry {
    /// Whether the row's customer was found on the server, and the row goes on with that.
    pub fn is_found(&self) -> bool {
        self.result.status == Status::Ok && self.existed()
    }

    /// Whether the row was found on the server before anything was sent.
    pub fn existed(&self) -> bool {
        matches!(self.result.error, Some((code, _)) if code.is_there_already())
    }

    /// Whether its booking was found more than once, whoever made it.
    pub fn is_doubled(&self) -> bool {
        (self.result.status == Status::Ok || self.existed()) && self.times.is_some_and(|times| times > 1)
    }

    /// Whether it is to be sent as if nothing had been sent for it.
    pub fn is_unsent(&self) -> bool {
        self.result.status == Status::Skipped && !self.existed()
    }

    /// Why it is not known whether the row was applied.
    pub fn doubt(&self) -> Problem {
        let none = || (ErrorCode::Stopped, "an earlier request was applied, or may have been".to_owned());
        let (code, text) = self.result.error.clone().unwrap_or_else(none);
        Problem { code: code.failure(), text }
    }

    /// Whether it was proven that the row was not applied.
    pub fn was_not_applied(&self) -> bool {
        self.result.status == Status::Failed && matches!(self.result.error, Some((ErrorCode::NotApplied, _)))
    }
}

/// What the journal knows of a row: an entry for each step of which it knows anything, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowEntries(pub(super) Vec<Entry>);

impl RowEntries {
    #[cfg(test)]
    pub(crate) const fn of_row(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    /// What is known of a step.
    pub fn of(&self, step: Step) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.of.step == step)
    }

    /// The same, taken out.
    pub fn into_entry(self, step: Step) -> Option<Entry> {
        self.0.into_iter().find(|entry| entry.of.step == step)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The customer that the row is about, as far as a step before this one has made or found it.
    pub fn customer_before(&self, step: Step) -> Option<&str> {
        let before = self.0.iter().filter(|entry| entry.of.step < step && entry.result.status == Status::Ok);
        before.filter_map(|entry| entry.result.id.as_deref()).next_back()
    }
}

/// The state of a row whose request may have left, and of whose answer nothing is written down.
pub(super) const SENDING: &str = "sending";

/// What [`entry`] reads, in its order, with the entries of a page in the order of the rows.
pub(super) const fn page(schema: Schema) -> &'static str {
    match schema {
        Schema::One => {
            "SELECT number << 8, state, content, attempts, id, error_code, error, http_status, sent, ended, NULL, NULL
             FROM row WHERE number >= (? + 255) >> 8 ORDER BY number LIMIT ?"
        }
        Schema::Two => {
            "SELECT place, state, content, attempts, id, error_code, error, http_status, sent, ended, key, times
             FROM row WHERE place >= ? ORDER BY place LIMIT ?"
        }
    }
}

/// What reads the times of a page.
#[derive(Default)]
pub(super) struct EntryTimes {
    sent: TimeReader,
    ended: TimeReader,
}

/// Reads the columns of [`page`].
pub(super) fn entry(row: &rusqlite::Row<'_>, times: &mut EntryTimes) -> rusqlite::Result<Entry> {
    let status = status(row, 1)?;
    let code = row.get::<_, Option<String>>(5)?;
    let error = match code {
        Some(code) => {
            let code = ErrorCode::of_name(&code).ok_or_else(|| odd(5, &code))?;
            Some((code, row.get::<_, Option<String>>(6)?.unwrap_or_default()))
        }
        // A program that is at work, or was killed, has not had the time to say more.
        None if row.get_ref(1)?.as_str()? == SENDING => Some((
            ErrorCode::Stopped,
            "no answer is recorded: the row is being sent, or the program ended before its answer came"
                .to_owned(),
        )),
        None => None,
    };
    Ok(Entry {
        of: RowStep::of_number(row.get(0)?),
        content: row.get(2)?,
        key: row.get(10)?,
        result: RowResult { status, id: row.get(4)?, error, http_status: row.get(7)?, attempts: row.get(3)? },
        times: row.get::<_, Option<i64>>(11)?.map(i64::unsigned_abs),
        sent: times.sent.read(row, 8)?,
        ended: times.ended.read(row, 9)?,
    })
}

/// The state of a row in the journal: its status in the results, or [`SENDING`].
pub(super) fn status(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Status> {
    match row.get_ref(column)?.as_str()? {
        SENDING => Ok(Status::Unknown),
        name => Status::of_name(name).ok_or_else(|| odd(column, name)),
    }
}
