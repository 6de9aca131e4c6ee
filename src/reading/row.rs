//! One row of the input.

use std::fmt;

use super::flaw::{Flaw, FlawKind};
use super::row_cells::RowCells;

/// The prefix of the columns that the program adds to its results. They are ignored in an input, so a results
/// file can be used as an input.
pub const RESULT_PREFIX: &str = "result_";

/// The one of them that is read all the same: which booking a row is.
pub const RESULT_KEY: &str = "result_key";

/// The last column of a file of rows that were to be put right: why they were not applied. It is passed over as well.
pub const WHY: &str = "why";

/// A row's place among the rows of the input, counted from 0; the header and empty lines do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowNumber(pub u64);

impl RowNumber {
    /// The row after this one.
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

/// One row of the input: its place and its cells as text. Its memory is reused for the next one.
#[derive(Debug, Default)]
pub struct Row {
    pub(super) cells: RowCells,
    pub(super) number: u64,
    pub(super) line: u64,
    /// Empty where all cells are text.
    pub(super) types: Vec<CellType>,
    pub(super) flaws: Vec<Flaw>,
    /// Whether apostrophes stand before formulas.
    pub(super) is_for_spreadsheets: bool,
}

/// What a cell holds. Cells of text files are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellType {
    /// Text.
    #[default]
    Text,
    /// A number of a workbook: no two readings.
    Number,
    /// A date of a workbook, perhaps with a time.
    Date,
    /// A number of a workbook that is shown with a currency.
    Amount,
}

impl CellType {
    pub(super) const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Date, Self::Amount];
}

impl Row {
    /// Forgets what the row before left here.
    pub(super) fn begin(&mut self) {
        self.types.clear();
        self.flaws.clear();
    }

    /// What reading found to be wrong with the row or its cells.
    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    /// Why the cell of this column is not trusted: for itself, or with its row.
    pub fn distrusted(&self, column: usize) -> Option<FlawKind> {
        let concerns = |flaw: &&Flaw| flaw.column.is_none_or(|place| place == column);
        self.flaws.iter().find(concerns).map(|flaw| flaw.kind)
    }

    /// What is wrong with the cell of this column.
    pub fn flaw_of(&self, column: usize) -> Option<&Flaw> {
        self.flaws.iter().find(|flaw| flaw.column == Some(column))
    }

    /// Whether the file is such as spreadsheets write and read, where an apostrophe stands before what is no formula.
    pub fn is_for_spreadsheets(&self) -> bool {
        self.is_for_spreadsheets
    }

    /// What the cell of this column holds.
    pub fn cell_type(&self, column: usize) -> CellType {
        self.types.get(column).copied().unwrap_or_default()
    }

    /// The row's place among the rows.
    pub fn number(&self) -> RowNumber {
        RowNumber(self.number)
    }

    /// The line of the file (the row of the sheet) where the row begins, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The number of cells; ragged rows have fewer or more than the header.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether all cells are empty.
    pub fn is_empty(&self) -> bool {
        // The first byte of most cells shows that they are not.
        let begins = |cell: &str| cell.as_bytes().first().is_some_and(u8::is_ascii_graphic);
        self.cells().all(|cell| !begins(cell) && cell.trim().is_empty())
    }

    /// All cells, with nothing or delimiters between them: enough to see whether any has certain characters.
    pub fn text(&self) -> &str {
        self.cells.text()
    }

    /// The cell of this column, as it is in the file; none where the row is too short.
    pub fn cell(&self, column: usize) -> Option<&str> {
        self.cells.get(column)
    }

    /// All cells, as they are in the file.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter()
    }

    /// Makes a row out of cells, for tests of later stages.
    #[cfg(test)]
    pub(crate) fn from_cells(number: u64, cells: &[&str]) -> Self {
        let mut row = Self { number, line: number + 2, ..Self::default() };
        cells.iter().for_each(|cell| row.cells.push(cell));
        row
    }
}
