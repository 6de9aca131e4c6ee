//! One run per journal: a lock that the kernel frees when its holder dies, however it dies.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Holds a file as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

/// Somebody else holds the file.
#[derive(Debug)]
pub(super) struct Held;

impl Lock {
    /// Takes the file, without waiting.
    pub(super) fn take(file: File) -> Result<Self, Held> {
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(Held),
            // Some file systems have no locks; a run that cannot be locked is still a run.
            Err(TryLockError::Error(_)) => Ok(Self { file }),
        }
    }

    /// Whether the file that is held is the one that is found under this name: another process may have put
    /// another one in its place between opening and locking.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        is_at(&self.file, path)
    }

    /// Has the system write everything to the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Whether an open file is the one that is found under this name.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.metadata()) {
        (Ok(held), Ok(found)) => is_same(&held, &found),
        _ => false,
    }
}

#[cfg(unix)]
fn is_same(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Where files have no numbers, a name that was taken away while it was held cannot be told.
#[cfg(not(unix))]
fn is_same(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    true
}
