//! The file itself: made whole or not at all, readable by its owner only, held by one run at a time.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};

use super::connection::looking;
use super::counts::{Counts, counts};
use super::error::JournalError;
use super::holding::{begin_unfinished, forget_companions, hold, is_held, not_a_link};
use super::input::StoredInput;
use super::replay::Replay;
use super::row_sums::RowSums;
use super::run::{NewRun, Run};
use super::schema::{self, Schema, session};
use super::seal::{Seal, SumChange};
use super::soundness::{check, recognise};
use super::step_sets;
use crate::recording::atomic::{beside, move_aside, sync_folder};
use crate::recording::busy::wait_for_others;
use crate::recording::lock::Lock;
use crate::recording::tag::RunId;

/// A journal that this process holds.
#[derive(Debug)]
pub struct Journal {
    // Dropped before the lock: to close another handle of a file frees the database's own locks on it.
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    run: Run,
    /// The number of the session whose writes count, as far as this process knows.
    pub(super) session: i64,
    pub(super) changes: SumChange,
    pub(super) rows: RowSums,
    lock: Lock,
}

/// The bytes of standard input are kept in parts of this size.
const PART: usize = 1 << 20;

/// What lies where a journal would be made.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A journal of this program that no process holds.
    Journal {
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

/// A journal that has everything but its name. Dropped before it has one, it leaves nothing behind.
#[derive(Debug)]
pub struct UnnamedJournal {
    path: PathBuf,
    // Taken away before the lock is, so that it is nobody else's.
    unfinished: Unfinished,
    lock: Lock,
}

/// A file that is taken away unless it has got its name.
#[derive(Debug)]
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = fs::remove_file(path);
        }
    }
}

impl UnnamedJournal {
    /// As [`Journal::require_locks`].
    pub fn require_locks(&self) -> Result<(), JournalError> {
        require_locks(&self.lock, &self.path)
    }

    /// Gives it its name, which must be free.
    pub fn name(self) -> Result<Journal, JournalError> {
        let Self { path, mut unfinished, lock } = self;
        let failed = |source| JournalError::Create { path: path.clone(), source };
        // A journal that was taken away by hand may have left companions, and the database would take them for
        // the new one's.
        if !path.exists() {
            forget_companions(&path);
        }
        let own = beside(&path, ".new");
        match fs::hard_link(&own, &path) {
            Ok(()) => fs::remove_file(&own).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(JournalError::Exists { path });
            }
            // No hard links here: an empty file claims the name, which a rename alone would take from another run.
            Err(_) => {
                File::create_new(&path).map_err(|source| match source.kind() {
                    io::ErrorKind::AlreadyExists => JournalError::Exists { path: path.clone() },
                    _ => failed(source),
                })?;
                fs::rename(&own, &path).map_err(failed)?;
            }
        }
        unfinished.0 = None;
        sync_folder(&path);
        Journal::of(&path, lock)
    }
}

impl Journal {
    /// Makes a journal that has no name yet: everything that can fail for want of room or rights fails here.
    /// `content` is the input where it cannot be read again.
    pub fn prepare(
        path: &Path,
        new: &NewRun,
        content: Option<&mut dyn Read>,
    ) -> Result<UnnamedJournal, JournalError> {
        let failed = |source| JournalError::Create { path: path.to_owned(), source };
        let unfinished = beside(path, ".new");
        let lock = begin_unfinished(path, &unfinished)?;
        let filled = fill(&unfinished, path, new, content);
        let unnamed =
            UnnamedJournal { path: path.to_owned(), unfinished: Unfinished(Some(unfinished)), lock };
        filled
            .map_err(|error| match error {
                Filling::Input(source) => source,
                Filling::Database(error) => io::Error::other(error),
            })
            .and_then(|()| unnamed.lock.sync())
            .map_err(failed)?;
        Ok(unnamed)
    }

    /// Makes a journal and gives it its name.
    #[cfg(test)]
    pub(crate) fn create(
        path: &Path,
        new: &NewRun,
        content: Option<&mut dyn Read>,
    ) -> Result<Self, JournalError> {
        Self::prepare(path, new, content)?.name()
    }

    /// Opens a journal, and holds it until it is dropped.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let lock = hold(path)?;
        let journal = Self::of(path, lock)?;
        match journal.run.elsewhere(path) {
            Some(original) => Err(JournalError::Copy { path: path.to_owned(), original }),
            None => Ok(journal),
        }
    }

    /// Opens a journal for reading alone; another process may be at work with it.
    pub fn read_only(path: &Path) -> Result<(Run, Replay), JournalError> {
        not_a_link(path)?;
        // Not by opening it here: see Replay::open.
        match path.metadata() {
            Err(_) => return Err(JournalError::Missing { path: path.to_owned() }),
            Ok(metadata) if !metadata.is_file() => {
                return Err(JournalError::Foreign { path: path.to_owned() });
            }
            Ok(_) => {}
        }
        // One that is at work has checked it, and would be held up.
        let is_at_work = is_held(path);
        let run =
            looking(path).map_err(|error| JournalError::of_read(path, &error)).and_then(|connection| {
                if is_at_work { recognise(&connection, path) } else { check(&connection, path) }?;
                read_run(&connection, path)
            })?;
        Ok((run, Replay::open(path)?))
    }

    pub(super) fn of(path: &Path, lock: Lock) -> Result<Self, JournalError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let failed = |error: rusqlite::Error| JournalError::of_read(path, &error);
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        wait_for_others(&mut connection).map_err(failed)?;
        // Before anything is set, which a damaged file may not like.
        let schema = check(&connection, path)?;
        let run = read_run(&connection, path)?;
        let session = session(&connection, schema).map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "PERSIST").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        // The tables of an earlier version are followed once they are the present ones.
        let changes = match schema {
            Schema::One => SumChange::default(),
            Schema::Two => SumChange::follow(&connection).map_err(failed)?,
        };
        Ok(Self { connection, path: path.to_owned(), run, session, changes, rows: RowSums::default(), lock })
    }

    /// What the journal says of the run as a whole.
    pub fn run(&self) -> &Run {
        &self.run
    }

    pub fn counts(&self) -> Result<Counts, JournalError> {
        counts(&self.connection, self.run().rows).map_err(|error| self.failed(&error))
    }

    /// Whether the last command that worked with the journal was killed.
    pub fn was_interrupted(&self) -> Result<bool, JournalError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM session WHERE ended IS NULL AND number = (SELECT max(number) FROM session))";
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|error| self.failed(&error))
    }

    /// A reader of its own, which may be used while the journal is written.
    pub fn replay(&self) -> Result<Replay, JournalError> {
        Replay::open(&self.path)
    }

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

    /// Refused where the file system has no working locks: another run could go on with the journal at the same time.
    pub fn require_locks(&self) -> Result<(), JournalError> {
        require_locks(&self.lock, &self.path)
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::of(&self.path, error)
    }
}

/// What has become of whatever lay where a journal is to be made.
#[derive(Debug)]
pub enum PutAside {
    /// There was nothing.
    Nothing,
    /// It has another name now.
    As(PathBuf),
    /// It stays: the journal of a run that is not finished.
    Unfinished { run: Box<Run>, counts: Counts },
}

/// Gives whatever lies at `path` another name. Refused while a process holds it; and it is held from before it is
/// looked at until it has the other name, so that no run goes on with it meanwhile. `insists`: also an unfinished run,
/// and what is not a journal or is broken.
pub fn put_aside(path: &Path, insists: bool) -> Result<PutAside, JournalError> {
    let lock =
        match Journal::open(path) {
            Ok(mut journal) => {
                let counts = journal.counts()?;
                if !insists && !counts.is_finished() {
                    return Ok(PutAside::Unfinished { run: Box::new(journal.run), counts });
                }
                journal.tidy()?;
                let Journal { connection, lock, .. } = journal;
                drop(connection);
                lock
            }
            Err(JournalError::Missing { .. }) => return Ok(PutAside::Nothing),
            // Not ours, or broken: it is still kept.
            Err(
                JournalError::Foreign { .. } | JournalError::Damaged { .. } | JournalError::Version { .. },
            ) if insists => hold(path)?,
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
    Ok(PutAside::As(aside))
}

fn require_locks(lock: &Lock, path: &Path) -> Result<(), JournalError> {
    match lock.problem() {
        None => Ok(()),
        Some(reason) => Err(JournalError::Unlocked { path: path.to_owned(), reason: reason.to_string() }),
    }
}

fn read_run(connection: &Connection, path: &Path) -> Result<Run, JournalError> {
    Run::read(connection).map_err(|error| JournalError::of_read(path, &error))
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

/// Writes everything that a journal holds at its beginning. Until it has its name nothing relies on it, so
/// nothing is synced on the way.
fn fill(path: &Path, place: &Path, new: &NewRun, content: Option<&mut dyn Read>) -> Result<(), Filling> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    let transaction = connection.transaction()?;
    schema::make(&transaction, new.operation)?;
    new.write(&transaction, &RunId::random(), place)?;
    if let Some(steps) = &new.steps {
        step_sets::keep(&transaction, steps)?;
    }
    if let Some(content) = content {
        let mut part = Vec::with_capacity(PART);
        while content.take(PART as u64).read_to_end(&mut part).map_err(Filling::Input)? > 0 {
            transaction.execute("INSERT INTO input (bytes) VALUES (?)", params![part])?;
            part.clear();
        }
    }
    Seal::begin(&transaction, 0)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}
