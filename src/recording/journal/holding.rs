//! Who holds a journal's file: one process at a time, from before it has its name until the process ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::error::JournalError;
use crate::recording::atomic::beside;
use crate::recording::lock::Lock;

/// What a database may leave beside its file.
pub(in crate::recording) fn forget_companions(path: &Path) {
    for suffix in ["-journal", "-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, suffix));
    }
}

/// Takes the file at `path`, which must be there.
pub(in crate::recording) fn hold(path: &Path) -> Result<Lock, JournalError> {
    not_a_link(path)?;
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

/// Refuses a name that is a link: what it leads to is somebody else's, or changes under the run's feet.
pub(in crate::recording) fn not_a_link(path: &Path) -> Result<(), JournalError> {
    match path.read_link() {
        Ok(target) => Err(JournalError::Link { path: path.to_owned(), target }),
        Err(_) => Ok(()),
    }
}

/// Whether a process is at work with the file at `path`. The lock is taken for as long as it takes to see that it can
/// be. Not to be asked while this process has the file open as a database.
pub(in crate::recording) fn is_held(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Makes the unfinished file of a new journal, and holds it. What a killed run left there knows nothing: it was
/// killed before it sent anything. Only the name is taken from it, never the content: it may be the other name of
/// a journal that has come into being.
pub(in crate::recording) fn begin_unfinished(path: &Path, unfinished: &Path) -> Result<Lock, JournalError> {
    not_a_link(unfinished)?;
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

/// A new file that is its owner's alone.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
