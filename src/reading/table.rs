//! What the user said about a table: how it is written, and where it lies.

use super::dialect::DialectChoice;

/// What the user said about a table; the rest is detected.
#[derive(Debug, Clone, Default)]
pub struct TableChoice {
    /// How a text file is written.
    pub dialect: DialectChoice,
    /// The sheet of a workbook; none for the first.
    pub sheet: Option<String>,
    /// `--header-row`: the line of the file (the row of the sheet) that names the columns, counted from 1.
    pub header_row: Option<u64>,
    /// `--last-row`: the last line (row) that belongs to the table, counted from 1.
    pub last_row: Option<u64>,
}
