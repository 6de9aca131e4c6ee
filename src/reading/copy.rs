//! The input as it was when it was opened: a private copy in a temporary file without a name. Every pass
//! reads the same bytes, whatever happens to the original meanwhile, and the system removes the copy.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of an input.
#[derive(Debug, Clone)]
pub(super) struct PrivateCopy {
    file: Arc<Mutex<File>>,
}

impl PrivateCopy {
    /// A copy that was written to this file.
    pub(super) fn of_file(file: File) -> Self {
        Self { file: Arc::new(Mutex::new(file)) }
    }

    /// A reader that starts at the first byte, independent of all others.
    pub(super) fn reader(&self) -> Reader {
        Reader { file: Arc::clone(&self.file), position: 0 }
    }
}

/// Reads a copy. Readers share one open file, so each keeps its own place.
#[derive(Debug)]
pub(super) struct Reader {
    file: Arc<Mutex<File>>,
    position: u64,
}

impl Reader {
    /// Passes over so many bytes.
    pub(super) fn skip(&mut self, bytes: u64) {
        self.position += bytes;
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.position))?;
        let count = file.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(place) => place,
            SeekFrom::Current(by) => {
                self.position.checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput)?
            }
            SeekFrom::End(_) => {
                let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(to)?
            }
        };
        Ok(self.position)
    }
}
