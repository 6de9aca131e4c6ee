//! How far an export has come, read while another process may be at work with its journal.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use super::file::{AboutExport, of_export};
use crate::recording::journal::{JournalError, flaw, is_held, looking};

/// How far an export has come.
#[derive(Debug)]
pub struct ExportProgress {
    /// When it began.
    pub begun: Timestamp,
    /// The options as JSON, without the key.
    pub options: String,
    /// How many customers it is about, as far as is known.
    pub customers: u64,
    /// How many of them have been read.
    pub read: u64,
    /// How many could not be read.
    pub unread: u64,
    /// Whether all ids are known.
    pub is_complete: bool,
}

impl ExportProgress {
    /// Reads the journal at `path`.
    pub fn read(path: &Path) -> Result<Self, JournalError> {
        // One that is at work has checked it, and would be held up.
        let is_at_work = is_held(path);
        let failed = |error: rusqlite::Error| of_export(path, &error);
        let connection = looking(path).map_err(failed)?;
        match if is_at_work { Ok(None) } else { flaw(&connection) } {
            Ok(None) => Self::read_from(&connection).map_err(failed),
            Ok(Some(reason)) => Err(JournalError::DamagedExport { path: path.to_owned(), reason }),
            Err(error) => Err(failed(error)),
        }
    }

    fn read_from(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let AboutExport { options, begun, .. } = AboutExport::read(connection)?;
        Ok(Self {
            begun,
            options,
            customers: number("SELECT count(*) FROM wanted")?.cast_unsigned(),
            read: number("SELECT count(*) FROM customer")?.cast_unsigned(),
            unread: number("SELECT count(*) FROM unread")?.cast_unsigned(),
            is_complete: number("SELECT complete FROM export")? == 1,
        })
    }

    /// Where the output goes, as the options say.
    pub fn output(&self) -> Option<PathBuf> {
        let options: serde_json::Value = serde_json::from_str(&self.options).ok()?;
        options.get("options")?.get("output")?.get(0)?.as_str().map(PathBuf::from)
    }
}
