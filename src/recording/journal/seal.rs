//! What shows that a journal was damaged, and that another program has taken it over: one entry with the number of the
//! session whose writes count, and a sum over everything else. A database notices a page that makes no sense, but
//! neither one that was replaced by another that does, nor a changed letter.
//!
//! The sum is that of the hashes of all entries, so that it is kept up to date with every change without going through
//! the others. It guards against accidents, not against people.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use super::keys::KEYS;
use super::step_sets::STEPS;

/// Over what the sum is made: a name for it, the table and its columns. An entry of `row` counts as two, because only
/// one of them changes with its result. Where the pages of a table lie is not content.
const CONTENT: [(&str, &str, &str); 12] = [
    ("run", "run", "*"),
    ("session", "session", "*"),
    (INTENTS, "row", "number, step, content, key, sent"),
    (OUTCOMES, "row", "number, step, state, attempts, id, times, error_code, error, http_status, ended"),
    ("customer", "customer", "*"),
    ("balance", "balance", "*"),
    ("progress", "progress", "*"),
    ("input", "input", "*"),
    ("fact", "fact", "*"),
    (STEPS, STEPS, "*"),
    (KEYS, KEYS, "*"),
    ("schema", "sqlite_schema", "type, name, tbl_name, sql"),
];
pub(super) const INTENTS: &str = "intent";
pub(super) const OUTCOMES: &str = "outcome";
/// The tables whose changes are followed by the database.
const FOLLOWED: [&str; 5] = ["session", "customer", "balance", "progress", "fact"];
/// The table that holds the seal.
const SEAL: &str = "seal";

/// The seal of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    /// The number of the session whose writes count; 0 before the first.
    pub(super) session: i64,
    /// Over everything else.
    pub(super) sum: u64,
}

impl Seal {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        connection.prepare_cached("SELECT session, sum FROM seal")?.query_row([], |row| {
            let (session, sum) = (row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned());
            Ok(Self { session, sum: sum.wrapping_sub(hash_of_session(session)) })
        })
    }

    /// In place of the one that is there.
    pub(super) fn write(self, connection: &Connection) -> rusqlite::Result<()> {
        let Self { session, sum } = self;
        let sum = sum.wrapping_add(hash_of_session(session)).cast_signed();
        let mut statement = connection.prepare_cached("UPDATE seal SET session = ?, sum = ?")?;
        statement.execute(params![session, sum]).map(drop)
    }

    /// The first of a journal, whose content is complete.
    pub(super) fn begin(connection: &Connection, session: i64) -> rusqlite::Result<()> {
        connection.execute("INSERT INTO seal (session, sum) VALUES (0, 0)", [])?;
        Self { session, sum: sum_of(connection)? }.write(connection)
    }
}

/// The session counts like an entry, so that a change of its number shows.
fn hash_of_session(session: i64) -> u64 {
    let mut hash = Hash::of_table(SEAL);
    hash.value(ValueRef::Integer(session));
    hash.finish()
}

/// The sum over everything that is there.
pub(super) fn sum_of(connection: &Connection) -> rusqlite::Result<u64> {
    let mut sum = 0_u64;
    for (name, table, columns) in CONTENT {
        // Only some journals have them.
        if [STEPS, KEYS].contains(&table) && !connection.table_exists(None, table)? {
            continue;
        }
        let mut statement = connection.prepare(&format!("SELECT {columns} FROM {table}"))?;
        let count = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut hash = Hash::of_table(name);
            for column in 0..count {
                hash.value(row.get_ref(column)?);
            }
            sum = sum.wrapping_add(hash.finish());
        }
    }
    Ok(sum)
}

/// By how much the sum has changed.
#[derive(Debug, Clone, Default)]
pub(super) struct SumChange(Arc<AtomicU64>);

impl SumChange {
    /// Follows what is changed through this connection: it has triggers that nobody else sees. Rows are too many for
    /// that; what writes them says how the sum changes.
    pub(super) fn follow(connection: &Connection) -> rusqlite::Result<Self> {
        let changes = Self::default();
        let follow = |name, change: fn(u64, u64) -> u64| {
            let sum = Arc::clone(&changes.0);
            connection.create_scalar_function(name, -1, FunctionFlags::SQLITE_UTF8, move |context| {
                let mut hash = Hash::default();
                (0..context.len()).for_each(|column| hash.value(context.get_raw(column)));
                sum.store(change(sum.load(Ordering::Relaxed), hash.finish()), Ordering::Relaxed);
                Ok(rusqlite::types::Null)
            })
        };
        follow("entry_came", u64::wrapping_add)?;
        follow("entry_went", u64::wrapping_sub)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        for table in FOLLOWED {
            connection.execute_batch(&triggers(connection, table)?)?;
        }
        Ok(changes)
    }

    /// Forgets what was counted: a transaction begins.
    pub(super) fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    pub(super) fn add(&self, change: u64) {
        self.0.store(self.so_far().wrapping_add(change), Ordering::Relaxed);
    }

    pub(super) fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn triggers(connection: &Connection, table: &str) -> rusqlite::Result<String> {
    let statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let entry = |which: &str| {
        let columns = statement.column_names().map(|column| format!(", {which}.{column}"));
        format!("'{table}'{}", columns.collect::<String>())
    };
    let (went, came) = (format!("entry_went({})", entry("old")), format!("entry_came({})", entry("new")));
    Ok(format!(
        "CREATE TEMP TRIGGER {table}_came AFTER INSERT ON main.{table} BEGIN SELECT {came}; END;
         CREATE TEMP TRIGGER {table}_went AFTER DELETE ON main.{table} BEGIN SELECT {went}; END;
         CREATE TEMP TRIGGER {table}_changed AFTER UPDATE ON main.{table} BEGIN SELECT {went}, {came}; END;"
    ))
}

/// A hash in 64 bits, word by word; every word counts, and its place does. Journals hold what it comes to.
pub(super) struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    pub(super) fn of_table(table: &str) -> Self {
        let mut hash = Self::default();
        hash.value(ValueRef::Text(table.as_bytes()));
        hash
    }

    /// Its kind and length, then its bytes.
    pub(super) fn value(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.word(0),
            ValueRef::Integer(number) => {
                [1, number.cast_unsigned()].into_iter().for_each(|word| self.word(word))
            }
            ValueRef::Real(number) => [2, number.to_bits()].into_iter().for_each(|word| self.word(word)),
            ValueRef::Text(bytes) => self.bytes(3, bytes),
            ValueRef::Blob(bytes) => self.bytes(4, bytes),
        }
    }

    pub(super) fn integers(&mut self, numbers: &[i64]) {
        numbers.iter().for_each(|number| self.value(ValueRef::Integer(*number)));
    }

    pub(super) fn text(&mut self, text: Option<&str>) {
        self.value(text.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())));
    }

    fn bytes(&mut self, kind: u64, bytes: &[u8]) {
        self.word(kind | (bytes.len() as u64) << 3);
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            self.word(rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    const fn word(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    /// Stirred, because hashes are added.
    pub(super) const fn finish(self) -> u64 {
        let mixed = self.0.wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 29)
    }
}
