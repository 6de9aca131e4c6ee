//! A place that cannot take anything back, such as standard output, made one that gets everything or nothing.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::PathBuf;

use super::atomic::RecordError;
use super::sink::OutputSink;

/// Keeps what is written in a file without a name, and hands it on when it is finished. Dropped before, it hands
/// on nothing.
pub struct Spool {
    kept: BufWriter<File>,
    place: Box<dyn OutputSink>,
}

impl Spool {
    /// A spool before a place.
    pub fn before(place: Box<dyn OutputSink>) -> Result<Self, RecordError> {
        let folder = || PathBuf::from("into the folder for temporary files");
        let kept = tempfile::tempfile().map_err(|source| RecordError::Write { path: folder(), source })?;
        Ok(Self { kept: BufWriter::new(kept), place })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.kept.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.kept.flush()
    }
}

impl OutputSink for Spool {
    fn finish(mut self: Box<Self>) -> Result<Option<PathBuf>, RecordError> {
        let path = self.place.path();
        let failed = |source| RecordError::Write { path: path.clone(), source };
        let mut kept = self.kept.into_inner().map_err(|error| failed(error.into_error()))?;
        kept.rewind().map_err(failed)?;
        io::copy(&mut BufReader::new(kept), &mut self.place).map_err(failed)?;
        self.place.finish()
    }

    fn path(&self) -> PathBuf {
        self.place.path()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::Path;

    use super::{OutputSink, Spool};
    use crate::recording::AtomicFile;

    fn spool(path: &Path) -> Box<Spool> {
        let target = AtomicFile::replacing(path).expect("a file");
        Box::new(Spool::before(Box::new(target)).expect("a spool"))
    }

    #[test]
    fn what_is_not_finished_leads_nowhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out");
        let mut dropped = spool(&path);
        dropped.write_all(b"half").expect("written");
        drop(dropped);
        assert!(!path.exists());
        let mut whole = spool(&path);
        whole.write_all(b"whole").expect("written");
        whole.finish().expect("finished");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "whole");
    }
}
