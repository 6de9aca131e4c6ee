//! How the database is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// How long to wait while another program reads the journal.
pub(in crate::recording) const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that changes nothing. It may tidy up when it is the last one to go, which one that is only
/// allowed to read could not.
pub(in crate::recording) fn looking(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}
