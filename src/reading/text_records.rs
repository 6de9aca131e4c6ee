//! A pass over the rows of a text file.

use std::io::{self, Read};

use super::error::ReadError;
use super::guard::{Guard, GuardError, ROW_LIMIT_MIB, SENTINEL, SWALLOWED, SinceRow};
use super::row::Row;

/// Reads the rows of a text, one by one.
pub(super) struct TextRecords {
    reader: csv::Reader<Guard<Box<dyn Read + Send>>>,
    since: SinceRow,
    name: String,
}

impl TextRecords {
    /// Starts at the beginning of a decoded text. The name is for messages.
    pub(super) fn new(decoded: Box<dyn Read + Send>, delimiter: u8, old_mac: bool, name: String) -> Self {
        let since = SinceRow::default();
        let guard = Guard::new(decoded, since.clone(), old_mac);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(64 << 10)
            .from_reader(guard);
        Self { reader, since, name }
    }

    /// Reads the next row, which may be empty; false at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        if !self.reader.read_record(&mut row.record).map_err(|error| self.stopped(error))? {
            return Ok(false);
        }
        self.since.reset();
        let breaks = line_breaks(row.record.as_slice().as_bytes());
        // The parser knows the line after the row; where the row began follows from its length.
        row.line = self.reader.position().line().saturating_sub(1 + breaks);
        if row.record.len() == 1 && row.record.get(0) == Some(SENTINEL) {
            return Ok(false);
        }
        if row.record.as_slice().ends_with(SWALLOWED) {
            // Such a row ends where the input ends, not at a line end.
            return Err(ReadError::UnclosedQuote { name: self.name.clone(), line: row.line + 1 });
        }
        Ok(true)
    }

    fn stopped(&self, error: csv::Error) -> ReadError {
        let name = self.name.clone();
        let line = self.reader.position().line();
        let source = match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        };
        match source.get_ref().and_then(|inner| inner.downcast_ref::<GuardError>()) {
            Some(GuardError::HugeRow) => ReadError::HugeRow { name, line, limit: ROW_LIMIT_MIB },
            None => ReadError::Read { name, source },
        }
    }
}

/// Few rows contain any, and finding that out is much cheaper than counting.
fn line_breaks(row: &[u8]) -> u64 {
    if row.contains(&b'\n') { row.iter().filter(|b| **b == b'\n').count() as u64 } else { 0 }
}
