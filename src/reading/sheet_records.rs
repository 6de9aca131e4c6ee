//! The rows of a sheet, kept in a temporary file between passes: the cells that hold anything, each with its type,
//! and with its flaw where it has one.
//!
//! A row is its number in the sheet (four bytes), whether it is hidden (one), and the length of its cells (four). A cell
//! is its column (four bytes), its type (one), its flaw (one), the length of its text (four), and its text. Numbers are
//! little-endian.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;

use super::copy;
use super::error::ReadError;
use super::flaw::{Flaw, FlawKind};
use super::merged::MergedCells;
use super::row::{CellType, Row};
use super::table::HiddenRows;

/// The flaws that a cell of a sheet can have, by the number that stands for them in the file; 0 is none.
const FLAWS: [FlawKind; 9] = [
    FlawKind::ErrorCell,
    FlawKind::LongNumber,
    FlawKind::NotCalculated,
    FlawKind::OtherDigits,
    FlawKind::OtherText,
    FlawKind::PartOfDate,
    FlawKind::NoDate,
    FlawKind::NoNumber,
    FlawKind::Untold,
];

/// Writes the rows of a sheet.
pub(super) struct SheetWriter<W: Write> {
    out: BufWriter<W>,
    cells: Vec<u8>,
}

impl<W: Write> SheetWriter<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: BufWriter::with_capacity(64 << 10, out), cells: Vec::new() }
    }

    /// Adds a cell to the row. Cells come in the order of their columns.
    pub(super) fn put(&mut self, column: u32, text: &str, cell_type: CellType, flaw: Option<FlawKind>) {
        let flaw = flaw.and_then(|flaw| FLAWS.iter().position(|known| *known == flaw));
        let flaw = flaw.map_or(0, |place| u8::try_from(place + 1).unwrap_or(0));
        self.cells.extend(column.to_le_bytes());
        self.cells.extend([cell_type as u8, flaw]);
        self.cells.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.cells.extend(text.as_bytes());
    }

    /// How long the row is so far, in bytes.
    pub(super) fn length(&self) -> usize {
        self.cells.len()
    }

    /// Writes the row with its number in the sheet, counted from 1.
    pub(super) fn end_row(&mut self, row: u32, is_hidden: bool) -> io::Result<()> {
        let length = u32::try_from(self.cells.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.out.write_all(&row.to_le_bytes())?;
        self.out.write_all(&[u8::from(is_hidden)])?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&self.cells)?;
        self.cells.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A pass over the rows of a sheet.
pub(super) struct SheetRecords {
    file: BufReader<copy::Reader>,
    name: String,
    cells: Vec<u8>,
    hidden: Option<HiddenRows>,
    /// By their first rows.
    merged: Arc<[MergedCells]>,
    /// Those of them that begin below the rows read so far.
    next_merged: usize,
    /// Those that reach the row that is being read.
    open_merged: Vec<MergedCells>,
    /// A sheet has no short rows: what is missing at the end is empty.
    width: usize,
}

impl SheetRecords {
    /// Starts at the first row. The name is for messages.
    pub(super) fn new(
        file: copy::Reader,
        name: String,
        hidden: Option<HiddenRows>,
        merged: Arc<[MergedCells]>,
    ) -> Self {
        Self {
            file: BufReader::with_capacity(64 << 10, file),
            name,
            cells: Vec::new(),
            hidden,
            merged,
            next_merged: 0,
            open_merged: Vec::new(),
            width: 0,
        }
    }

    /// Rows have so many cells from here on.
    pub(super) fn pad_to(&mut self, width: usize) {
        self.width = width;
    }

    /// Reads the next row, which may be empty; false at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        self.next(row).map_err(|source| ReadError::Read { name: self.name.clone(), source })
    }

    fn next(&mut self, row: &mut Row) -> io::Result<bool> {
        loop {
            let mut head = [0; 9];
            if self.file.read(&mut head[..1])? == 0 {
                return Ok(false);
            }
            self.file.read_exact(&mut head[1..])?;
            let (number, rest) = number(&head)?;
            let [is_hidden, length @ ..] = rest else { return Err(io::ErrorKind::InvalidData.into()) };
            let length = self::number(length)?.0 as usize;
            self.cells.resize(length, 0);
            self.file.read_exact(&mut self.cells)?;
            let is_hidden = *is_hidden != 0;
            if is_hidden && self.hidden == Some(HiddenRows::Skip) {
                continue;
            }
            row.line = u64::from(number);
            row.cells.clear();
            if is_hidden && self.hidden.is_none() {
                row.flaws.push(Flaw { column: None, kind: FlawKind::HiddenRow });
            }
            self.push_cells(row)?;
            self.push_merged(number, row);
            return Ok(true);
        }
    }

    fn push_cells(&self, row: &mut Row) -> io::Result<()> {
        let mut rest = self.cells.as_slice();
        while !rest.is_empty() {
            let (column, after) = number(rest)?;
            let [cell_type, flaw, after @ ..] = after else { return Err(io::ErrorKind::InvalidData.into()) };
            let (length, after) = number(after)?;
            let (text, after) = after.split_at_checked(length as usize).ok_or(io::ErrorKind::InvalidData)?;
            rest = after;
            let column = column as usize;
            fill(row, column);
            row.types.push(CellType::ALL.into_iter().find(|t| *t as u8 == *cell_type).unwrap_or_default());
            let flaw = usize::from(*flaw).checked_sub(1).and_then(|place| FLAWS.get(place));
            row.flaws.extend(flaw.map(|kind| Flaw { column: Some(column), kind: *kind }));
            row.cells.push(std::str::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData)?);
        }
        fill(row, self.width);
        Ok(())
    }

    /// Of merged cells a spreadsheet shows the first value for all of them, and stores it once.
    fn push_merged(&mut self, number: u32, row: &mut Row) {
        while let Some(cells) = self.merged.get(self.next_merged).filter(|cells| cells.rows.0 <= number) {
            self.open_merged.push(*cells);
            self.next_merged += 1;
        }
        if self.open_merged.is_empty() {
            return;
        }
        self.open_merged.retain(|cells| cells.rows.1 >= number);
        for cells in &self.open_merged {
            // The first cell of a merged row is what it seems to be; the first of merged rows stands for others.
            let first = if cells.rows.0 == cells.rows.1 { cells.columns.0 + 1 } else { cells.columns.0 };
            let last = cells.columns.1.min(u32::try_from(self.width).unwrap_or(u32::MAX));
            row.flaws.extend(
                (first..=last)
                    .map(|column| Flaw { column: Some(column as usize), kind: FlawKind::MergedCells }),
            );
        }
    }
}

/// Adds empty cells up to this column.
fn fill(row: &mut Row, column: usize) {
    while row.cells.len() < column {
        row.types.push(CellType::Text);
        row.cells.push("");
    }
}

fn number(bytes: &[u8]) -> io::Result<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk().ok_or(io::ErrorKind::InvalidData)?;
    Ok((u32::from_le_bytes(*number), rest))
}
