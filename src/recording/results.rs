//! The results file: the input's columns as they were, and what became of each row. It reads the input on
//! its own, row by row, so that nobody has to keep rows in memory until they are settled.

use std::io::{self, Write};
use std::path::PathBuf;

use csv::{Writer, WriterBuilder};

use super::atomic::{RecordError, Target};
use super::order::InOrder;
use super::row_result::{RESULT_COLUMNS, RowResult, Status};
use super::tally::Tally;
use crate::reading::{Columns, Dialect, ReadError, Records, Row, RowNumber, Source};

/// Where results go.
pub struct ResultsFiles {
    /// All rows.
    pub results: Box<dyn Finish>,
    /// Rows that are not ok, in the input's own columns.
    pub failed: Option<Box<dyn Finish>>,
}

/// A place to write to that is finished at the end.
pub trait Finish: Write + Send {
    /// Ends the writing; the name that an earlier file was given.
    fn finish(self: Box<Self>) -> Result<Option<PathBuf>, RecordError>;
    /// The place, for messages.
    fn path(&self) -> PathBuf;
}

impl Finish for Target {
    fn finish(self: Box<Self>) -> Result<Option<PathBuf>, RecordError> {
        self.commit()
    }

    fn path(&self) -> PathBuf {
        Target::path(self).to_owned()
    }
}

impl Finish for io::Stdout {
    fn finish(mut self: Box<Self>) -> Result<Option<PathBuf>, RecordError> {
        self.flush().map_err(|source| RecordError::Write { path: Finish::path(&*self), source })?;
        Ok(None)
    }

    fn path(&self) -> PathBuf {
        PathBuf::from("-")
    }
}

/// Writes results of rows that come in any order.
pub struct Results {
    results: Sheet,
    failed: Option<Sheet>,
    /// Why there is no file of failed rows any more: the results themselves go on.
    failed_lost: Option<RecordError>,
    order: InOrder,
    records: Records,
    row: Row,
    columns: Vec<usize>,
    width: usize,
    tally: Tally,
    /// Why the input's own columns are missing from here on.
    unreadable: Option<ReadError>,
}

impl Results {
    /// Begins the files with their headers. `columns` are those that the source's header was resolved to.
    pub fn new(files: ResultsFiles, source: &Source, columns: &Columns) -> Result<Self, ResultsError> {
        let (header, records) = source.records()?;
        let own: Vec<usize> = (0..header.len())
            .filter(|column| !columns.old_results.get(*column).copied().unwrap_or(false))
            .collect();
        let names = header.iter().map(String::as_str);
        let kept = own.iter().filter_map(|column| header.get(*column)).map(String::as_str);
        let mut results = Self {
            results: Sheet::begin(files.results, source.dialect(), kept.chain(RESULT_COLUMNS))?,
            failed: files.failed.map(|file| Sheet::begin(file, source.dialect(), names)).transpose()?,
            failed_lost: None,
            order: InOrder::new(),
            records,
            row: Row::default(),
            columns: own,
            width: header.len(),
            tally: Tally::default(),
            unreadable: None,
        };
        results.flush()?;
        Ok(results)
    }

    /// Takes the result of a row in, and writes it and those behind it that have waited for it.
    pub fn put(&mut self, row: RowNumber, result: RowResult) -> Result<(), RecordError> {
        self.order.put(row, result).map_err(RecordError::Overflow)?;
        while let Some(result) = self.order.take().map_err(RecordError::Overflow)? {
            self.write_row(&result)?;
        }
        Ok(())
    }

    /// Hands what is written to the system, so that it survives this program.
    pub fn flush(&mut self) -> Result<(), RecordError> {
        self.results.flush()?;
        let flushed = self.failed.as_mut().map_or(Ok(()), Sheet::flush);
        self.keep_failed(flushed);
        Ok(())
    }

    /// What became of the rows so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    fn keep_failed(&mut self, written: Result<(), RecordError>) {
        if let Err(error) = written {
            self.failed = None;
            self.failed_lost = Some(error);
        }
    }

    /// The results that wait for an earlier row, for when nothing can be written any more.
    pub fn held(&mut self) -> Vec<(RowNumber, RowResult)> {
        self.order.held()
    }

    /// Ends the files. Rows up to `rows` without a result were never sent.
    pub fn finish(mut self, rows: u64) -> Result<Finished, RecordError> {
        while self.order.next().0 < rows {
            let next = self.order.next();
            match self.order.take().map_err(RecordError::Overflow)? {
                Some(result) => self.write_row(&result)?,
                None => self.put(next, RowResult::skipped("the run stopped before this row was sent"))?,
            }
        }
        let (path, earlier) = self.results.finish()?;
        let (failed, failed_lost) = match self.failed.map(Sheet::finish) {
            Some(Ok((path, _))) => (Some(path), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, self.failed_lost),
        };
        Ok(Finished { path, earlier, failed, failed_lost, tally: self.tally, unreadable: self.unreadable })
    }

    fn write_row(&mut self, result: &RowResult) -> Result<(), RecordError> {
        let is_readable = self.read_row();
        self.tally.count(if is_readable { self.row.line() } else { 0 }, result);
        let own = self
            .columns
            .iter()
            .map(|column| if is_readable { self.row.cell(*column).unwrap_or_default() } else { "" });
        let (code, text) = result.error.as_ref().map_or(("", ""), |(code, text)| (code.name(), text));
        let http_status = result.http_status.map(|status| status.to_string()).unwrap_or_default();
        let attempts = result.attempts.to_string();
        let added = [
            result.status.name(),
            result.id.as_deref().unwrap_or_default(),
            code,
            text,
            &http_status,
            &attempts,
        ];
        self.results.write(own.chain(added))?;
        match &mut self.failed {
            Some(failed) if result.status != Status::Ok && is_readable => {
                let padding = (self.row.len()..self.width).map(|_| "");
                let written = failed.write(self.row.cells().chain(padding));
                self.keep_failed(written);
            }
            _ => {}
        }
        Ok(())
    }

    /// The input may have been taken away meanwhile; what became of its rows must still be written.
    fn read_row(&mut self) -> bool {
        if self.unreadable.is_some() {
            return false;
        }
        match self.records.read(&mut self.row) {
            Ok(is_there) => is_there,
            Err(error) => {
                self.unreadable = Some(error);
                false
            }
        }
    }
}

/// The results are written.
#[derive(Debug)]
pub struct Finished {
    /// Where they are.
    pub path: PathBuf,
    /// The new name of an earlier file of that name.
    pub earlier: Option<PathBuf>,
    /// Where the rows are that are not ok.
    pub failed: Option<PathBuf>,
    /// Why the rows that are not ok are in no file of their own although that was wanted.
    pub failed_lost: Option<RecordError>,
    /// Counts over all rows.
    pub tally: Tally,
    /// Why the input's own columns are missing from some row on.
    pub unreadable: Option<ReadError>,
}

/// Results cannot be begun.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The input cannot be read again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The files cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A CSV file being written.
struct Sheet {
    path: PathBuf,
    writer: Writer<Box<dyn Finish>>,
}

impl Sheet {
    fn begin<'c>(
        mut file: Box<dyn Finish>,
        dialect: &Dialect,
        header: impl Iterator<Item = &'c str>,
    ) -> Result<Self, RecordError> {
        let path = file.path();
        if dialect.bom {
            file.write_all("\u{FEFF}".as_bytes())
                .map_err(|source| RecordError::Write { path: path.clone(), source })?;
        }
        let writer = WriterBuilder::new().delimiter(dialect.delimiter).flexible(true).from_writer(file);
        let mut sheet = Self { path, writer };
        sheet.write(header)?;
        Ok(sheet)
    }

    fn write<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), RecordError> {
        self.writer.write_record(cells).map_err(|error| self.failed(error.into()))
    }

    fn flush(&mut self) -> Result<(), RecordError> {
        self.writer.flush().map_err(|source| self.failed(source))
    }

    fn finish(self) -> Result<(PathBuf, Option<PathBuf>), RecordError> {
        let path = self.path;
        let failed = |error: csv::IntoInnerError<_>| RecordError::Write {
            path: path.clone(),
            source: io::Error::new(error.error().kind(), error.error().to_string()),
        };
        let earlier = self.writer.into_inner().map_err(failed)?.finish()?;
        Ok((path, earlier))
    }

    fn failed(&self, source: io::Error) -> RecordError {
        RecordError::Write { path: self.path.clone(), source }
    }
}
