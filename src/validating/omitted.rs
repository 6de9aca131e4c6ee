//! What is left out of values that are sent all the same: a note counts it.

/// What was left out so far, by column.
#[derive(Debug, Clone, Default)]
pub(super) struct Omitted {
    times: Vec<OmittedTimes>,
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

impl Omitted {
    /// The columns with dates that had a time of day.
    pub(super) fn times(&self) -> impl Iterator<Item = OmittedTimes> {
        self.times.iter().copied()
    }

    pub(super) fn begin_row(&mut self) {
        self.row.clear();
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
    }
}
