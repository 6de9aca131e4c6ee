//! One run per journal: a lock that the kernel frees when its holder dies, however it dies.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// For so long a file that is held is tried again: a process that was killed a moment ago is still being cleared away,
/// and one that only looks, as `status` does, lets go at once.
const WAIT: Duration = Duration::from_millis(500);
/// The time between two tries.
pub(super) const STEP: Duration = Duration::from_millis(10);

/// Holds a file as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    /// Why nobody else is kept away: some file systems have no locks.
    problem: Option<io::Error>,
}

/// Somebody else holds the file.
#[derive(Debug)]
pub struct Held;

/// Holds an input as long as it lives.
#[derive(Debug)]
pub struct HeldInput {
    _lock: Lock,
}

/// Holds an input, so that of two runs that must not send its rows twice one waits for the other. None where that cannot
/// be done: what is not a file, and a file system without locks. Where a lock keeps others from reading as well, there
/// is none either.
pub fn hold_input(path: &Path) -> Result<Option<HeldInput>, Held> {
    if !cfg!(unix) || !path.is_file() {
        return Ok(None);
    }
    let Ok(file) = File::open(path) else { return Ok(None) };
    Lock::take(file).map(|lock| Some(HeldInput { _lock: lock }))
}

impl Lock {
    /// Takes the file; half a second is the longest wait.
    pub(super) fn take(file: File) -> Result<Self, Held> {
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Err(TryLockError::WouldBlock) if began.elapsed() < WAIT => std::thread::sleep(STEP),
                Err(TryLockError::WouldBlock) => return Err(Held),
                Ok(()) => return Ok(Self { file, problem: None }),
                // To look at a file, or to send what may be sent twice, takes no lock.
                Err(TryLockError::Error(error)) => return Ok(Self { file, problem: Some(error) }),
            }
        }
    }

    /// As on a file system without locks.
    #[cfg(test)]
    pub(super) fn without_locks(file: File) -> Self {
        Self { file, problem: Some(io::ErrorKind::Unsupported.into()) }
    }

    /// Why the lock keeps nobody away; none where it does.
    pub(super) const fn problem(&self) -> Option<&io::Error> {
        self.problem.as_ref()
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::Lock;

    /// A holder that lets go soon is waited for; one that does not is an error.
    #[test]
    fn a_file_that_is_let_go_of_soon_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        let open = || std::fs::File::options().create(true).append(true).open(&path).expect("a file");
        let held = Lock::take(open()).expect("nobody holds it");
        assert!(Lock::take(open()).is_err());
        let (begin, begun) = channel();
        let file = open();
        let taking = std::thread::spawn(move || {
            begin.send(()).expect("somebody listens");
            Lock::take(file).is_ok()
        });
        begun.recv().expect("it begins");
        drop(held);
        assert!(taking.join().expect("no panic"));
    }
}
