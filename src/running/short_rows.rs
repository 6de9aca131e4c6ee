//! Rows that have fewer cells than the header has names.

use crate::count::Count;
use crate::events::{Event, Listener};
use crate::reading::{Columns, Row, Source};

/// Counts such rows of a text.
#[derive(Default)]
pub(super) struct ShortRows {
    width: usize,
    count: u64,
    first: u64,
}

impl ShortRows {
    /// Columns without a name at the end of the header may be missing in the rows.
    pub(super) fn of(source: &Source, columns: &Columns) -> Self {
        let named = columns.names.iter().rposition(|name| !name.is_empty()).map_or(0, |place| place + 1);
        Self { width: if source.is_sheet() { 0 } else { named }, ..Self::default() }
    }

    pub(super) fn see(&mut self, row: &Row) {
        if row.len() < self.width {
            self.count += 1;
            if self.count == 1 {
                self.first = row.line();
            }
        }
    }

    pub(super) fn tell(&self, listener: &dyn Listener) {
        if self.count > 0 {
            let rows = Count(self.count, "row");
            listener.event(Event::Note(&format!(
                "{rows} {} fewer cells than the header, the first on line {}; the missing ones are taken for empty",
                rows.agree("has", "have"),
                self.first
            )));
        }
    }
}
