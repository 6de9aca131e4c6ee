//! Journals as anybody can read them: SQLite files with documented tables.

use rusqlite::types::FromSql;
use rusqlite::{Connection, OpenFlags};

use super::Place;

/// A journal, opened beside whoever is at work with it.
pub(crate) struct Journal(Connection);

impl Journal {
    /// Opens it for reading. Where a program was killed in the middle of a transaction, only who may write can
    /// take back the half of it, and nobody can read before.
    #[track_caller]
    pub(crate) fn read(place: &Place, name: &str) -> Self {
        Self::open(place, name)
    }

    /// Opens it so that a test can spoil it.
    #[track_caller]
    pub(crate) fn spoil(place: &Place, name: &str) -> Self {
        Self::open(place, name)
    }

    #[track_caller]
    fn open(place: &Place, name: &str) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(place.path(name), flags)
            .unwrap_or_else(|error| panic!("{name}: {error}; there are {:?}", place.names()));
        connection.busy_timeout(super::PATIENCE).expect("a patient connection");
        Self(connection)
    }

    /// The only value of the only row.
    #[track_caller]
    pub(crate) fn value<T: FromSql>(&self, sql: &str) -> T {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The states of the rows that the journal knows, by their place from 1.
    #[track_caller]
    pub(crate) fn states(&self) -> Vec<(u64, String)> {
        let mut statement = self.0.prepare("SELECT number, state FROM row ORDER BY number").expect("rows");
        let rows = statement.query_map([], |row| {
            let number: i64 = row.get(0)?;
            Ok((number.unsigned_abs(), row.get(1)?))
        });
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.0.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
