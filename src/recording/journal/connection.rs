//! How the database is opened.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::recording::busy::wait_for_others;

/// A connection that changes nothing. It may tidy up when it is the last one to go, which one that is only
/// allowed to read could not.
pub(in crate::recording) fn looking(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    wait_for_others(&mut connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}
