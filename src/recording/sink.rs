//! A place that something is written to: a file that appears whole, or standard output.

use std::io::{self, Write};
use std::path::PathBuf;

use super::atomic::{AtomicFile, RecordError};

/// A place to write to that is finished at the end.
pub trait OutputSink: Write + Send {
    /// Ends the writing; the name that an earlier file was given.
    fn finish(self: Box<Self>) -> Result<Option<PathBuf>, RecordError>;
    /// The place, for messages.
    fn path(&self) -> PathBuf;
}

impl OutputSink for AtomicFile {
    fn finish(self: Box<Self>) -> Result<Option<PathBuf>, RecordError> {
        self.commit()
    }

    fn path(&self) -> PathBuf {
        AtomicFile::path(self).to_owned()
    }
}

impl OutputSink for io::Stdout {
    fn finish(mut self: Box<Self>) -> Result<Option<PathBuf>, RecordError> {
        self.flush().map_err(|source| RecordError::Write { path: OutputSink::path(&*self), source })?;
        Ok(None)
    }

    fn path(&self) -> PathBuf {
        PathBuf::from("-")
    }
}
