//! One row of the input.

use csv::StringRecord;
use std::fmt;

/// The prefix of the columns that the program adds to its results. They are ignored in an input, so that a
/// result file can be fed back in.
pub const RESULT_PREFIX: &str = "result_";

/// A row's place among the rows of the input, counted from 0; the header and empty lines do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowNumber(pub u64);

impl RowNumber {
    /// The row behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for RowNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 + 1)
    }
}

/// One row of the input: its place and its cells as text. It is overwritten by the next one.
#[derive(Debug, Default)]
pub struct Row {
    pub(super) record: StringRecord,
    pub(super) number: u64,
    pub(super) line: u64,
}

impl Row {
    /// The row's place among the rows.
    pub fn number(&self) -> RowNumber {
        RowNumber(self.number)
    }

    /// The line of the file (the row of the sheet) where the row begins, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many cells the row has; ragged rows have fewer or more than the header.
    pub fn len(&self) -> usize {
        self.record.len()
    }

    /// Whether there is nothing in the row but empty cells.
    pub fn is_empty(&self) -> bool {
        self.cells().all(|cell| cell.trim().is_empty())
    }

    /// Whether some cell may hold what stands for bytes that are no text. Cheap, and true too often: it
    /// looks for the first byte of that character.
    pub fn may_be_undecodable(&self) -> bool {
        self.record.as_slice().as_bytes().contains(&0xEF)
    }

    /// The cell of this column, as it is in the file; none where the row is too short.
    pub fn cell(&self, column: usize) -> Option<&str> {
        let cell = self.record.get(column)?;
        // Rows end at a line feed for the parser below; what is left of `\r\n` belongs to no cell.
        if column + 1 == self.record.len() {
            Some(cell.strip_suffix('\r').unwrap_or(cell))
        } else {
            Some(cell)
        }
    }

    /// All cells, as they are in the file.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.record.len()).filter_map(|column| self.cell(column))
    }

    /// Makes a row out of cells, for tests of later stages.
    #[cfg(test)]
    pub(crate) fn from_cells(number: u64, cells: &[&str]) -> Self {
        Self { record: StringRecord::from(cells.to_vec()), number, line: number + 2 }
    }
}
