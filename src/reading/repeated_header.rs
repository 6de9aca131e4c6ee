//! Rows that are not rows of the table, but say again how its columns are called.

use super::column_name::folded;
use super::flaw::FlawKind;
use super::row::Row;

/// The header, as rows are compared with it.
#[derive(Debug, Default)]
pub(super) struct RepeatedHeader {
    names: Vec<String>,
    /// The first columns with a name: a row is compared as a whole only where one of their cells is the name.
    probes: Vec<(usize, String)>,
}

/// How many columns of a row are looked at first.
const PROBES: usize = 4;
/// From so many columns on, 1, 2, 3 and so on are no accident.
const NUMBERED: usize = 4;

impl RepeatedHeader {
    pub(super) fn of(header: &Row) -> Self {
        let names: Vec<String> = header.cells().map(folded).collect();
        let cells = header.cells().map(|cell| cell.trim().to_owned()).enumerate();
        Self { probes: cells.filter(|(_, cell)| !cell.is_empty()).take(PROBES).collect(), names }
    }

    /// What is wrong with a row that names or numbers the columns.
    pub(super) fn flaw(&self, row: &Row) -> Option<FlawKind> {
        let is_name = |(column, name): &(usize, String)| {
            // Values are longer, shorter, or begin with a digit, which is cheap to see.
            const BLANKS: usize = 8;
            let cell = row.cell(*column).unwrap_or_default();
            if !(name.len()..=name.len() + BLANKS).contains(&cell.len()) {
                return false;
            }
            let cell = cell.trim();
            let may_be = cell.len() == name.len() && !cell.starts_with(|c: char| c.is_ascii_digit());
            may_be && (cell == name || self.names.get(*column).is_some_and(|name| folded(cell) == *name))
        };
        if self.probes.iter().any(is_name) && self.is_repeated(row) {
            return Some(FlawKind::RepeatedHeader);
        }
        (row.number().0 == 0 && self.is_numbered(row)).then_some(FlawKind::ColumnNumbers)
    }

    /// Whether more than half of what the row holds are the names of its columns.
    fn is_repeated(&self, row: &Row) -> bool {
        let (mut filled, mut same) = (0, 0);
        for (column, cell) in row.cells().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
            filled += 1;
            same += usize::from(self.names.get(column).is_some_and(|name| folded(cell) == *name));
        }
        same * 2 > filled
    }

    fn is_numbered(&self, row: &Row) -> bool {
        row.len() >= NUMBERED
            && row.len() == self.names.len()
            && row.cells().enumerate().all(|(column, cell)| cell.trim() == (column + 1).to_string())
    }
}
