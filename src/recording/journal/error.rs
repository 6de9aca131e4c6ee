//! What can be wrong with a journal.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::shell::quoted;

/// A journal cannot be created, opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(
        "cannot make the journal {}: {source}. Free some space, or choose another place with --journal FILE", path.display()
    )]
    Create { path: PathBuf, source: io::Error },
    #[error(
        "there is no journal {}; `import` makes one beside its results, and prints its name when it stops; an export removes its own once its output is complete", path.display()
    )]
    Missing { path: PathBuf },
    /// A file that is not a journal, and beside which there is none of a run with it.
    #[error(
        "{} is not a journal, and there is no journal of a run with it in its folder; `userside-bulk status FOLDER` lists the runs in a folder", path.display()
    )]
    NoRun { path: PathBuf },
    #[error("cannot open the journal {}: {source}", path.display())]
    Open { path: PathBuf, source: io::Error },
    /// The file is something else.
    #[error("{} is not a userside-bulk journal; give the journal's path, or choose another place for one with --journal FILE", path.display())]
    Foreign { path: PathBuf },
    /// Another version of the program made it.
    #[error(
        "the journal {} has version {found}, and this program knows version {known}; use the version of userside-bulk that made it ({program})", path.display()
    )]
    Version {
        path: PathBuf,
        found: i64,
        /// The version that this program knows.
        known: i64,
        /// Who made it, as far as it can be read.
        program: String,
    },
    /// It is that of an export, where that of an import is wanted.
    #[error("{} is the journal of an export; only `userside-bulk resume` accepts it", path.display())]
    OfExport { path: PathBuf },
    /// It is that of an import, where that of an export is wanted.
    #[error(
        "{} is the journal of an import; choose another place for the export's journal with --journal FILE", path.display()
    )]
    OfImport { path: PathBuf },
    /// That of an export is broken.
    #[error(
        "the journal of the export, {}, is damaged: {reason}. Start the export again; nothing but time is lost", path.display()
    )]
    DamagedExport { path: PathBuf, reason: String },
    #[error(
        "the journal {} is damaged: {reason}. Restore it from a backup; without it there is no way to know which rows were sent", path.display()
    )]
    Damaged { path: PathBuf, reason: String },
    /// Another session has begun since this one did.
    #[error(
        "another program has begun to work with the journal {}, so this one has stopped; it sent nothing more. Let the other one end; then `userside-bulk resume {}` finds out what became of the rows",
        path.display(), quoted(path)
    )]
    Overtaken { path: PathBuf },
    /// The file system has no locks.
    #[error(
        "the file system of the journal {} has no working locks ({reason}), so two runs could send the same rows at once. Keep the journal on a local disk: --journal FILE; one that is there already may be moved to one",
        path.display()
    )]
    Unlocked { path: PathBuf, reason: String },
    /// A process is at work with it.
    #[error("another run is using the journal {}; let it finish, or stop it with Ctrl-C", path.display())]
    Busy { path: PathBuf },
    /// It is a copy of one that is still there.
    #[error(
        "{} is a copy of the journal {}, which is still there; continue with that one: using both would do everything twice", path.display(), original.display()
    )]
    Copy {
        path: PathBuf,
        /// The journal of the same run.
        original: PathBuf,
    },
    /// A link leads to it, or to anything else.
    #[error(
        "the journal {} is a link to {}, and a journal is not looked for behind links; name the file itself, or choose another place with --journal FILE",
        path.display(), target.display()
    )]
    Link { path: PathBuf, target: PathBuf },
    /// There is one already.
    #[error("the journal {} has just been created by another run", path.display())]
    Exists { path: PathBuf },
    #[error("cannot write the journal {}: {reason}", path.display())]
    Write { path: PathBuf, reason: String },
    /// Another program reads it, or has it locked, for too long.
    #[error(
        "another program keeps the journal {} locked, such as one with an open query or a backup; close it, then go on", path.display()
    )]
    Locked { path: PathBuf },
    /// It cannot be moved out of the way.
    #[error("cannot rename the journal {}: {source}", path.display())]
    Aside { path: PathBuf, source: io::Error },
}

impl JournalError {
    /// What an error of the database means.
    pub(in crate::recording) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let reason = match error {
            rusqlite::Error::SqliteFailure(failure, Some(text)) if text.is_empty() => failure.to_string(),
            other => other.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Foreign { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, reason },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(_) => Self::Write { path, reason },
            // A column that does not hold what it should.
            None => Self::Damaged { path, reason },
        }
    }

    /// The same, where nothing was written: what cannot be read for no passing reason is damaged.
    pub(in crate::recording) fn of_read(path: &Path, error: &rusqlite::Error) -> Self {
        let passing = [
            ErrorCode::CannotOpen,
            ErrorCode::PermissionDenied,
            ErrorCode::OutOfMemory,
            ErrorCode::ReadOnly,
            ErrorCode::DiskFull,
        ];
        match Self::of(path, error) {
            Self::Write { path, reason }
                if error.sqlite_error_code().is_some_and(|code| !passing.contains(&code)) =>
            {
                Self::Damaged { path, reason }
            }
            other => other,
        }
    }
}
