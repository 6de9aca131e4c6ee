//! Which steps each row of a run has: a byte a row, written when the journal is made. Only where rows have several.

use rusqlite::{Connection, params};

use crate::validating::StepSet;

/// Bytes of a part.
const PART: usize = 1 << 16;

/// The table, as part of a new journal.
const TABLE: &str = "
CREATE TABLE steps (
  part INTEGER PRIMARY KEY,       -- parts of the whole, from 0
  sets BLOB NOT NULL              -- a byte a row, a bit a step that the row has; 0: the row is invalid
) STRICT;
";
pub(super) const STEPS: &str = "steps";

/// Keeps the steps of all rows.
pub(super) fn keep(connection: &Connection, sets: &[StepSet]) -> rusqlite::Result<()> {
    connection.execute_batch(TABLE)?;
    let mut insert = connection.prepare("INSERT INTO steps (part, sets) VALUES (?, ?)")?;
    for (part, sets) in (0_i64..).zip(sets.chunks(PART)) {
        let bytes: Vec<u8> = sets.iter().map(|set| set.0).collect();
        insert.execute(params![part, bytes])?;
    }
    Ok(())
}

/// The steps of all rows; none where each row has one.
pub(super) fn step_sets(connection: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
    if !connection.table_exists(None, STEPS)? {
        return Ok(None);
    }
    let mut all = Vec::new();
    let mut statement = connection.prepare("SELECT sets FROM steps ORDER BY part")?;
    let mut parts = statement.query([])?;
    while let Some(part) = parts.next()? {
        all.extend_from_slice(part.get_ref(0)?.as_blob()?);
    }
    Ok(Some(all))
}
