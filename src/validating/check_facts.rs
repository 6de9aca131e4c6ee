//! What a checker knows of its input: the header's problems, the columns, and what was counted so far.

use super::check::Checker;
use super::omitted::{OmittedTimes, OmittedValues};
use super::violation::Violation;
use crate::catalogue::Operation;
use crate::reading::{Columns, LineUnit};

impl Checker {
    /// Numbers of rows count this.
    #[must_use]
    pub fn counting(mut self, unit: LineUnit) -> Self {
        self.unit = unit;
        self
    }

    /// How many cells of the column of this name held a date so far, right or wrong.
    pub fn filled(&self, name: &str) -> u64 {
        let named = self.filled.iter().enumerate().filter(|(column, _)| self.columns.name(*column) == name);
        named.map(|(_, filled)| *filled).sum()
    }

    /// The problems of the header; while there are any, no row is valid.
    pub fn header(&self) -> &[Violation] {
        &self.header
    }

    pub fn operation(&self) -> Operation {
        self.operation
    }

    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The columns of dates of which times of day were left out, in the rows so far that are valid by themselves.
    pub fn omitted_times(&self) -> impl Iterator<Item = OmittedTimes> {
        self.omitted.times()
    }

    /// The columns of which bad values were left out, in the rows so far that are valid by themselves.
    pub fn omitted_values(&self) -> &[OmittedValues] {
        self.omitted.values()
    }

    /// Whether bad values of some parameters are left out.
    pub fn leaves_out_bad(&self) -> bool {
        !self.rules.leave_out_bad.is_empty()
    }
}
