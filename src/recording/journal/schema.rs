//! The tables of a journal. A change of what they mean is a new version.

use rusqlite::Connection;

/// The version of the tables, in `PRAGMA user_version`.
pub(super) const VERSION: i64 = 1;
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

CREATE TABLE row (
  number INTEGER PRIMARY KEY,     -- its place among the rows of the input, from 1; no entry: not sent yet
  state TEXT NOT NULL,            -- sending, ok, failed, unknown, invalid, skipped
  content TEXT,                   -- fingerprint of what is sent
  attempts INTEGER NOT NULL,      -- requests sent for it
  id TEXT,                        -- result_id
  error_code TEXT,                -- result_error_code
  error TEXT,                     -- result_error
  http_status INTEGER,            -- result_http_status
  sent TEXT,                      -- when it was marked as being sent
  ended TEXT                      -- when its outcome came
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

pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", VERSION)
}
