//! A pass over the rows of a text file.

use std::io::Read;

use memchr::memchr;

use super::error::ReadError;
use super::flaw::{Flaw, FlawKind};
use super::lines::{LineError, Lines, ROW_LIMIT_MIB};
use super::quotes::{CellSpan, QuoteSplitter, RowEnd};
use super::row::Row;

/// Reads the rows of a text, one by one.
pub(super) struct TextRecords {
    lines: Lines<Box<dyn Read + Send>>,
    name: String,
    delimiter: u8,
    /// The number of lines before the next row.
    above: u64,
    splitter: QuoteSplitter,
    unescaped: Vec<u8>,
    width: Width,
    /// The line of a row with a stray quotation mark; what follows it may be a part of that row.
    stray: Option<u64>,
}

/// How many cells a row may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Width {
    /// The cells of the header; 0 until it is read.
    header: usize,
    /// So many empty cells are in every row after those of the header.
    surplus: usize,
}

impl TextRecords {
    /// Starts at the beginning of a text in UTF-8, of which bytes may be damaged. The name is for messages.
    pub(super) fn new(text: Box<dyn Read + Send>, delimiter: u8, old_mac: bool, name: String) -> Self {
        Self {
            lines: Lines::new(text, old_mac),
            name,
            delimiter,
            above: 0,
            splitter: QuoteSplitter::new(delimiter),
            unescaped: Vec::new(),
            width: Width { header: 0, surplus: 0 },
            stray: None,
        }
    }

    /// From here on rows have as many cells as the header, and so many empty ones after them.
    pub(super) fn expect_width(&mut self, header: usize, surplus: usize) {
        self.width = Width { header, surplus };
    }

    /// Reads the next row, which may be empty; false at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        let begins = self.above + 1;
        let is_there = self.lines.begin();
        if !is_there.map_err(|error| self.stopped(error, begins))? {
            return Ok(false);
        }
        self.above = begins;
        row.line = begins;
        row.cells.clear();
        let line = self.lines.text();
        if memchr(b'"', line).is_none() {
            split_plain(line.strip_suffix(b"\r").unwrap_or(line), self.delimiter, row);
            if self.stray.is_some() {
                self.check_after_stray(row, false);
            }
        } else {
            self.split_quoted(row)?;
        }
        if row.len() > self.width.header + self.width.surplus && self.width.header > 0 {
            self.check_surplus(row);
        }
        Ok(true)
    }

    fn split_quoted(&mut self, row: &mut Row) -> Result<(), ReadError> {
        self.splitter.begin();
        while self.splitter.split(self.lines.text(), self.above) == RowEnd::Below {
            let is_there = self.lines.extend();
            if !is_there.map_err(|error| self.stopped(error, row.line))? {
                self.splitter.end_open(self.lines.text(), self.above);
                break;
            }
            self.above += 1;
        }
        let text = self.lines.text();
        let valid = simdutf8::basic::from_utf8(text).ok();
        for (column, span) in self.splitter.cells().iter().enumerate() {
            match valid.and_then(|valid| valid.get(span.start..span.end)) {
                Some(cell) if !span.has_doubled => row.cells.push(cell),
                _ => push(cell(text, *span, &mut self.unescaped), column, row),
            }
        }
        let flaw = self.splitter.flaw(text, self.width.header);
        row.flaws.extend(flaw.map(|kind| Flaw { column: None, kind }));
        if flaw.is_some_and(FlawKind::breaks_rows) {
            self.stray = Some(self.above);
        } else if self.stray.is_some() {
            self.check_after_stray(row, self.splitter.has_unpaired());
        }
        Ok(())
    }

    /// Rows after a stray mark are trusted again from the first one that looks whole.
    fn check_after_stray(&mut self, row: &mut Row, has_unpaired: bool) {
        let is_whole = self.width.header == 0
            || row.len() == self.width.header + self.width.surplus
            || row.len() == self.width.header;
        match self.stray {
            Some(line) if has_unpaired || !is_whole => {
                row.flaws.push(Flaw { column: None, kind: FlawKind::AfterStrayQuote { line } });
            }
            _ => self.stray = None,
        }
    }

    /// A surplus cell shifts those after it, so it is refused even if it is empty.
    fn check_surplus(&self, row: &mut Row) {
        let Width { header, surplus } = self.width;
        let is_empty = |cell: &str| cell.trim().is_empty();
        if row.flaws.is_empty() && row.cells().skip(header).all(is_empty) && !row.is_empty() {
            let kind = FlawKind::EmptySurplus { cells: row.len(), columns: header + surplus };
            row.flaws.push(Flaw { column: None, kind });
        }
    }

    fn stopped(&self, error: LineError, line: u64) -> ReadError {
        let name = self.name.clone();
        match error {
            LineError::HugeRow => ReadError::HugeRow { name, line, limit: ROW_LIMIT_MIB },
            LineError::Read(source) => ReadError::Read { name, source },
        }
    }
}

/// Splits a line without quotation marks.
fn split_plain(line: &[u8], delimiter: u8, row: &mut Row) {
    if let Ok(text) = simdutf8::basic::from_utf8(line) {
        row.cells.push_line(text, delimiter);
    } else {
        line.split(|b| *b == delimiter).enumerate().for_each(|(column, cell)| push(cell, column, row));
    }
}

/// The bytes of a cell, with doubled marks made single.
fn cell<'c>(row: &'c [u8], span: CellSpan, unescaped: &'c mut Vec<u8>) -> &'c [u8] {
    let raw = &row[span.start..span.end];
    if !span.has_doubled {
        return raw;
    }
    unescaped.clear();
    let mut start = 0;
    while let Some(place) = memchr(b'"', &raw[start..]) {
        unescaped.extend_from_slice(&raw[start..=start + place]);
        start = (start + place + 2).min(raw.len());
    }
    unescaped.extend_from_slice(&raw[start..]);
    unescaped
}

/// Adds a cell; a damaged byte in it is a flaw.
fn push(cell: &[u8], column: usize, row: &mut Row) {
    if let Ok(text) = std::str::from_utf8(cell) {
        row.cells.push(text);
        return;
    }
    let (mut text, mut damaged) = (String::with_capacity(cell.len()), None);
    for chunk in cell.utf8_chunks() {
        text.push_str(chunk.valid());
        if let [byte, ..] = chunk.invalid() {
            let character = text.chars().count() + 1;
            damaged.get_or_insert(FlawKind::DamagedByte { byte: *byte, character });
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    row.cells.push(&text);
    row.flaws.extend(damaged.map(|kind| Flaw { column: Some(column), kind }));
}
