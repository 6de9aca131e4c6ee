//! How many rows of a run stand how.

use rusqlite::{Connection, params};

use super::entry::status;
use crate::count::grouped;
use crate::recording::row_result::{ErrorCode, Status};

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

    /// The rows by how they stand, in words, without what there is none of: `37 ok, 111 not sent`. `unknown` is the word
    /// for rows whose outcome is not known.
    pub fn in_words(&self, unknown: &str) -> String {
        let parts = [
            (self.ok, "ok"),
            (self.failed, "failed"),
            (self.invalid, "invalid"),
            (self.unknown, unknown),
            (self.existing, "there already"),
            (self.unsent(), "not sent"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, name)| format!("{} {name}", grouped(*count))).collect::<Vec<_>>().join(", ")
    }

    /// Whether nothing is left to be sent or to be found out.
    pub fn is_finished(&self) -> bool {
        self.unsent() == 0 && self.unknown == 0
    }
}

/// Counts over the rows of a run with so many rows.
pub(super) fn counts(connection: &Connection, rows: u64) -> rusqlite::Result<Counts> {
    let mut counts = Counts { rows, ..Counts::default() };
    let mut statement = connection.prepare(
        "SELECT state, error_code IN (?1, ?2), count(*) FROM row GROUP BY state, error_code IN (?1, ?2)",
    )?;
    let (exists, booked) = (ErrorCode::AlreadyExists.name(), ErrorCode::AlreadyBooked.name());
    let mut found = statement.query(params![exists, booked])?;
    while let Some(row) = found.next()? {
        let exists: Option<bool> = row.get(1)?;
        let count = row.get::<_, i64>(2)?.cast_unsigned();
        match status(row, 0)? {
            Status::Ok => counts.ok += count,
            Status::Failed => counts.failed += count,
            Status::Invalid => counts.invalid += count,
            Status::Unknown => counts.unknown += count,
            Status::Skipped if exists == Some(true) => counts.existing += count,
            Status::Skipped => {}
        }
    }
    Ok(counts)
}

/// How many rows were proven not to be applied.
pub(super) fn not_applied(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM row WHERE state = ? AND error_code = ?";
    let wanted = params![Status::Failed.name(), ErrorCode::NotApplied.name()];
    connection.query_row(sql, wanted, |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}
