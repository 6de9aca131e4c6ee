//! Rows with more or fewer cells than the header has names.

use super::check::Checker;
use super::empty_cells::EmptyCells;
use super::violation::{Violation, ViolationCode};
use crate::reading::{LineUnit, Row};

impl Checker {
    /// Refuses cells that no column stands for, and missing ones where they would clear something.
    pub(super) fn check_width(&mut self, row: &Row) {
        let width = self.columns.names.len();
        for (place, cell) in row.cells().enumerate().skip(width).filter(|(_, cell)| !cell.trim().is_empty()) {
            let reason = format!(
                "the row has more cells than the header has columns ({width}); cell {} is one too many. {}",
                place + 1,
                match self.unit {
                    LineUnit::Line => "Put a value that contains the delimiter in quotation marks",
                    LineUnit::Row => "Empty the cell, or give its column a name in the header",
                }
            );
            self.violations.push(Violation::new(ViolationCode::BadValue, None, Some(cell.trim()), reason));
        }
        for place in &self.columns.unnamed {
            let Some(cell) = row.cell(*place).map(str::trim).filter(|cell| !cell.is_empty()) else {
                continue;
            };
            let reason = format!(
                "column {} has no name in the header, but the cell has a value; name the column, empty the cell, or leave such columns out with --ignore-unknown-columns{}",
                place + 1,
                match self.unit {
                    LineUnit::Line => ". A value that contains the delimiter needs quotation marks",
                    LineUnit::Row => "",
                }
            );
            self.violations.push(Violation::new(ViolationCode::BadValue, None, Some(cell), reason));
        }
        if row.len() < width && self.rules.empty == EmptyCells::Clear {
            let reason = format!(
                "the row has {} of {width} cells; with --empty clear the missing ones would be cleared on the server. Add them, and leave empty those that are to be cleared",
                row.len()
            );
            self.violations.push(Violation::new(ViolationCode::BadValue, None, None, reason));
        }
    }
}
