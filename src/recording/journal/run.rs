//! What a journal holds about the run as a whole.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::{parsed, written};
use super::connection::looking;
use super::keys;
use crate::reading::Fingerprint;
use crate::recording::tag::RunId;
use crate::validating::{KeyMap, StepSet};

/// A run that is about to begin.
#[derive(Debug, Clone)]
pub struct NewRun {
    pub operation: &'static str,
    /// The options as JSON, without the key.
    pub options: String,
    /// The input; none for standard input.
    pub input: Option<PathBuf>,
    pub fingerprint: Fingerprint,
    pub rows: u64,
    pub begun: Timestamp,
    /// Which steps each row has, an invalid one none; nothing where each has one.
    pub steps: Option<Vec<StepSet>>,
    /// Whose keys are whose, where rows name customers by keys.
    pub keys: KeyMap,
}

/// A run as its journal describes it.
#[derive(Debug, Clone)]
pub struct Run {
    /// Tells it apart from all others.
    pub id: RunId,
    pub operation: String,
    /// The options as JSON, without the key.
    pub options: String,
    /// The input; none for standard input.
    pub input: Option<PathBuf>,
    pub fingerprint: Fingerprint,
    pub rows: u64,
    pub begun: Timestamp,
    /// Where the journal was made.
    place: PathBuf,
}

pub(in crate::recording) const PROGRAM: &str =
    concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

impl NewRun {
    pub(super) fn write(&self, connection: &Connection, id: &RunId, place: &Path) -> rusqlite::Result<()> {
        connection.execute(
            "INSERT INTO run (id, operation, options, input, size, sha256, rows, program, begun, journal)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                id.to_string(),
                self.operation,
                self.options,
                self.input.as_ref().map(|path| path.to_string_lossy()),
                self.fingerprint.size.cast_signed(),
                self.fingerprint.sha256,
                self.rows.cast_signed(),
                PROGRAM,
                written(self.begun),
                std::path::absolute(place).unwrap_or_else(|_| place.to_owned()).to_string_lossy(),
            ],
        )?;
        keys::write(connection, &self.keys)
    }
}

impl Run {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let columns = "id, operation, options, input, size, sha256, rows, begun, journal";
        connection.query_row(&format!("SELECT {columns} FROM run"), [], |row| {
            Ok(Self {
                id: parsed(row, 0)?,
                operation: row.get(1)?,
                options: row.get(2)?,
                input: row.get::<_, Option<String>>(3)?.map(PathBuf::from),
                fingerprint: Fingerprint { size: row.get::<_, i64>(4)?.cast_unsigned(), sha256: row.get(5)? },
                rows: row.get::<_, i64>(6)?.cast_unsigned(),
                begun: parsed(row, 7)?,
                place: row.get::<_, String>(8)?.into(),
            })
        })
    }

    /// Whether this run was put aside for another one: its journal has another name than it was made with, and beside
    /// it lies one with that name.
    pub(in crate::recording) fn was_set_aside(&self, path: &Path) -> bool {
        let Some(name) = self.place.file_name() else { return false };
        path.file_name() != Some(name) && path.with_file_name(name).is_file()
    }

    /// Where the journal of this run was made, if that is elsewhere and the run's journal still lies there: then
    /// the one at `path` is a copy, and to go on with both would do everything twice.
    pub(in crate::recording) fn elsewhere(&self, path: &Path) -> Option<PathBuf> {
        let (here, there) = (path.canonicalize().ok()?, self.place.canonicalize().ok()?);
        let other = (here != there && there.is_file()).then(|| looking(&there).ok())??;
        let is_same = Self::read(&other).is_ok_and(|other| other.id == self.id);
        is_same.then_some(there)
    }
}
