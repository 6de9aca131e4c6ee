//! Journals as anybody can read them: SQLite files with documented tables.

use rusqlite::types::{FromSql, Value};
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

    /// Changes it so that its seal is right again: as if a program had written it like that.
    #[track_caller]
    pub(crate) fn rewrite(&self, sql: &str) {
        self.execute(sql);
        let session: i64 = self.value("SELECT session FROM seal");
        let own = hash("seal", &[Value::Integer(session)]);
        let sum = CONTENT.iter().fold(own, |sum, content| sum.wrapping_add(self.sum_of(*content)));
        self.execute(&format!("UPDATE seal SET sum = {}", sum.cast_signed()));
    }

    fn sum_of(&self, (name, table, columns): (&str, &str, &str)) -> u64 {
        let mut statement = self.0.prepare(&format!("SELECT {columns} FROM {table}")).expect("a table");
        let columns = statement.column_count();
        let entries = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect());
        let entries =
            entries.expect("entries").map(|entry: rusqlite::Result<Vec<Value>>| entry.expect("one"));
        entries.fold(0, |sum, entry| sum.wrapping_add(hash(name, &entry)))
    }
}

/// Over what a seal is.
const CONTENT: [(&str, &str, &str); 10] = [
    ("run", "run", "*"),
    ("session", "session", "*"),
    ("intent", "row", "number, step, content, key, sent"),
    ("outcome", "row", "number, step, state, attempts, id, times, error_code, error, http_status, ended"),
    ("customer", "customer", "*"),
    ("balance", "balance", "*"),
    ("progress", "progress", "*"),
    ("input", "input", "*"),
    ("fact", "fact", "*"),
    ("schema", "sqlite_schema", "type, name, tbl_name, sql"),
];

/// The hash of an entry: the name of its table and its values, each by kind, length and bytes, in words of eight.
fn hash(table: &str, entry: &[Value]) -> u64 {
    let text = |kind: u64, bytes: &[u8]| {
        let parts = bytes.chunks(8).map(|part| {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            u64::from_le_bytes(word)
        });
        std::iter::once(kind | (bytes.len() as u64) << 3).chain(parts).collect::<Vec<_>>()
    };
    let value = |value: &Value| match value {
        Value::Null => vec![0],
        Value::Integer(number) => vec![1, number.cast_unsigned()],
        Value::Real(number) => vec![2, number.to_bits()],
        Value::Text(content) => text(3, content.as_bytes()),
        Value::Blob(content) => text(4, content),
    };
    let words = text(3, table.as_bytes()).into_iter().chain(entry.iter().flat_map(value));
    let hash = words.fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| {
        let mixed = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 32)
    });
    let mixed = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 29)
}
