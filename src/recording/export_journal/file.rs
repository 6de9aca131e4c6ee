//! The file: made whole or not at all, readable by its owner only, held by one process at a time, and gone when
//! the output is complete. An export to standard output has a nameless one.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, params};

use super::schema;
use crate::recording::atomic::{beside, sync_folder};
use crate::recording::busy::wait_for_others;
use crate::recording::journal::{
    EXPORT, IMPORT, JournalError, PROGRAM, begin_unfinished, flaw, forget_companions, hold, looking,
    not_a_link, written,
};
use crate::recording::lock::Lock;

/// What the journal says about an export as a whole.
#[derive(Debug, Clone)]
pub struct AboutExport {
    /// The options as JSON, without the key.
    pub options: String,
    /// The checked conditions as JSON; none where the ids were given.
    pub conditions: Option<String>,
    /// When it began.
    pub begun: Timestamp,
}

impl AboutExport {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        connection.query_row("SELECT options, conditions, begun FROM export", [], |row| {
            let begun: String = row.get(2)?;
            let begun = begun.parse().unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Self { options: row.get(0)?, conditions: row.get(1)?, begun })
        })
    }
}

/// The journal of an export, held by this process.
#[derive(Debug)]
pub struct ExportJournal {
    // Dropped before the lock: to close another handle of a file frees the database's own locks on it.
    pub(super) connection: Connection,
    /// None for a nameless one.
    pub(super) path: Option<PathBuf>,
    about: AboutExport,
    _lock: Option<Lock>,
}

/// What kind of a run a journal is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalKind {
    Import,
    Export,
}

impl JournalKind {
    /// What a database says of itself: whose it is, in `PRAGMA application_id`.
    pub(in crate::recording) const fn of(application: i64) -> Option<Self> {
        match application {
            IMPORT => Some(Self::Import),
            EXPORT => Some(Self::Export),
            _ => None,
        }
    }
}

/// Finds out what kind of a run the journal is of. Whether it is sound is not looked at.
pub fn journal_kind(path: &Path) -> Result<JournalKind, JournalError> {
    not_a_link(path)?;
    match path.metadata() {
        Err(_) => return Err(JournalError::Missing { path: path.to_owned() }),
        Ok(metadata) if !metadata.is_file() => return Err(JournalError::Foreign { path: path.to_owned() }),
        Ok(_) => {}
    }
    let application = looking(path).and_then(|connection| pragma(&connection, "application_id"));
    let application = application.map_err(|error| JournalError::of(path, &error))?;
    JournalKind::of(application).ok_or_else(|| JournalError::Foreign { path: path.to_owned() })
}

impl ExportJournal {
    /// Makes the journal of a new export, with what `fill` puts into it: it has its name only when all of that is
    /// there. The journal of an earlier export that was never finished is replaced, because nothing is lost by
    /// that but time; when that one began is returned.
    pub fn create<E: From<JournalError>>(
        path: &Path,
        new: &AboutExport,
        fill: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(Self, Option<Timestamp>), E> {
        let unfinished = beside(path, ".new");
        let lock = begin_unfinished(path, &unfinished)?;
        let made = Self::make(path, &unfinished, new, fill)
            .and_then(|()| Ok(Self::place(path, &unfinished, &lock)?));
        match made {
            Ok(begun) => Ok((Self::of(path, lock)?, begun)),
            Err(error) => {
                let _ = fs::remove_file(&unfinished);
                forget_companions(&unfinished);
                Err(error)
            }
        }
    }

    /// Fills the unfinished file.
    fn make<E: From<JournalError>>(
        path: &Path,
        unfinished: &Path,
        new: &AboutExport,
        fill: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let created = |error: rusqlite::Error| JournalError::Create {
            path: path.to_owned(),
            source: std::io::Error::other(error),
        };
        let connection = Connection::open(unfinished).map_err(created)?;
        // Until it has its name nothing relies on it, so nothing is synced on the way.
        connection.pragma_update(None, "synchronous", "OFF").map_err(created)?;
        begin(&connection, new).map_err(created)?;
        let mut journal = Self { connection, path: Some(path.to_owned()), about: new.clone(), _lock: None };
        fill(&mut journal)
    }

    /// Gives the unfinished file its name. A file that another process holds there stays.
    fn place(path: &Path, unfinished: &Path, lock: &Lock) -> Result<Option<Timestamp>, JournalError> {
        let failed = |source| JournalError::Create { path: path.to_owned(), source };
        lock.sync().map_err(failed)?;
        let earlier = match hold(path) {
            Ok(held) => Some(held),
            Err(JournalError::Missing { .. }) => None,
            Err(error) => return Err(error),
        };
        let begun = match &earlier {
            None => {
                // What was taken away by hand may have left companions.
                forget_companions(path);
                match fs::hard_link(unfinished, path) {
                    Ok(()) => fs::remove_file(unfinished).map_err(failed)?,
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                        return Err(JournalError::Busy { path: path.to_owned() });
                    }
                    // No hard links here.
                    Err(_) => fs::rename(unfinished, path).map_err(failed)?,
                }
                None
            }
            Some(_) => {
                if journal_kind(path)? == JournalKind::Import {
                    return Err(JournalError::OfImport { path: path.to_owned() });
                }
                let begun = looking(path).ok().and_then(|connection| AboutExport::read(&connection).ok());
                forget_companions(path);
                fs::rename(unfinished, path).map_err(failed)?;
                Some(begun.map_or(Timestamp::UNIX_EPOCH, |about| about.begun))
            }
        };
        sync_folder(path);
        Ok(begun)
    }

    /// A nameless one, gone with the process: for an output that cannot be gone on with.
    pub fn nameless(new: &AboutExport) -> Result<Self, JournalError> {
        let path = Path::new("(a temporary file)");
        // A database without a name is a temporary file once it outgrows a little memory.
        let connection = Connection::open("").map_err(|error| JournalError::of(path, &error))?;
        begin(&connection, new).map_err(|error| JournalError::of(path, &error))?;
        Ok(Self { connection, path: None, about: new.clone(), _lock: None })
    }

    /// Opens the journal of an export that was interrupted, and holds it until it is dropped.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let lock = hold(path)?;
        let journal = Self::of(path, lock)?;
        match flaw(&journal.connection) {
            Ok(None) => Ok(journal),
            Ok(Some(reason)) => Err(JournalError::DamagedExport { path: path.to_owned(), reason }),
            Err(error) => Err(journal.failed(&error)),
        }
    }

    fn of(path: &Path, lock: Lock) -> Result<Self, JournalError> {
        let failed = |error: rusqlite::Error| of_export(path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        wait_for_others(&mut connection).map_err(failed)?;
        match pragma(&connection, "application_id").map_err(failed)? {
            EXPORT => {}
            IMPORT => return Err(JournalError::OfImport { path: path.to_owned() }),
            _ => return Err(JournalError::Foreign { path: path.to_owned() }),
        }
        let found = pragma(&connection, "user_version").map_err(failed)?;
        if found != schema::VERSION {
            let program = connection.query_row("SELECT program FROM export", [], |row| row.get(0));
            let program = program.unwrap_or_else(|_| "unknown version".to_owned());
            let known = schema::VERSION;
            return Err(JournalError::Version { path: path.to_owned(), found, known, program });
        }
        // What is lost by a power failure is read again.
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
        let about = AboutExport::read(&connection).map_err(failed)?;
        Ok(Self { connection, path: Some(path.to_owned()), about, _lock: Some(lock) })
    }

    /// What the journal says of the export as a whole.
    pub fn about(&self) -> &AboutExport {
        &self.about
    }

    /// Where it is; none for a nameless one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Takes the journal away: the output is complete. What cannot be taken away is left.
    pub fn discard(self) {
        let Self { connection, path, _lock, .. } = self;
        drop(connection);
        if let Some(path) = path {
            let _ = fs::remove_file(&path);
            forget_companions(&path);
            sync_folder(&path);
        }
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> JournalError {
        of_export(self.path.as_deref().unwrap_or(Path::new("(a temporary file)")), error)
    }
}

pub(super) fn of_export(path: &Path, error: &rusqlite::Error) -> JournalError {
    match JournalError::of(path, error) {
        JournalError::Damaged { path, reason } => JournalError::DamagedExport { path, reason },
        other => other,
    }
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
}

fn begin(connection: &Connection, new: &AboutExport) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    schema::make(&transaction)?;
    transaction.execute(
        "INSERT INTO export (options, conditions, program, begun) VALUES (?, ?, ?, ?)",
        params![new.options, new.conditions, PROGRAM, written(new.begun)],
    )?;
    transaction.commit()
}
