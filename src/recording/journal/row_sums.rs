//! What the entries of rows add to the sum of a seal. Two writes for each row of a run are common, its intent and its
//! result: what they change is known without asking the database. All others ask it, before and after.

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, Params, params};

use super::entry::SENDING;
use super::seal::{Hash, INTENTS, OUTCOMES, SumChange};
use super::statements::{INTENT, RESULT};
use crate::recording::row_step::RowStep;

/// How the sum changes with the entries of rows.
#[derive(Debug, Default)]
pub(super) struct RowSums {
    /// Of rows on their way, which are few: what their outcomes, which are none yet, add to the sum.
    open: HashMap<RowStep, u64>,
    /// Whether all of this is in the file.
    is_committed: bool,
}

/// The intent of a row.
pub(super) struct RowIntent<'i> {
    pub(super) of: RowStep,
    pub(super) content: &'i str,
    pub(super) key: Option<&'i str>,
    pub(super) attempts: u32,
    pub(super) at: &'i str,
}

/// The result of a row.
pub(super) struct RowOutcome<'o> {
    pub(super) of: RowStep,
    pub(super) state: &'o str,
    pub(super) attempts: u32,
    pub(super) id: Option<&'o str>,
    pub(super) code: Option<&'o str>,
    pub(super) text: Option<&'o str>,
    pub(super) http_status: Option<u16>,
    pub(super) at: &'o str,
}

pub(super) const ENTRY: &str = "SELECT number, step, content, key, sent,
     number, step, state, attempts, id, times, error_code, error, http_status, ended
     FROM row WHERE place = ?";
/// So many of the columns of [`ENTRY`] are those of the intent.
const OF_INTENT: usize = 5;

impl RowSums {
    /// A transaction begins. What was counted for one that was given up is forgotten.
    pub(super) fn begin(&mut self) {
        if !self.is_committed {
            self.open.clear();
        }
        self.is_committed = false;
    }

    pub(super) const fn committed(&mut self) {
        self.is_committed = true;
    }

    /// Writes an intent; `first` is [`FIRST_INTENT`].
    ///
    /// [`FIRST_INTENT`]: super::statements::FIRST_INTENT
    pub(super) fn intent(
        &mut self,
        connection: &Connection,
        first: &mut CachedStatement<'_>,
        change: &SumChange,
        intent: &RowIntent<'_>,
    ) -> rusqlite::Result<()> {
        let RowIntent { of, content, key, attempts, at } = *intent;
        let parameters = params![of.number(), SENDING, content, key, attempts, at];
        // Nearly always there is no entry yet, and nobody needs to look for one.
        let is_new = attempts == 1 && is_inserted(first.execute(parameters))?;
        if !is_new {
            let outcome = self.write(connection, change, of, INTENT, parameters)?;
            self.open.extend(outcome.map(|outcome| (of, outcome)));
            return Ok(());
        }
        let names = [of.row.next().0.cast_signed(), i64::from(of.step.0)];
        let mut sent = Hash::of_table(INTENTS);
        sent.integers(&names);
        [Some(content), key, Some(at)].into_iter().for_each(|text| sent.text(text));
        let mut outcome = Hash::of_table(OUTCOMES);
        outcome.integers(&names);
        outcome.text(Some(SENDING));
        outcome.integers(&[i64::from(attempts)]);
        (0..6).for_each(|_| outcome.value(ValueRef::Null));
        let outcome = outcome.finish();
        change.add(sent.finish().wrapping_add(outcome));
        self.open.insert(of, outcome);
        Ok(())
    }

    /// Writes a result; `answer` is [`ANSWER`].
    ///
    /// [`ANSWER`]: super::statements::ANSWER
    pub(super) fn outcome(
        &mut self,
        connection: &Connection,
        answer: &mut CachedStatement<'_>,
        change: &SumChange,
        outcome: &RowOutcome<'_>,
    ) -> rusqlite::Result<()> {
        let RowOutcome { of, state, attempts, id, code, text, http_status, at } = *outcome;
        let parameters = params![of.number(), state, attempts, id, code, text, http_status, at];
        let Some(before) = self.open.remove(&of) else {
            return self.write(connection, change, of, RESULT, parameters).map(drop);
        };
        answer.execute(parameters)?;
        let mut hash = Hash::of_table(OUTCOMES);
        hash.integers(&[of.row.next().0.cast_signed(), i64::from(of.step.0)]);
        hash.text(Some(state));
        hash.integers(&[i64::from(attempts)]);
        hash.text(id);
        // An intent forgets how often the row was found.
        hash.value(ValueRef::Null);
        [code, text].into_iter().for_each(|text| hash.text(text));
        hash.value(http_status.map_or(ValueRef::Null, |status| ValueRef::Integer(i64::from(status))));
        hash.text(Some(at));
        change.add(hash.finish().wrapping_sub(before));
        Ok(())
    }

    /// Writes something else about a row. Returns what its outcome adds now; none where there is no entry.
    pub(super) fn write(
        &mut self,
        connection: &Connection,
        change: &SumChange,
        of: RowStep,
        sql: &str,
        parameters: impl Params,
    ) -> rusqlite::Result<Option<u64>> {
        let mut entry = connection.prepare_cached(ENTRY)?;
        let before = hashes(&mut entry, of)?;
        connection.prepare_cached(sql)?.execute(parameters)?;
        let after = hashes(&mut entry, of)?;
        let sum = |hashes: Option<(u64, u64)>| hashes.map_or(0, |(sent, outcome)| sent.wrapping_add(outcome));
        change.add(sum(after).wrapping_sub(sum(before)));
        self.open.remove(&of);
        Ok(after.map(|(_, outcome)| outcome))
    }
}

/// Whether an entry was added; not where there is one.
fn is_inserted(added: rusqlite::Result<usize>) -> rusqlite::Result<bool> {
    match added {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(false),
        added => added.map(|_| true),
    }
}

/// What the entry of a row adds to the sum: its intent and its outcome.
fn hashes(entry: &mut CachedStatement<'_>, of: RowStep) -> rusqlite::Result<Option<(u64, u64)>> {
    let count = entry.column_count();
    let hashed = entry.query_row(params![of.number()], |row| {
        let hash = |tag, columns: Range<usize>| -> rusqlite::Result<u64> {
            let mut hash = Hash::of_table(tag);
            for column in columns {
                hash.value(row.get_ref(column)?);
            }
            Ok(hash.finish())
        };
        Ok((hash(INTENTS, 0..OF_INTENT)?, hash(OUTCOMES, OF_INTENT..count)?))
    });
    hashed.optional()
}
