//! A CSV file being written, to a file that appears whole or to standard output.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use csv::{Writer, WriterBuilder};

use super::atomic::{AtomicFile, RecordError};
use crate::reading::Dialect;

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

pub struct Table {
    path: PathBuf,
    writer: Writer<Box<dyn OutputSink>>,
}

impl Table {
    /// Begins it with its header, in the delimiter and with the byte order mark of `dialect`; always UTF-8.
    pub fn begin<'c>(
        mut file: Box<dyn OutputSink>,
        dialect: &Dialect,
        header: impl Iterator<Item = &'c str>,
    ) -> Result<Self, RecordError> {
        let path = file.path();
        if dialect.bom {
            file.write_all("\u{FEFF}".as_bytes())
                .map_err(|source| RecordError::Write { path: path.clone(), source })?;
        }
        let writer = WriterBuilder::new().delimiter(dialect.delimiter).flexible(true).from_writer(file);
        let mut table = Self { path, writer };
        table.write(header)?;
        Ok(table)
    }

    pub fn write<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), RecordError> {
        self.writer.write_record(cells).map_err(|error| RecordError::of_csv(&self.path, error))
    }

    /// Ends it: where it is, and the new name of an earlier file.
    pub fn finish(self) -> Result<(PathBuf, Option<PathBuf>), RecordError> {
        let path = self.path;
        let failed = |error: csv::IntoInnerError<_>| RecordError::Write {
            path: path.clone(),
            source: io::Error::new(error.error().kind(), error.error().to_string()),
        };
        let earlier = self.writer.into_inner().map_err(failed)?.finish()?;
        Ok((path, earlier))
    }
}

impl RecordError {
    /// What kept a row from being written, as the system said it: a closed pipe is told from a full disk.
    pub fn of_csv(path: &Path, error: csv::Error) -> Self {
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            other => io::Error::other(format!("{other:?}")),
        };
        Self::Write { path: path.to_owned(), source }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::path::PathBuf;

    use super::{OutputSink, Table};
    use crate::reading::Dialect;
    use crate::recording::RecordError;

    /// A pipe that is no longer read.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl OutputSink for Closed {
        fn finish(self: Box<Self>) -> Result<Option<PathBuf>, RecordError> {
            Ok(None)
        }

        fn path(&self) -> PathBuf {
            PathBuf::from("-")
        }
    }

    #[test]
    fn a_closed_pipe_is_told_from_a_full_disk() {
        let is_closed = |error: &RecordError| matches!(error, RecordError::Write { source, .. } if source.kind() == io::ErrorKind::BrokenPipe);
        let begin =
            || Table::begin(Box::new(Closed), &Dialect::OWN, ["a"].into_iter()).expect("it is buffered");
        // Longer than what is kept back.
        let cell = "x".repeat(1 << 20);
        assert!(begin().write([cell.as_str()].into_iter()).is_err_and(|error| is_closed(&error)));
        assert!(begin().finish().is_err_and(|error| is_closed(&error)));
    }
}
