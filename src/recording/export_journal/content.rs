//! What the journal of an export holds: the ids, what was read of the customers, and the earlier export to compare
//! with. Everything is read back row by row.

use std::fmt;

use rusqlite::{OptionalExtension, params};

use super::file::ExportJournal;
use super::schema::UNNAMED;
use crate::recording::journal::JournalError;

/// What is known of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredCustomer<'k> {
    /// Their fields, as one JSON text.
    Customer(&'k str),
    /// They could not be read, and why.
    Unread(&'k str),
    /// They were not asked for yet.
    Nothing,
}

/// A row of the list that names nobody who is there, or more than one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnnamedRow {
    pub line: u64,
    pub cell: String,
    pub reason: String,
}

impl fmt::Display for UnnamedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, cell, reason } = self;
        write!(f, "line {line}, '{cell}': {reason}")
    }
}

impl ExportJournal {
    /// How many searches are done.
    pub fn searches_done(&self) -> Result<u64, JournalError> {
        self.number("SELECT searches FROM export")
    }

    /// Whether all ids are known.
    pub fn is_complete(&self) -> Result<bool, JournalError> {
        Ok(self.number("SELECT complete FROM export")? == 1)
    }

    /// Takes in what a search has found; so many are done with it. Ids that are there stay as they are.
    pub fn found(&mut self, ids: &[u64], searches_done: u64) -> Result<(), JournalError> {
        self.transaction(|transaction| {
            let mut insert = transaction.prepare("INSERT OR IGNORE INTO wanted (id) VALUES (?)")?;
            for id in ids {
                insert.execute([id.cast_signed()])?;
            }
            transaction.execute("UPDATE export SET searches = ?", [searches_done.cast_signed()])
        })
    }

    /// Takes in a list of ids, in its order; an id that comes again stays in its first place.
    pub fn list(&mut self, ids: &[u64]) -> Result<(), JournalError> {
        self.transaction(|transaction| {
            let mut insert = transaction.prepare("INSERT OR IGNORE INTO wanted (id, place) VALUES (?, ?)")?;
            for (place, id) in (0_i64..).zip(ids) {
                insert.execute(params![id.cast_signed(), place])?;
            }
            transaction.execute("CREATE INDEX in_order ON wanted (place)", [])
        })
    }

    /// Keeps the rows of the list that name nobody: no id, so nothing to read.
    pub fn keep_unnamed(&mut self, rows: &[UnnamedRow]) -> Result<(), JournalError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.transaction(|transaction| {
            transaction.execute_batch(UNNAMED)?;
            let mut insert =
                transaction.prepare("INSERT INTO unnamed (line, cell, reason) VALUES (?, ?, ?)")?;
            for UnnamedRow { line, cell, reason } in rows {
                insert.execute(params![line.cast_signed(), cell, reason])?;
            }
            Ok(0)
        })
    }

    /// The rows of the list that name nobody, in its order.
    pub fn unnamed(&self) -> Result<Vec<UnnamedRow>, JournalError> {
        // Journals have the table only where there are such rows.
        if self.number("SELECT count(*) FROM sqlite_schema WHERE name = 'unnamed'")? == 0 {
            return Ok(Vec::new());
        }
        let read = || {
            let mut statement =
                self.connection.prepare("SELECT line, cell, reason FROM unnamed ORDER BY line")?;
            let rows = statement.query_map([], |row| {
                Ok(UnnamedRow {
                    line: row.get::<_, i64>(0)?.cast_unsigned(),
                    cell: row.get(1)?,
                    reason: row.get(2)?,
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// All ids are known; of those that searches have found only the first so many are wanted.
    pub fn complete(&mut self, limit: Option<u64>) -> Result<(), JournalError> {
        self.transaction(|transaction| {
            if let Some(limit) = limit {
                let first = "SELECT id FROM wanted ORDER BY id LIMIT ?";
                let sql = format!("DELETE FROM wanted WHERE id NOT IN ({first})");
                transaction.execute(&sql, [limit.cast_signed()])?;
            }
            transaction.execute("UPDATE export SET complete = 1", [])
        })
    }

    /// How many customers the export is about.
    pub fn wanted(&self) -> Result<u64, JournalError> {
        self.number("SELECT count(*) FROM wanted")
    }

    /// How many could not be read.
    pub fn unread(&self) -> Result<u64, JournalError> {
        self.number("SELECT count(*) FROM unread")
    }

    /// How many were not asked for yet.
    pub fn missing_count(&self) -> Result<u64, JournalError> {
        self.number(
            "SELECT count(*) FROM wanted
             WHERE id NOT IN (SELECT id FROM customer) AND id NOT IN (SELECT id FROM unread)",
        )
    }

    /// Those who are still to be read, in the order of the output; after them those who could not be read before, who
    /// are tried again.
    pub fn missing(&mut self) -> Result<Vec<u64>, JournalError> {
        // Who could not be read comes last: whether a server takes batches is tried with the first ones.
        let order = self.order()?.replacen("ORDER BY", "ORDER BY id IN (SELECT id FROM unread),", 1);
        let sql = format!("SELECT id FROM wanted WHERE id NOT IN (SELECT id FROM customer) {order}");
        let read = || {
            let mut statement = self.connection.prepare(&sql)?;
            let ids = statement.query_map([], |row| row.get::<_, i64>(0).map(i64::cast_unsigned))?;
            ids.collect::<rusqlite::Result<Vec<u64>>>()
        };
        let missing = read().map_err(|error| self.failed(&error))?;
        self.transaction(|transaction| transaction.execute("DELETE FROM unread", []))?;
        Ok(missing)
    }

    /// Keeps what was read, or why it could not be.
    pub fn put<'p>(
        &mut self,
        read: impl IntoIterator<Item = (u64, Result<&'p str, &'p str>)>,
    ) -> Result<(), JournalError> {
        self.transaction(|transaction| {
            let mut customer =
                transaction.prepare_cached("INSERT OR REPLACE INTO customer (id, content) VALUES (?, ?)")?;
            let mut unread =
                transaction.prepare_cached("INSERT OR REPLACE INTO unread (id, reason) VALUES (?, ?)")?;
            for (id, read) in read {
                match read {
                    Ok(content) => customer.execute(params![id.cast_signed(), content])?,
                    Err(reason) => unread.execute(params![id.cast_signed(), reason])?,
                };
            }
            Ok(0)
        })
    }

    /// Goes through all customers in the order of the output; whether to go on is the answer of `take`.
    pub fn each<E: From<JournalError>>(
        &self,
        mut take: impl FnMut(u64, StoredCustomer<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT id, content, reason FROM wanted LEFT JOIN customer USING (id) LEFT JOIN unread USING (id) {}",
            self.order()?
        );
        let failed = |error: rusqlite::Error| self.failed(&error);
        let mut statement = self.connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let text = |column: usize| {
                let value = row.get_ref(column)?;
                value.as_str_or_null().map_err(rusqlite::Error::from)
            };
            let id = row.get::<_, i64>(0).map_err(failed)?.cast_unsigned();
            let kept = match (text(1).map_err(failed)?, text(2).map_err(failed)?) {
                (Some(content), _) => StoredCustomer::Customer(content),
                (None, Some(reason)) => StoredCustomer::Unread(reason),
                (None, None) => StoredCustomer::Nothing,
            };
            if !take(id, kept)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Keeps the rows of an earlier export, to compare with; of rows with the same id the first one.
    pub fn keep_earlier<E: From<JournalError>>(
        &mut self,
        header: &[String],
        rows: impl Iterator<Item = Result<(u64, Vec<String>), E>>,
    ) -> Result<(), E> {
        let mut refused = None;
        self.transaction(|transaction| {
            let header = serde_json::to_string(header).unwrap_or_default();
            transaction.execute("UPDATE export SET earlier = ?", [header])?;
            let mut insert =
                transaction.prepare("INSERT OR IGNORE INTO earlier (id, cells) VALUES (?, ?)")?;
            for row in rows {
                match row {
                    Ok((id, cells)) => {
                        let cells = serde_json::to_string(&cells).unwrap_or_default();
                        insert.execute(params![id.cast_signed(), cells])?
                    }
                    Err(error) => {
                        refused = Some(error);
                        break;
                    }
                };
            }
            Ok(0)
        })?;
        refused.map_or(Ok(()), Err)
    }

    /// The header of the earlier export; none where there is none to compare with.
    pub fn earlier_header(&self) -> Result<Option<Vec<String>>, JournalError> {
        let header = self
            .connection
            .query_row("SELECT earlier FROM export", [], |row| row.get::<_, Option<String>>(0));
        header.map(|text| text.map(|text| cells(&text))).map_err(|error| self.failed(&error))
    }

    /// A row of the earlier export.
    pub fn earlier(&self, id: u64) -> Result<Option<Vec<String>>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare_cached("SELECT cells FROM earlier WHERE id = ?")?;
            statement.query_row([id.cast_signed()], |row| row.get::<_, String>(0)).optional()
        };
        read().map(|text| text.map(|text| cells(&text))).map_err(|error| self.failed(&error))
    }

    /// Goes through the rows of the earlier export whose customers this one is not about.
    pub fn each_gone<E: From<JournalError>>(
        &self,
        mut take: impl FnMut(u64, Vec<String>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let sql = "SELECT id, cells FROM earlier WHERE id NOT IN (SELECT id FROM wanted) ORDER BY id";
        let failed = |error: rusqlite::Error| self.failed(&error);
        let mut statement = self.connection.prepare(sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let id = row.get::<_, i64>(0).map_err(failed)?.cast_unsigned();
            let text: String = row.get(1).map_err(failed)?;
            if !take(id, cells(&text))? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The order of the output: that of the list that was given, or of the ids.
    fn order(&self) -> Result<&'static str, JournalError> {
        let listed =
            self.number("SELECT count(*) FROM (SELECT 1 FROM wanted WHERE place IS NOT NULL LIMIT 1)")?;
        Ok(if listed == 1 { "ORDER BY place" } else { "ORDER BY id" })
    }

    fn number(&self, sql: &str) -> Result<u64, JournalError> {
        let number = self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        number.map(i64::cast_unsigned).map_err(|error| self.failed(&error))
    }

    fn transaction(
        &mut self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<usize>,
    ) -> Result<(), JournalError> {
        let done = (|| {
            let transaction = self.connection.transaction()?;
            work(&transaction)?;
            transaction.commit()
        })();
        done.map_err(|error| self.failed(&error))
    }
}

/// Cells that this program wrote; if they were changed since, a row without cells.
fn cells(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}
