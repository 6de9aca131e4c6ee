//! What is taken from a cell of a sheet.

use crate::reading::flaw::FlawKind;
use crate::reading::row::CellType;

/// What stands in a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::reading) struct SheetCell {
    pub(in crate::reading) text: String,
    pub(in crate::reading) cell_type: CellType,
    pub(in crate::reading) flaw: Option<FlawKind>,
}

impl SheetCell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn number(text: String) -> Self {
        Self { text, cell_type: CellType::Number, flaw: None }
    }

    pub(super) fn flawed(text: impl Into<String>, flaw: FlawKind) -> Self {
        Self { text: text.into(), cell_type: CellType::Text, flaw: Some(flaw) }
    }
}
