//! A column of the file, and what is done to its cells.

use super::path::FieldPath;
use crate::catalogue::ValueKind;

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    /// The type of its cells.
    pub kind: ValueKind,
}

impl Column {
    /// A column of text that no customer has.
    pub fn text(name: &str) -> Self {
        Self { name: name.to_owned(), kind: ValueKind::Text }
    }
}

impl From<&FieldPath> for Column {
    fn from(path: &FieldPath) -> Self {
        Self { name: path.to_string(), kind: path.kind() }
    }
}

/// What had to be done to cells so that a spreadsheet shows what they hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct CellFixes {
    /// Cells that would have run as formulas.
    pub defused: u64,
    /// Amounts with more digits than a spreadsheet's number holds, which are text now.
    pub too_long: u64,
    /// Texts longer than a cell, which were cut.
    pub cut: u64,
}
