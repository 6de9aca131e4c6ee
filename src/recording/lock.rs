//! One run per journal: a lock that the kernel frees when its holder dies, however it dies.

use std::fs::{File, TryLockError};
use std::io;

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

    /// Has the system write everything to the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}
