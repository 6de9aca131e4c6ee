//! The rows of a sheet, kept in a temporary file between passes: each cell with its type, and with its flaw where
//! it has one.
//!
//! A row is its number in the sheet and its number of cells, each as four bytes; a cell is one byte for its type, one
//! for its flaw, four for its length, and its text. Numbers are little-endian.

use std::io::{self, BufReader, BufWriter, Read, Write};

use super::copy;
use super::error::ReadError;
use super::flaw::{Flaw, FlawKind};
use super::row::{CellType, Row};

/// A cell as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SheetCell {
    pub(super) text: String,
    pub(super) cell_type: CellType,
    pub(super) flaw: Option<FlawKind>,
}

/// The flaws that a cell of a sheet can have, by the number that stands for them in the file; 0 is none.
const FLAWS: [FlawKind; 2] = [FlawKind::ErrorCell, FlawKind::LongNumber];

/// Writes the rows of a sheet.
pub(super) struct SheetWriter<W: Write> {
    out: BufWriter<W>,
}

impl<W: Write> SheetWriter<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: BufWriter::new(out) }
    }

    /// Writes a row with its number in the sheet, counted from 1.
    pub(super) fn write(&mut self, row: u32, cells: &[SheetCell]) -> io::Result<()> {
        self.number(row)?;
        self.length(cells.len())?;
        for cell in cells {
            let flaw = cell.flaw.and_then(|flaw| FLAWS.iter().position(|known| *known == flaw));
            let flaw = flaw.map_or(0, |place| u8::try_from(place + 1).unwrap_or(0));
            self.out.write_all(&[cell.cell_type as u8, flaw])?;
            self.length(cell.text.len())?;
            self.out.write_all(cell.text.as_bytes())?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn length(&mut self, length: usize) -> io::Result<()> {
        self.number(u32::try_from(length).map_err(|_| io::ErrorKind::InvalidInput)?)
    }

    fn number(&mut self, number: u32) -> io::Result<()> {
        self.out.write_all(&number.to_le_bytes())
    }
}

/// A pass over the rows of a sheet.
pub(super) struct SheetRecords {
    file: BufReader<copy::Reader>,
    name: String,
    text: Vec<u8>,
}

impl SheetRecords {
    /// Starts at the first row. The name is for messages.
    pub(super) fn new(file: copy::Reader, name: String) -> Self {
        Self { file: BufReader::with_capacity(64 << 10, file), name, text: Vec::new() }
    }

    /// Reads the next row, which may be empty; false at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        self.next(row).map_err(|source| ReadError::Read { name: self.name.clone(), source })
    }

    fn next(&mut self, row: &mut Row) -> io::Result<bool> {
        let mut first = [0];
        if self.file.read(&mut first)? == 0 {
            return Ok(false);
        }
        let mut rest = [0; 3];
        self.file.read_exact(&mut rest)?;
        row.line = u64::from(u32::from_le_bytes([first[0], rest[0], rest[1], rest[2]]));
        row.record.clear();
        for column in 0..self.number()? as usize {
            let mut head = [0; 2];
            self.file.read_exact(&mut head)?;
            row.types.push(CellType::ALL.into_iter().find(|t| *t as u8 == head[0]).unwrap_or_default());
            let flaw = usize::from(head[1]).checked_sub(1).and_then(|place| FLAWS.get(place));
            row.flaws.extend(flaw.map(|kind| Flaw { column: Some(column), kind: *kind }));
            let length = self.number()? as usize;
            self.text.resize(length, 0);
            self.file.read_exact(&mut self.text)?;
            let text = std::str::from_utf8(&self.text).map_err(|_| io::ErrorKind::InvalidData)?;
            row.record.push_field(text);
        }
        Ok(true)
    }

    fn number(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
}
