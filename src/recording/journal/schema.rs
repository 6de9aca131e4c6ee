//! The tables of a journal. A change of what they mean is a new version, and the journals of earlier versions are still
//! read: what writes makes the present tables out of theirs first.

use rusqlite::Connection;

use super::seal::Seal;
use crate::catalogue::{Action, operation};

/// Which tables a journal has. `PRAGMA user_version` holds its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Schema {
    /// One entry a row.
    One,
    /// An entry for each step of a row, with the key and the number of its bookings; and facts.
    Two,
}

impl Schema {
    /// The present one.
    pub(super) const LATEST: Self = Self::Two;

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    pub(super) fn of_number(number: i64) -> Option<Self> {
        [Self::One, Self::Two].into_iter().find(|schema| schema.number() == number)
    }

    /// The one of this journal, which has one.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let number = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok(Self::of_number(number).unwrap_or(Self::LATEST))
    }
}

/// What `PRAGMA application_id` says of our journals: `UsBJ`.
pub(in crate::recording) const APPLICATION: i64 = 0x5573_424A;
/// What it says of the journals of exports: `UsBE`.
pub(in crate::recording) const EXPORT: i64 = 0x5573_4245;

/// The tables, with what every column holds: `sqlite3 FILE .schema` shows the comments too.
const TABLES: &str = "
CREATE TABLE run (
  id TEXT NOT NULL,               -- stands in the tags of comments
  operation TEXT NOT NULL,
  options TEXT NOT NULL,          -- JSON: what was typed; never the key
  input TEXT,                     -- the file; NULL for standard input
  size INTEGER NOT NULL,          -- of the input, in bytes
  sha256 TEXT NOT NULL,           -- of the input
  rows INTEGER NOT NULL,          -- of the input
  program TEXT NOT NULL,          -- that made the journal
  begun TEXT NOT NULL,            -- all times are UTC
  journal TEXT NOT NULL           -- where this file was made
) STRICT;

CREATE TABLE session (
  number INTEGER PRIMARY KEY,
  command TEXT NOT NULL,          -- import, resume, reconcile
  program TEXT NOT NULL,
  begun TEXT NOT NULL,
  ended TEXT,                     -- NULL: at work, or killed
  exit INTEGER                    -- its exit code
) STRICT;

CREATE TABLE customer (
  id TEXT PRIMARY KEY             -- was there before the first row, with something that a row could be found by
) STRICT;

CREATE TABLE balance (
  customer TEXT PRIMARY KEY,
  before TEXT NOT NULL            -- the balance before the first booking of the run
) STRICT;

CREATE TABLE progress (
  what TEXT PRIMARY KEY,          -- existing: looked up before the first add; balances: read before the first booking
  rows INTEGER NOT NULL           -- so many rows of the input are done
) STRICT;

CREATE TABLE input (
  part INTEGER PRIMARY KEY,       -- only for standard input: its bytes, in parts
  bytes BLOB NOT NULL
) STRICT;
";

/// The tables that are new or have changed since the first version.
const SECOND: &str = "
CREATE TABLE row (
  place INTEGER PRIMARY KEY,      -- the row's number times 256, and the step; no entry: not sent yet
  number INTEGER AS (place >> 8), -- the row's place among the rows of the input, from 1
  step INTEGER AS (place & 255),  -- of the row, from 0
  state TEXT NOT NULL,            -- sending, ok, failed, unknown, invalid, skipped
  content TEXT,                   -- fingerprint of what is sent
  key TEXT,                       -- of a booking: the same for the same booking, whoever makes it
  attempts INTEGER NOT NULL,      -- requests sent for it
  id TEXT,                        -- result_id
  times INTEGER,                  -- so often it was found on the server; NULL: nobody has looked
  error_code TEXT,                -- result_error_code
  error TEXT,                     -- result_error
  http_status INTEGER,            -- result_http_status
  sent TEXT,                      -- when it was marked as being sent
  ended TEXT                      -- when its outcome came
) STRICT;

CREATE TABLE fact (
  name TEXT PRIMARY KEY,          -- what was measured of the server
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE seal (
  session INTEGER NOT NULL,       -- the one whose writes count; 0: there was none yet
  sum INTEGER NOT NULL            -- over everything else in here: shows damage
) STRICT;
";

/// For runs that make customers: whom another row has made is asked for each row in doubt.
const TAKEN: &str = "CREATE INDEX row_id ON row (id) WHERE id IS NOT NULL;";

/// The tables of the journal of a run of this operation.
pub(super) fn make(connection: &Connection, operation: &str) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    make_second(connection, operation)?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", Schema::LATEST.number())
}

fn make_second(connection: &Connection, of: &str) -> rusqlite::Result<()> {
    connection.execute_batch(SECOND)?;
    let makes_customers = operation(of).is_ok_and(|operation| operation.does(Action::Add));
    if makes_customers { connection.execute_batch(TAKEN) } else { Ok(()) }
}

/// Makes the present tables out of those of an earlier version; false where they are the present ones. To be called in
/// a transaction.
pub(super) fn renew(connection: &Connection) -> rusqlite::Result<bool> {
    if Schema::of(connection)? == Schema::LATEST {
        return Ok(false);
    }
    connection.execute_batch("ALTER TABLE row RENAME TO old_row")?;
    let operation: String = connection.query_row("SELECT operation FROM run", [], |row| row.get(0))?;
    make_second(connection, &operation)?;
    connection.execute_batch(
        "INSERT INTO row (place, state, content, attempts, id, error_code, error, http_status, sent, ended)
         SELECT number << 8, state, content, attempts, id, error_code, error, http_status, sent, ended FROM old_row
         ORDER BY number;
         DROP TABLE old_row",
    )?;
    connection.pragma_update(None, "user_version", Schema::LATEST.number())?;
    Seal::begin(connection, last_session(connection)?)?;
    Ok(true)
}

/// The number of the session whose writes count, in a journal of any version; 0 before the first.
pub(super) fn session(connection: &Connection, schema: Schema) -> rusqlite::Result<i64> {
    match schema {
        Schema::One => last_session(connection),
        Schema::Two => Ok(Seal::read(connection)?.session),
    }
}

fn last_session(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(number), 0) FROM session", [], |row| row.get(0))
}
