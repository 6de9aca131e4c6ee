//! Files in memory.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::recording::{OutputSink, RecordError};

/// A file in memory, for those who want to read what was written.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("a lock").clone()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.bytes()).expect("UTF-8")
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl OutputSink for Memory {
    fn finish(self: Box<Self>) -> Result<Option<PathBuf>, RecordError> {
        Ok(None)
    }

    fn path(&self) -> PathBuf {
        PathBuf::from("-")
    }
}
