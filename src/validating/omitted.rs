//! What is left out of values that are sent all the same: a note counts it.

use super::violation::Violation;

/// What was left out so far, by column.
#[derive(Debug, Clone, Default)]
pub(super) struct Omitted {
    times: Vec<OmittedTimes>,
    values: Vec<OmittedValues>,
    /// The bad values of the row that is being checked.
    pub(super) bad: Vec<Violation>,
    /// The columns of the row that is being checked.
    row: Vec<usize>,
}

/// Times of day in a column of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OmittedTimes {
    /// The column's place, counted from 0.
    pub column: usize,
    /// How many rows.
    pub rows: u64,
    /// The line of the first of them.
    pub line: u64,
}

/// Bad values of a parameter for which `--leave-out-bad` was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OmittedValues {
    /// The first of them.
    pub first: Violation,
    /// How many rows.
    pub rows: u64,
    /// The line of the first of them.
    pub line: u64,
}

impl Omitted {
    /// The bad values that were left out, by column.
    pub(super) fn values(&self) -> &[OmittedValues] {
        &self.values
    }

    /// The columns with dates that had a time of day.
    pub(super) fn times(&self) -> impl Iterator<Item = OmittedTimes> {
        self.times.iter().copied()
    }

    pub(super) fn begin_row(&mut self) {
        self.row.clear();
        self.bad.clear();
    }

    /// The row that is being checked has a time of day in this column.
    pub(super) fn time(&mut self, column: usize) {
        self.row.push(column);
    }

    /// The row is valid.
    pub(super) fn keep_row(&mut self, line: u64) {
        for column in self.row.drain(..) {
            match self.times.iter_mut().find(|times| times.column == column) {
                Some(times) => times.rows += 1,
                None => self.times.push(OmittedTimes { column, rows: 1, line }),
            }
        }
        for bad in &self.bad {
            match self.values.iter_mut().find(|values| values.first.column == bad.column) {
                Some(values) => values.rows += 1,
                None => self.values.push(OmittedValues { first: bad.clone(), rows: 1, line }),
            }
        }
    }
}
