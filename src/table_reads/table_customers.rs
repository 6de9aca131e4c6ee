//! The customers of a table, each once, in the order of the rows.

use std::collections::HashSet;

use crate::customers::{CustomerColumns, UnnamedCustomer};
use crate::reading::{ReadError, Records, Row};
use crate::validating::KeyMap;

/// A cell of the column, and whether it holds an id.
pub(super) struct IdCell {
    pub(super) customer: String,
    pub(super) id: Result<(), String>,
}

/// The customers of a table, each once.
pub(super) struct TableCustomers {
    records: Records,
    columns: CustomerColumns,
    /// Whose keys are whose.
    known: KeyMap,
    seen: HashSet<u64>,
    /// So many rows repeat a customer.
    pub(super) repeated: u64,
}

impl TableCustomers {
    pub(super) fn new(records: Records, columns: CustomerColumns, known: KeyMap) -> Self {
        Self { records, columns, known, seen: HashSet::new(), repeated: 0 }
    }

    /// The next customer; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<IdCell>, ReadError> {
        let mut row = Row::default();
        while self.records.read(&mut row)? {
            match self.columns.read(&row).and_then(|named| named.id(&self.known)) {
                Ok(id) if self.seen.insert(id) => {
                    return Ok(Some(IdCell { customer: id.to_string(), id: Ok(()) }));
                }
                Ok(_) => self.repeated += 1,
                Err(UnnamedCustomer { cell, reason }) => {
                    let reason = format!("line {}: {reason}", row.line());
                    return Ok(Some(IdCell { customer: cell, id: Err(reason) }));
                }
            }
        }
        Ok(None)
    }
}
