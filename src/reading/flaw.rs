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
}
