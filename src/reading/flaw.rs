//! Why a row, or one of its cells, cannot be trusted to be what a person saw.

/// A flaw that reading found. The row is refused, unless the flaw is in a column that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The column's place, counted from 0; none where the row as a whole is wrong.
    pub column: Option<usize>,
    /// What is wrong.
    pub kind: FlawKind,
}

/// What is wrong with a row or a cell. The text follows the column and the value after a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FlawKind {
    /// A formula that has no value, such as `#N/A`.
    #[error("the cell shows an error of the workbook's formula; correct the formula, or enter the value")]
    ErrorCell,
    /// A number that a workbook cannot hold exactly.
    #[error(
        "the number has more than 15 digits, which a workbook cannot store; format the column as text and enter the number again, or use CSV"
    )]
    LongNumber,
    /// A formula whose result is not in the file.
    #[error(
        "the cell has a formula that was never calculated; open the workbook in a spreadsheet program, save it there, and use that file"
    )]
    NotCalculated,
    /// A number whose format rounds it, divides it or adds to it.
    #[error(
        "the cell's format shows something else than this number (rounded, in thousands, with words or not at all); show the whole number, or round it with a formula"
    )]
    OtherDigits,
    /// Text to which a format adds something, or which it does not show.
    #[error(
        "the cell's format shows something else than this text; give the cell the format General or Text"
    )]
    OtherText,
    /// A date of which the format shows only a part.
    #[error(
        "the cell is a date of which only a part is shown; show day, month and year, or format the column as text and enter what is meant again"
    )]
    PartOfDate,
    /// A number that is to be a date, and is none.
    #[error("the cell has the format of a date, but its number is not a date; correct the cell")]
    NoDate,
    /// A cell that says it is a number, and is none.
    #[error("the workbook says that the cell is a number, but it is not; correct the cell")]
    NoNumber,
    /// A number of which a file does not tell how it is shown.
    #[error(
        "the file does not tell how this number is shown; save it as .xlsx, or format the column as text"
    )]
    Untold,
    /// Cells that were made one.
    #[error(
        "the cell is merged with others, and only the first of them holds the value; take the cells apart and fill in each"
    )]
    MergedCells,
    /// A row that a person does not see.
    #[error(
        "the row is hidden in the workbook, by hand or by a filter; take it in with --hidden-rows include, or leave such rows out with --hidden-rows skip"
    )]
    HiddenRow,
}
