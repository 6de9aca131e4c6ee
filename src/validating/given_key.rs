//! Rows that say themselves which booking they are: an earlier result gave them its key.

use super::booking_key::BookingKey;
use super::check::Checker;
use super::trim::trimmed;
use super::violation::{Violation, ViolationCode};
use crate::reading::Row;

impl Checker {
    /// The key that an earlier result gave this row.
    pub(super) fn given_key(&mut self, row: &Row) -> Option<BookingKey> {
        let column = self.columns.result_key.filter(|_| self.keys.is_some())?;
        let value = row.cell(column).map(trimmed).filter(|cell| !cell.is_empty())?;
        let given = value.parse();
        if let Err(error) = &given {
            let reason = format!(
                "{error}. Put back what the results had, so that the row is the booking that it was there; an empty cell makes it the booking that its customer, amount and comment say"
            );
            let name = self.columns.name(column);
            self.violations.push(Violation::new(ViolationCode::BadValue, Some(name), Some(value), reason));
        }
        given.ok()
    }
}
