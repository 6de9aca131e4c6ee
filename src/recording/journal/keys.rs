//! Whose keys are whose, as it was found out before the run began: later sessions ask nobody again. Only journals of files
//! that name customers by keys have the table.

use rusqlite::{Connection, params};

use crate::catalogue::KeyKind;
use crate::validating::{KeyHolder, KeyMap};

/// The table's name.
pub(super) const KEYS: &str = "key";

const TABLE: &str = "
CREATE TABLE key (
  kind TEXT NOT NULL,             -- what the value is
  value TEXT NOT NULL,            -- by which rows name a customer
  ids TEXT NOT NULL,              -- who has it, joined by commas; empty: nobody
  PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
";

/// Between the ids of several.
const BETWEEN: &str = ",";

/// Keeps them.
pub(super) fn write(connection: &Connection, keys: &KeyMap) -> rusqlite::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    connection.execute_batch(TABLE)?;
    let mut insert = connection.prepare("INSERT INTO key (kind, value, ids) VALUES (?, ?, ?)")?;
    for (kind, value, holder) in keys.iter() {
        let ids = holder.ids().iter().map(u64::to_string).collect::<Vec<_>>().join(BETWEEN);
        insert.execute(params![kind.name(), value, ids])?;
    }
    Ok(())
}

/// Reads them; nothing where rows name nobody by keys.
pub(super) fn read(connection: &Connection) -> rusqlite::Result<KeyMap> {
    let mut keys = KeyMap::default();
    if !connection.table_exists(None, KEYS)? {
        return Ok(keys);
    }
    let mut statement = connection.prepare("SELECT kind, value, ids FROM key")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, value) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
        let ids = row.get_ref(2)?.as_str()?.split(BETWEEN).filter(|id| !id.is_empty());
        let ids = ids.map(str::parse).collect::<Result<Vec<u64>, _>>();
        // A kind that only another version of the program knows names nobody here.
        if let (Some(kind), Ok(ids)) = (KeyKind::named(kind), ids) {
            keys.put(kind, value, KeyHolder::of(ids));
        }
    }
    Ok(keys)
}
