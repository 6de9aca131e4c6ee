//! The file itself: made whole or not at all, readable by its owner only, held by one run at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::error::JournalError;
use super::replay::{Counts, Replay, looking};
use super::run::{NewRun, Run};
use super::schema;
use crate::recording::atomic::{beside, move_aside, sync_folder};
use crate::recording::lock::Lock;
use crate::recording::tag::RunId;

/// A journal that this process holds.
#[derive(Debug)]
pub struct Journal {
    // Dropped before the lock: to close another handle of a file frees the database's own locks on it.
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    run: Run,
    lock: Lock,
}

/// How long to wait for somebody who looks at the journal with another program.
pub(in crate::recording) const PATIENCE: Duration = Duration::from_secs(10);
/// The bytes of standard input are kept in parts of this size.
const PART: usize = 1 << 20;

/// What lies where a journal would be made.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A journal of ours that nobody holds.
    Journal {
        /// Its run.
        run: Box<Run>,
        /// What is known of its rows.
        counts: Counts,
    },
}

/// Looks at what lies at `path`. A journal that a process holds, a foreign or a damaged file is an error.
pub fn look(path: &Path) -> Result<Found, JournalError> {
    match Journal::open(path) {
        Ok(journal) => {
            let counts = journal.counts()?;
            Ok(Found::Journal { run: Box::new(journal.run.clone()), counts })
        }
        Err(JournalError::Missing { .. }) => Ok(Found::Nothing),
        Err(error) => Err(error),
    }
}

impl Journal {
    /// Makes a journal. `content` is the input where it cannot be read again.
    pub fn create(path: &Path, new: &NewRun, content: Option<&mut dyn Read>) -> Result<Self, JournalError> {
        let failed = |source| JournalError::Create { path: path.to_owned(), source };
        let unfinished = beside(path, ".new");
        let lock = begin_unfinished(path, &unfinished)?;
        // A journal that was taken away by hand may have left companions, and the database would take them for
        // the new one's.
        if !path.exists() {
            forget_companions(path);
        }
        let filled = fill(&unfinished, path, new, content).map_err(|error| match error {
            Filling::Input(source) => source,
            Filling::Database(error) => io::Error::other(error),
        });
        if let Err(source) = filled.and_then(|()| lock.sync()) {
            let _ = fs::remove_file(&unfinished);
            return Err(failed(source));
        }
        match fs::hard_link(&unfinished, path) {
            Ok(()) => fs::remove_file(&unfinished).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let _ = fs::remove_file(&unfinished);
                return Err(JournalError::Exists { path: path.to_owned() });
            }
            // No hard links here.
            Err(_) => fs::rename(&unfinished, path).map_err(failed)?,
        }
        sync_folder(path);
        Self::of(path, lock)
    }

    /// Opens a journal, and holds it until it is dropped.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let lock = hold(path)?;
        let journal = Self::of(path, lock)?;
        let sound: rusqlite::Result<String> =
            journal.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
        match sound {
            Ok(text) if text == "ok" => match journal.run.elsewhere(path) {
                Some(original) => Err(JournalError::Copy { path: path.to_owned(), original }),
                None => Ok(journal),
            },
            Ok(reason) => Err(JournalError::Damaged { path: path.to_owned(), reason }),
            Err(error) => Err(journal.failed(&error)),
        }
    }

    /// Opens a journal for reading alone; another process may be at work with it.
    pub fn read_only(path: &Path) -> Result<(Run, Replay), JournalError> {
        // Not by opening it here: see Replay::open.
        match path.metadata() {
            Err(_) => return Err(JournalError::Missing { path: path.to_owned() }),
            Ok(metadata) if !metadata.is_file() => {
                return Err(JournalError::Foreign { path: path.to_owned() });
            }
            Ok(_) => {}
        }
        let run = looking(path)
            .map_err(|error| JournalError::of(path, &error))
            .and_then(|connection| read_run(&connection, path))?;
        Ok((run, Replay::open(path)?))
    }

    fn of(path: &Path, lock: Lock) -> Result<Self, JournalError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)
            .and_then(|connection| {
                connection.busy_timeout(PATIENCE)?;
                connection.pragma_update(None, "journal_mode", "PERSIST")?;
                connection.pragma_update(None, "synchronous", "FULL")?;
                Ok(connection)
            })
            .map_err(|error| JournalError::of(path, &error))?;
        let run = read_run(&connection, path)?;
        Ok(Self { connection, path: path.to_owned(), run, lock })
    }

    /// What the journal says of the run as a whole.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes of standard input.
    pub fn input(&self) -> Result<StoredInput, JournalError> {
        Ok(self.replay()?.into_input())
    }

    /// Takes away what lies beside the file, which holds everything.
    pub fn tidy(&mut self) -> Result<(), JournalError> {
        let tidied = self.connection.pragma_update(None, "journal_mode", "DELETE");
        tidied.map_err(|error| self.failed(&error))?;
        self.lock
            .sync()
            .map_err(|error| JournalError::Write { path: self.path.clone(), reason: error.to_string() })
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::of(&self.path, error)
    }
}

/// Gives whatever lies at `path` another name, and returns that. Refused while a process holds it.
pub fn set_aside(path: &Path) -> Result<PathBuf, JournalError> {
    let lock = match Journal::open(path) {
        Ok(mut journal) => {
            journal.tidy()?;
            let Journal { connection, lock, .. } = journal;
            drop(connection);
            lock
        }
        // Not ours, or broken: it is kept all the same.
        Err(JournalError::Foreign { .. } | JournalError::Damaged { .. } | JournalError::Version { .. }) => {
            hold(path)?
        }
        Err(error) => return Err(error),
    };
    let failed = |source| JournalError::Aside { path: path.to_owned(), source };
    let aside = move_aside(path).map_err(failed)?;
    let companion = beside(path, "-journal");
    if companion.exists() {
        fs::rename(&companion, beside(&aside, "-journal")).map_err(failed)?;
    }
    sync_folder(path);
    drop(lock);
    Ok(aside)
}

/// What a database may leave beside its file.
pub(in crate::recording) fn forget_companions(path: &Path) {
    for suffix in ["-journal", "-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, suffix));
    }
}

/// Takes the file at `path`, which must be there.
pub(in crate::recording) fn hold(path: &Path) -> Result<Lock, JournalError> {
    // A pipe would be waited for.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(JournalError::Foreign { path: path.to_owned() });
    }
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(JournalError::Missing { path: path.to_owned() });
        }
        Err(source) => return Err(JournalError::Open { path: path.to_owned(), source }),
    };
    let busy = || JournalError::Busy { path: path.to_owned() };
    let lock = Lock::take(file).map_err(|_| busy())?;
    if lock.is_at(path) { Ok(lock) } else { Err(busy()) }
}

/// Makes the unfinished file of a new journal, and holds it. What a killed run left there knows nothing: it was
/// killed before it sent anything. Only the name is taken from it, never the content: it may be the other name of
/// a journal that has come into being.
pub(in crate::recording) fn begin_unfinished(path: &Path, unfinished: &Path) -> Result<Lock, JournalError> {
    let busy = || JournalError::Busy { path: path.to_owned() };
    let left = match OpenOptions::new().read(true).write(true).open(unfinished) {
        Ok(left) => Some(Lock::take(left).map_err(|_| busy())?),
        Err(_) => None,
    };
    if let Some(left) = &left {
        // Only what is held is taken away: the name may be another process's by now.
        if !left.is_at(unfinished) {
            return Err(busy());
        }
        let _ = fs::remove_file(unfinished);
    }
    let file = private(unfinished).map_err(|source| match source.kind() {
        // Another process was faster.
        io::ErrorKind::AlreadyExists => busy(),
        _ => JournalError::Create { path: path.to_owned(), source },
    })?;
    let lock = Lock::take(file).map_err(|_| busy())?;
    drop(left);
    if !lock.is_at(unfinished) {
        return Err(busy());
    }
    forget_companions(unfinished);
    Ok(lock)
}

fn read_run(connection: &Connection, path: &Path) -> Result<Run, JournalError> {
    let failed = |error: rusqlite::Error| JournalError::of(path, &error);
    let pragma = |name| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    match pragma("application_id").map_err(failed)? {
        schema::APPLICATION => {}
        schema::EXPORT => return Err(JournalError::OfExport { path: path.to_owned() }),
        _ => return Err(JournalError::Foreign { path: path.to_owned() }),
    }
    let found = pragma("user_version").map_err(failed)?;
    if found != schema::VERSION {
        let program = connection.query_row("SELECT program FROM run", [], |row| row.get(0));
        let program = program.unwrap_or_else(|_| "not known which".to_owned());
        return Err(JournalError::Version { path: path.to_owned(), found, known: schema::VERSION, program });
    }
    Run::read(connection).map_err(|error| match JournalError::of(path, &error) {
        JournalError::Write { path, reason } => JournalError::Damaged { path, reason },
        other => other,
    })
}

enum Filling {
    Input(io::Error),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Filling {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Writes everything that a journal holds at its beginning. Until it has its name nobody relies on it, so
/// nothing is synced on the way.
fn fill(path: &Path, place: &Path, new: &NewRun, content: Option<&mut dyn Read>) -> Result<(), Filling> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    let transaction = connection.transaction()?;
    schema::make(&transaction)?;
    new.write(&transaction, &RunId::random(), place)?;
    if let Some(content) = content {
        let mut part = Vec::with_capacity(PART);
        while content.take(PART as u64).read_to_end(&mut part).map_err(Filling::Input)? > 0 {
            transaction.execute("INSERT INTO input (bytes) VALUES (?)", params![part])?;
            part.clear();
        }
    }
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// A new file that is its owner's alone.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads the bytes of standard input from a journal.
#[derive(Debug)]
pub struct StoredInput {
    connection: Connection,
    part: i64,
    rest: Vec<u8>,
    start: usize,
}

impl StoredInput {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, part: 0, rest: Vec::new(), start: 0 }
    }
}

impl Read for StoredInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.start == self.rest.len() {
            self.part += 1;
            let found = self
                .connection
                .query_row("SELECT bytes FROM input WHERE part = ?", params![self.part], |row| row.get(0))
                .optional();
            let Some(rest) = found.map_err(io::Error::other)? else { return Ok(0) };
            (self.rest, self.start) = (rest, 0);
        }
        let rest = self.rest.get(self.start..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.start += count;
        Ok(count)
    }
}
