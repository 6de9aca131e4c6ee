//! The customers of a table, each once, in the order of the rows.

use std::collections::HashSet;

use crate::reading::{ReadError, Records, Row};
use crate::validating::customer_id;

/// A cell of the column, and whether it holds an id.
pub(super) struct IdCell {
    pub(super) customer: String,
    pub(super) id: Result<(), String>,
}

/// The customers of a table, each once.
pub(super) struct TableCustomers {
    records: Records,
    column: usize,
    seen: HashSet<u64>,
    /// So many rows repeat a customer.
    pub(super) repeated: u64,
}

impl TableCustomers {
    pub(super) fn new(records: Records, column: usize) -> Self {
        Self { records, column, seen: HashSet::new(), repeated: 0 }
    }

    /// The next customer; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<IdCell>, ReadError> {
        let mut row = Row::default();
        while self.records.read(&mut row)? {
            let line = row.line();
            let text = row.cell(self.column).unwrap_or_default().trim();
            if let Some(flaw) = row.flaws().iter().find(|flaw| flaw.column.is_none_or(|at| at == self.column))
            {
                let reason = format!("line {line}: {}", flaw.kind);
                return Ok(Some(IdCell { customer: text.to_owned(), id: Err(reason) }));
            }
            match customer_id(text) {
                Ok(id) if self.seen.insert(id) => {
                    return Ok(Some(IdCell { customer: id.to_string(), id: Ok(()) }));
                }
                Ok(_) => self.repeated += 1,
                Err(_) if text.is_empty() => {
                    let reason = format!("line {line}: the cell is empty");
                    return Ok(Some(IdCell { customer: String::new(), id: Err(reason) }));
                }
                Err(refusal) => {
                    let reason = format!("line {line}: {refusal}");
                    return Ok(Some(IdCell { customer: text.to_owned(), id: Err(reason) }));
                }
            }
        }
        Ok(None)
    }
}
