//! How many rows of a run stand how.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::odd;
use super::entry::{EntryTimes, RowEntries, entry, page, status};
use super::schema::Schema;
use super::step_sets::step_sets;
use crate::catalogue::{Operation, operation};
use crate::count::grouped;
use crate::recording::row_result::{ErrorCode, Status, is_to_be_fixed};
use crate::recording::row_state::{RowNext, RowState};
use crate::validating::StepSet;

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
    /// Those that are there more than once, whoever applied them.
    pub doubled: u64,
    /// How many bookings there are beyond one each, and no row that takes them back was written.
    pub surplus: u64,
    /// Of the failed ones, those that are proven not applied: they may be sent again.
    pub not_applied: u64,
    /// Failed and invalid ones that a person has to put right.
    pub to_be_fixed: u64,
    /// Of all of these, those of which some step is applied and another is not, or not known.
    pub partial: PartialRows,
    /// Those that are not sent because there is no parent yet.
    pub orphans: u64,
}

/// Rows of which some step is applied and another is not, by what is known of that other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartialRows {
    pub failed: u64,
    pub unknown: u64,
    pub unsent: u64,
}

impl PartialRows {
    /// All of them.
    pub const fn all(self) -> u64 {
        self.failed + self.unknown + self.unsent
    }
}

impl Counts {
    /// Rows that were not sent and are to be.
    pub fn unsent(&self) -> u64 {
        self.rows.saturating_sub(self.ok + self.failed + self.invalid + self.unknown + self.existing)
    }

    /// The rows by how they stand, in words, without what there is none of: `37 ok, 111 not sent`. `unknown` is the word
    /// for rows whose outcome is not known.
    pub fn in_words(&self, unknown: &str) -> String {
        let parts = [
            (self.ok, "ok"),
            (self.doubled, "booked twice"),
            (self.partial.all(), "partial"),
            (self.failed - self.partial.failed, "failed"),
            (self.invalid, "invalid"),
            (self.unknown - self.partial.unknown, unknown),
            (self.existing, "there already"),
            (self.unsent().saturating_sub(self.partial.unsent), "not sent"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, name)| format!("{} {name}", grouped(*count))).collect::<Vec<_>>().join(", ")
    }

    /// Whether every row is as it was meant to be.
    pub fn is_all_well(&self) -> bool {
        self.ok + self.existing == self.rows && self.doubled == 0
    }

    /// Whether nothing is left to be sent or to be found out.
    pub fn is_finished(&self) -> bool {
        self.unsent() == 0 && self.unknown == 0
    }
}

/// How many entries there are, then groups of those of which there is more to tell than that they are ok. Most are, and to
/// sort them takes several times what it takes to pass them over.
const ONE: &str = "SELECT NULL, NULL, NULL, count(*), 0, 0 FROM row UNION ALL
     SELECT state, error_code, http_status, count(*), 0, 0 FROM row
     WHERE state IS NOT 'ok' OR error_code IS NOT NULL GROUP BY state, error_code, http_status";

const TWO: &str = "SELECT NULL, NULL, NULL, count(*), 0, 0 FROM row UNION ALL
     SELECT state, error_code, http_status, count(*), CAST(total(times > 1) AS INTEGER),
     CAST(total(max(times, 1) - 1) AS INTEGER) FROM row
     WHERE state IS NOT 'ok' OR error_code IS NOT NULL OR times > 1 GROUP BY state, error_code, http_status";

const WRITTEN: &str = "SELECT value FROM fact WHERE name = ?";

/// So much surplus had been found when the rows were written that take it back.
pub(super) const SURPLUS_WRITTEN: &str = "surplus_written";

/// This session was the last that could send nothing of what is not sent.
pub(super) const IN_VAIN: &str = "in_vain";

pub(super) fn written_surplus(connection: &Connection) -> rusqlite::Result<u64> {
    let text: Option<String> =
        connection.query_row(WRITTEN, params![SURPLUS_WRITTEN], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// Counts over the rows of a run with so many rows.
pub(super) fn counts(connection: &Connection, rows: u64) -> rusqlite::Result<Counts> {
    if let Some(sets) = step_sets(connection)? {
        return counts_by_steps(connection, &sets);
    }
    let mut counts = Counts { rows, ..Counts::default() };
    let mut statement = connection.prepare(match Schema::of(connection)? {
        Schema::One => ONE,
        Schema::Two => TWO,
    })?;
    let (mut all, mut told) = (0_u64, 0);
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let count = row.get::<_, i64>(3)?.cast_unsigned();
        if row.get_ref(0)? == ValueRef::Null {
            all = count;
            continue;
        }
        let code = row.get::<_, Option<String>>(1)?.and_then(|code| ErrorCode::of_name(&code));
        let status = status(row, 0)?;
        told += count;
        match status {
            Status::Ok => counts.ok += count,
            Status::Failed => counts.failed += count,
            Status::Invalid => counts.invalid += count,
            Status::Unknown => counts.unknown += count,
            Status::Skipped if code.is_some_and(ErrorCode::is_there_already) => counts.existing += count,
            Status::Skipped | Status::Partial => {}
        }
        if status == Status::Ok || code.is_some_and(ErrorCode::is_there_already) {
            counts.doubled += row.get::<_, i64>(4)?.cast_unsigned();
            counts.surplus += row.get::<_, i64>(5)?.cast_unsigned();
        }
        if (status, code) == (Status::Failed, Some(ErrorCode::NotApplied)) {
            counts.not_applied += count;
        }
        if is_to_be_fixed(status, code, row.get(2)?) {
            counts.to_be_fixed += count;
        }
    }
    counts.ok += all.saturating_sub(told);
    if counts.surplus > 0 {
        counts.surplus = counts.surplus.saturating_sub(written_surplus(connection)?);
    }
    Ok(counts)
}

/// The same where rows have several steps: each row is what its steps come to.
fn counts_by_steps(connection: &Connection, sets: &[u8]) -> rusqlite::Result<Counts> {
    let mut counts = Counts { rows: sets.len() as u64, ..Counts::default() };
    let name: String = connection.query_row("SELECT operation FROM run", [], |row| row.get(0))?;
    let operation = operation(&name).map_err(|_| odd(0, &name))?;
    let mut statement = connection.prepare(page(Schema::Two))?;
    let (mut row, mut times, mut from) = (RowEntries::default(), EntryTimes::default(), 0);
    // Page by page: whoever writes meanwhile is not held up for long.
    loop {
        let mut found = statement.query(params![from, PAGE])?;
        let mut entries = Vec::new();
        while let Some(known) = found.next()? {
            entries.push(entry(known, &mut times)?);
        }
        let Some(last) = entries.last() else { break };
        from = last.of.number() + 1;
        for entry in entries {
            if row.0.first().is_some_and(|first| first.of.row != entry.of.row) {
                counts.add_row(operation, sets, &mut row);
            }
            row.0.push(entry);
        }
    }
    counts.add_row(operation, sets, &mut row);
    if counts.surplus > 0 {
        counts.surplus = counts.surplus.saturating_sub(written_surplus(connection)?);
    }
    Ok(counts)
}

/// So many entries are read at once.
const PAGE: u16 = 4096;

impl Counts {
    /// Adds a row, of which there may be nothing, and empties it.
    fn add_row(&mut self, operation: Operation, sets: &[u8], row: &mut RowEntries) {
        let Some(first) = row.0.first() else { return };
        let set = usize::try_from(first.of.row.0).ok().and_then(|number| sets.get(number)).copied();
        self.add(&RowState::of(operation, StepSet(set.unwrap_or_default()), row));
        row.0.clear();
    }

    fn add(&mut self, state: &RowState) {
        match state.next {
            RowNext::Done => self.ok += 1,
            RowNext::PassedOver => self.existing += 1,
            RowNext::Send => self.orphans += u64::from(state.waits_for_parent()),
            RowNext::Ask => self.unknown += 1,
            RowNext::Resend => {
                self.failed += 1;
                self.not_applied += 1;
            }
            RowNext::Fix => {
                self.failed += 1;
                self.to_be_fixed += 1;
            }
            RowNext::Invalid => {
                self.invalid += 1;
                self.to_be_fixed += 1;
            }
            RowNext::Refused => self.failed += 1,
        }
        if state.result.status == Status::Partial {
            match state.next {
                RowNext::Send => self.partial.unsent += 1,
                RowNext::Ask => self.partial.unknown += 1,
                _ => self.partial.failed += 1,
            }
        }
        self.doubled += u64::from(state.is_doubled);
        self.surplus += state.surplus;
    }
}
