//! Where an output goes: a file that appears whole, or standard output.

use std::path::{Path, PathBuf};

use super::atomic::{AtomicFile, RecordError};
use super::sheet_file::SHEET_ROWS;
use super::sink::OutputSink;
use super::spool::Spool;
use super::table::is_workbook;

/// A file, or standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputTarget {
    /// `-`.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl OutputTarget {
    /// The file; none for standard output.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) => Some(path),
        }
    }

    /// Refuses more rows than a workbook holds, where it is one.
    pub fn has_room_for(&self, rows: u64) -> Result<(), RecordError> {
        match self {
            Self::File(path) if is_workbook(path) && rows > SHEET_ROWS => {
                Err(RecordError::SheetFull { path: path.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Takes the place, so that nobody else writes there. A file that was there before is kept under another name.
    pub fn begin(&self) -> Result<Box<dyn OutputSink>, RecordError> {
        Ok(match self {
            Self::Stdout => Box::new(std::io::stdout()),
            Self::File(path) => Box::new(AtomicFile::create(path)?),
        })
    }

    /// The same for an output that can be made again: a file replaces an earlier one; standard output gets everything
    /// at the end or nothing, so that a slow reader keeps no answer waiting.
    pub fn begin_anew(&self) -> Result<Box<dyn OutputSink>, RecordError> {
        Ok(match self {
            Self::Stdout => Box::new(Spool::before(Box::new(std::io::stdout()))?),
            Self::File(path) => Box::new(AtomicFile::replacing(path)?),
        })
    }
}
