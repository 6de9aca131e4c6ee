//! Refuses rows where a command has no results to say it in.

use super::error::ReadError;
use super::flaw::FlawKind;
use super::line_unit::LineUnit;
use super::row::Row;

/// Refuses rows of a table that are not to be trusted.
#[derive(Debug, Clone)]
pub struct RowCheck {
    pub(super) name: String,
    pub(super) unit: LineUnit,
}

impl RowCheck {
    /// Refuses a row with a flaw in any of its cells.
    pub fn check(&self, row: &Row) -> Result<(), ReadError> {
        row.flaws().first().map_or(Ok(()), |flaw| Err(self.refusal(row, flaw.kind)))
    }

    pub(super) fn refusal(&self, row: &Row, flaw: FlawKind) -> ReadError {
        ReadError::Flawed { name: self.name.clone(), unit: self.unit, line: row.line(), flaw }
    }
}
