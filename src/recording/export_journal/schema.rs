//! The tables of an export's journal. A change of what they mean is a new version.

use rusqlite::Connection;

/// The version of the tables, in `PRAGMA user_version`.
pub(super) const VERSION: i64 = 1;

/// The tables, with what every column holds.
const TABLES: &str = "
CREATE TABLE export (
  options TEXT NOT NULL,          -- JSON: what was typed; never the key
  conditions TEXT,                -- JSON: the checked conditions; NULL where the ids were given
  program TEXT NOT NULL,          -- that made the journal
  begun TEXT NOT NULL,            -- UTC
  searches INTEGER NOT NULL DEFAULT 0,  -- so many searches are done
  complete INTEGER NOT NULL DEFAULT 0,  -- 1: all ids are known
  earlier TEXT                    -- JSON: the header of the earlier export to compare with
) STRICT;

CREATE TABLE wanted (
  id INTEGER PRIMARY KEY,         -- a customer's
  place INTEGER                   -- in the list that was given; NULL where the order is that of the ids
) STRICT;

CREATE TABLE customer (
  id INTEGER PRIMARY KEY,
  content TEXT NOT NULL           -- JSON: the fields that are kept
) STRICT;

CREATE TABLE unread (
  id INTEGER PRIMARY KEY,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE earlier (
  id INTEGER PRIMARY KEY,
  cells TEXT NOT NULL             -- JSON: the row of the earlier export
) STRICT;
";

/// The table of a list's rows that name nobody, where there are any.
pub(super) const UNNAMED: &str = "
CREATE TABLE unnamed (
  line INTEGER NOT NULL,          -- of the list
  cell TEXT NOT NULL,             -- what stands there
  reason TEXT NOT NULL
) STRICT;
";

pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "application_id", crate::recording::journal::EXPORT)?;
    connection.pragma_update(None, "user_version", VERSION)
}
