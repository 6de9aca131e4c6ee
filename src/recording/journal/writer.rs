//! Writing: intents and outcomes, many of them in one commit.

use std::cell::RefCell;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, Transaction, params};

use super::columns::written;
use super::counts::{IN_VAIN, SURPLUS_WRITTEN, written_surplus};
use super::entry::SENDING;
use super::error::JournalError;
use super::file::Journal;
use super::row_sums::{RowIntent, RowOutcome, RowSums};
use super::run::PROGRAM;
use super::schema::renew;
use super::seal::{Seal, SumChange, sum_of};
use super::statements::{
    ANSWER, BALANCE, CUSTOMER, DOUBTED, FACT, FIRST_INTENT, FOUND, NOT_APPLIED, PROGRESS, TIMES, UNDECIDED,
    UNSENT,
};
use crate::recording::row_result::{ErrorCode, RowResult, Status};
use crate::recording::row_step::RowStep;
use crate::sending::Intent;

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Once it is on the disk: it survives a power failure.
    Synced,
    /// Once the system has it, in an order that the disk keeps: it survives the death of the program, and a power
    /// failure takes at most the last of it.
    Written,
}

impl Durability {
    fn synchronous(self) -> &'static str {
        match self {
            Self::Synced => "FULL",
            Self::Written => "NORMAL",
        }
    }
}

/// Entries that are committed together.
#[derive(Debug)]
pub struct CommitGroup<'j> {
    transaction: Transaction<'j>,
    journal: &'j std::path::Path,
    at: String,
    /// As it was when the group began.
    seal: Seal,
    changes: &'j SumChange,
    rows: RefCell<&'j mut RowSums>,
}

impl Journal {
    /// From now on commits are done when this says.
    pub fn set_durability(&mut self, durability: Durability) -> Result<(), JournalError> {
        let set = self.connection.pragma_update(None, "synchronous", durability.synchronous());
        set.map_err(|error| self.failed(&error))
    }

    /// Begins a group. What is not committed is as if it had never been. Refused once another session has begun.
    pub fn group(&mut self, at: Timestamp) -> Result<CommitGroup<'_>, JournalError> {
        let (journal, changes, rows) = (&self.path, &self.changes, &mut self.rows);
        let failed = |error: rusqlite::Error| JournalError::of(journal, &error);
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(failed)?;
        let seal = Seal::read(&transaction).map_err(failed)?;
        if seal.session != self.session {
            return Err(JournalError::Overtaken { path: journal.clone() });
        }
        changes.begin();
        rows.begin();
        Ok(CommitGroup { transaction, journal, at: written(at), seal, changes, rows: RefCell::new(rows) })
    }

    /// A command begins to work with the journal. Rows that an earlier one has left in the middle may have been
    /// applied: whatever was on its way for them ended at the latest now.
    pub fn begin_session(&mut self, command: &str, at: Timestamp) -> Result<(), JournalError> {
        self.renew()?;
        let number = self.session + 1;
        let mut group = self.group(at)?;
        group.seal.session = number;
        group.execute(
            "INSERT INTO session (number, command, program, begun) VALUES (?, ?, ?, ?)",
            params![number, command, PROGRAM, group.at],
        )?;
        group.execute(
            "UPDATE row SET state = ?, ended = ?, error_code = coalesce(error_code, ?),
             error = coalesce(error, 'the program ended before the answer came') WHERE state = ?",
            params![Status::Unknown.name(), group.at, ErrorCode::Stopped.name(), SENDING],
        )?;
        // It may be many rows; to go through all of them is still less than what opening the journal takes.
        group.seal.sum = sum_of(&group.transaction).map_err(|error| group.failed(&error))?;
        group.changes.begin();
        group.commit()?;
        self.session = number;
        Ok(())
    }

    /// Makes the present tables out of those of an earlier version.
    fn renew(&mut self) -> Result<(), JournalError> {
        let path = &self.path;
        let failed = |error: rusqlite::Error| JournalError::of(path, &error);
        let immediate = rusqlite::TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(immediate).map_err(failed)?;
        if renew(&transaction).map_err(failed)? {
            transaction.commit().map_err(failed)?;
            self.changes = SumChange::follow(&self.connection).map_err(failed)?;
        }
        Ok(())
    }

    /// The rows were written that take back what was booked more than once. Whether anybody imports them is not known here.
    pub fn surplus_written(&mut self, at: Timestamp) -> Result<(), JournalError> {
        let surplus = self.counts()?.surplus;
        if surplus == 0 {
            return Ok(());
        }
        let before = written_surplus(&self.connection).map_err(|error| self.failed(&error))?;
        let group = self.group(at)?;
        group.fact(SURPLUS_WRITTEN, &(before + surplus).to_string())?;
        group.commit()
    }

    /// The command ends, with this exit code; `in_vain`: it was to send what is not sent, and could send nothing of it.
    pub fn end_session(&mut self, at: Timestamp, exit: u8, in_vain: bool) -> Result<(), JournalError> {
        let number = self.session;
        let group = self.group(at)?;
        if in_vain {
            group.fact(IN_VAIN, &number.to_string())?;
        }
        group.execute(
            "UPDATE session SET ended = ?, exit = ? WHERE number = ?",
            params![group.at, exit, number],
        )?;
        group.commit()
    }
}

impl CommitGroup<'_> {
    /// These calls are about to be sent.
    pub fn intents(&self, intents: &[Intent]) -> Result<(), JournalError> {
        let mut rows = self.rows.borrow_mut();
        let mut first = self.prepared(FIRST_INTENT)?;
        for intent in intents {
            let content = intent.content.to_string();
            let intent = RowIntent {
                of: RowStep::of_ticket(intent.ticket),
                content: &content,
                key: intent.key.as_deref(),
                attempts: intent.attempts + 1,
                at: &self.at,
            };
            let written = rows.intent(&self.transaction, &mut first, self.changes, &intent);
            written.map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    /// What became of a row.
    pub fn result(&self, of: RowStep, result: &RowResult) -> Result<(), JournalError> {
        self.result_by(&mut self.prepared(ANSWER)?, of, result)
    }

    /// What became of rows.
    pub fn results(&self, rows: &[(RowStep, RowResult)]) -> Result<(), JournalError> {
        let mut answer = self.prepared(ANSWER)?;
        rows.iter().try_for_each(|(of, result)| self.result_by(&mut answer, *of, result))
    }

    fn result_by(
        &self,
        answer: &mut CachedStatement<'_>,
        of: RowStep,
        result: &RowResult,
    ) -> Result<(), JournalError> {
        let says_why = matches!(result.error, Some((code, _)) if code != ErrorCode::Stopped);
        if result.status == Status::Skipped && result.attempts == 0 && !says_why {
            // Nothing has left for it: as if it had never been about to.
            return self.write(of, UNSENT, params![of.number()]);
        }
        let (code, text) =
            result.error.as_ref().map_or((None, None), |(code, text)| (Some(code.name()), Some(text)));
        let outcome = RowOutcome {
            of,
            state: result.status.name(),
            attempts: result.attempts,
            id: result.id.as_deref(),
            code,
            text: text.map(String::as_str),
            http_status: result.http_status,
            at: &self.at,
        };
        let written = self.rows.borrow_mut().outcome(&self.transaction, answer, self.changes, &outcome);
        written.map_err(|error| self.failed(&error))
    }

    /// A row that was in doubt was applied, and is there so many times. Its attempts and its last HTTP status stay.
    pub fn found(&self, of: RowStep, id: Option<&str>, times: u64) -> Result<(), JournalError> {
        let state = Status::Ok.name();
        let (code, text) = RowResult::doubled(times).map(|(code, text)| (code.name(), text)).unzip();
        self.write(of, FOUND, params![state, id, times.cast_signed(), code, text, of.number()])
    }

    /// How often a row was found on the server before it was sent.
    pub fn times(&self, of: RowStep, times: u64) -> Result<(), JournalError> {
        self.write(of, TIMES, params![times.cast_signed(), of.number()])
    }

    /// A row that was in doubt was not applied.
    pub fn not_applied(&self, of: RowStep, code: ErrorCode, text: &str) -> Result<(), JournalError> {
        self.write(of, NOT_APPLIED, params![Status::Failed.name(), code.name(), text, of.number()])
    }

    /// A row whose answer was yes is not there: it is in doubt after all.
    pub fn doubted(&self, of: RowStep, code: ErrorCode, text: &str) -> Result<(), JournalError> {
        self.write(of, DOUBTED, params![Status::Unknown.name(), code.name(), text, of.number()])
    }

    /// A row stays in doubt; the text says what a person has to look at.
    pub fn undecided(&self, of: RowStep, text: &str) -> Result<(), JournalError> {
        self.write(of, UNDECIDED, params![text, of.number()])
    }

    /// A customer who was there before the first row was sent.
    pub fn was_there(&self, customer: &str) -> Result<(), JournalError> {
        self.execute(CUSTOMER, params![customer])
    }

    /// The balance of a customer before the first booking.
    pub fn balance_before(&self, customer: &str, balance: &str) -> Result<(), JournalError> {
        self.execute(BALANCE, params![customer, balance])
    }

    /// What was measured of the server, under a name of its own; the last that was measured stays.
    pub fn fact(&self, name: &str, value: &str) -> Result<(), JournalError> {
        self.execute(FACT, params![name, value])
    }

    /// So many rows of the input are done with something that is done before the first row is sent.
    pub fn progress(&self, what: &str, rows: u64) -> Result<(), JournalError> {
        self.execute(PROGRESS, params![what, rows.cast_signed()])
    }

    /// Makes everything in the group last.
    pub fn commit(self) -> Result<(), JournalError> {
        let Self { journal, seal, changes, transaction, rows, .. } = self;
        let seal = Seal { sum: seal.sum.wrapping_add(changes.so_far()), ..seal };
        let committed = seal.write(&transaction).and_then(|()| transaction.commit());
        committed.map_err(|error| JournalError::of(journal, &error))?;
        rows.into_inner().committed();
        Ok(())
    }

    fn write(&self, of: RowStep, sql: &str, parameters: impl rusqlite::Params) -> Result<(), JournalError> {
        let mut rows = self.rows.borrow_mut();
        let written = rows.write(&self.transaction, self.changes, of, sql, parameters);
        written.map(drop).map_err(|error| self.failed(&error))
    }

    fn execute(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<(), JournalError> {
        self.prepared(sql)?.execute(parameters).map(drop).map_err(|error| self.failed(&error))
    }

    fn prepared(&self, sql: &str) -> Result<CachedStatement<'_>, JournalError> {
        let connection: &Connection = &self.transaction;
        connection.prepare_cached(sql).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::of(self.journal, error)
    }
}
