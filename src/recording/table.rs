//! A table being written, to a file that appears whole or to standard output: a workbook where the file's name says
//! so, and text elsewhere.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use csv::{Writer, WriterBuilder};
use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

use super::atomic::RecordError;
use super::sheet_file::{SheetFile, put_text};
use super::sink::OutputSink;
use crate::reading::{CellType, Dialect};

/// A table being written.
pub enum Table {
    /// Text, with what separates cells.
    Text { path: PathBuf, writer: Box<Writer<Box<dyn OutputSink>>> },
    /// A workbook.
    Workbook(Box<SheetFile>),
}

/// Whether the name of a file says that it is a workbook.
pub fn is_workbook(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
}

impl Table {
    /// Begins it with its header. Text is written in the delimiter and with the byte order mark of `dialect`, and is
    /// always UTF-8.
    pub fn begin<'c>(
        mut file: Box<dyn OutputSink>,
        dialect: &Dialect,
        header: impl Iterator<Item = &'c str>,
    ) -> Result<Self, RecordError> {
        let path = file.path();
        if is_workbook(&path) {
            return Ok(Self::Workbook(Box::new(SheetFile::begin(file, "rows", header)?)));
        }
        if dialect.bom {
            file.write_all("\u{FEFF}".as_bytes())
                .map_err(|source| RecordError::Write { path: path.clone(), source })?;
        }
        let writer = WriterBuilder::new().delimiter(dialect.delimiter).flexible(true).from_writer(file);
        let mut table = Self::Text { path, writer: Box::new(writer) };
        table.write(header)?;
        Ok(table)
    }

    /// Writes a row of texts.
    pub fn write<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), RecordError> {
        self.write_cells(cells.map(|cell| (cell, CellType::Text)))
    }

    /// Writes a row. In a workbook a number stays a number where no digit of it changes, and a date stays a date.
    pub fn write_cells<'c>(
        &mut self,
        cells: impl Iterator<Item = (&'c str, CellType)>,
    ) -> Result<(), RecordError> {
        match self {
            Self::Text { path, writer } => writer
                .write_record(cells.map(|(cell, _)| cell))
                .map_err(|error| RecordError::of_csv(path, error)),
            Self::Workbook(file) => file.write(cells, put),
        }
    }

    /// Ends it: where it is, and the new name of an earlier file.
    pub fn finish(self) -> Result<(PathBuf, Option<PathBuf>), RecordError> {
        let (path, writer) = match self {
            Self::Text { path, writer } => (path, writer),
            Self::Workbook(file) => return file.finish(),
        };
        let failed = |error: csv::IntoInnerError<_>| RecordError::Write {
            path: path.clone(),
            source: io::Error::new(error.error().kind(), error.error().to_string()),
        };
        let earlier = writer.into_inner().map_err(failed)?.finish()?;
        Ok((path, earlier))
    }
}

fn put(sheet: &mut Worksheet, place: (u32, u16), cell: &str, cell_type: CellType) -> Result<(), XlsxError> {
    let (row, column) = place;
    if cell_type == CellType::Number
        && let Some(number) = cell.parse::<f64>().ok().filter(|number| number.to_string() == cell)
    {
        sheet.write_number(row, column, number)?;
    } else if cell_type == CellType::Date
        && let Some((moment, format)) = moment(cell)
    {
        sheet.write_datetime_with_format(row, column, &moment, &Format::new().set_num_format(format))?;
    } else {
        put_text(sheet, place, cell)?;
    }
    Ok(())
}

/// A date as reading writes it, and the format that shows it whole.
fn moment(cell: &str) -> Option<(ExcelDateTime, &'static str)> {
    let moment = ExcelDateTime::parse_from_str(cell).ok()?;
    Some((moment, if cell.len() > 10 { "yyyy\\-mm\\-dd hh:mm:ss" } else { "yyyy\\-mm\\-dd" }))
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

    use super::Table;
    use crate::reading::Dialect;
    use crate::recording::OutputSink;
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
