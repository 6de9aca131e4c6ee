//! What has changed since an earlier export: row by row, cell by cell, whatever dialect the earlier file is in.

use super::cell;
use super::column::Column;
use super::id_columns::is_id_column;
use crate::catalogue::{CUSTOMER_ID, ValueKind};
use crate::customers::is_plain;
use crate::reading::{self, defused};
use crate::validating::Money;

/// The first column of a list of changes.
pub(super) const CHANGE: &str = "change";
/// The column that names what has changed.
pub(super) const CHANGED_COLUMNS: &str = "changed_columns";

/// What happened to a customer since the earlier export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// They were not there.
    Added,
    Changed,
    /// They are no longer there.
    Removed,
}

impl Change {
    /// What stands in the column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// Compares rows of now with those of an earlier file.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    columns: Vec<Column>,
    /// For every column its place in the earlier file; none where it has no such column.
    places: Vec<Option<usize>>,
}

impl Comparison {
    /// For these columns of now, and the header of the earlier file.
    pub fn new(columns: Vec<Column>, earlier: &[String]) -> Self {
        let place = |column: &Column| {
            let is_it = |name: &String| {
                let name = name.trim().to_lowercase();
                name == column.name
                    || *name == *defused(&column.name)
                    || column.name == CUSTOMER_ID && is_id_column(&name)
            };
            earlier.iter().position(is_it)
        };
        Self { places: columns.iter().map(place).collect(), columns }
    }

    /// Columns that the earlier file lacks: they are not compared.
    pub fn lacking(&self) -> Vec<&str> {
        let columns = self.columns.iter().zip(&self.places);
        columns.filter(|(_, place)| place.is_none()).map(|(column, _)| column.name.as_str()).collect()
    }

    /// Columns that only the earlier file has: they are not compared either.
    pub fn unused(&self, earlier: &[String]) -> Vec<String> {
        let unused = earlier.iter().enumerate().filter(|(place, name)| {
            let is_id = is_id_column(&name.trim().to_lowercase());
            !self.places.contains(&Some(*place)) && !name.trim().is_empty() && !is_id
        });
        unused.map(|(_, name)| name.trim().to_owned()).collect()
    }

    /// The names of the columns that differ.
    pub fn differing(&self, now: &[String], earlier: &[String]) -> Vec<&str> {
        let columns = self.columns.iter().zip(&self.places).zip(now);
        columns
            .filter(|((column, place), cell)| {
                place.is_some_and(|place| {
                    !is_same(column.kind, cell, earlier.get(place).map_or("", String::as_str))
                })
            })
            .map(|((column, _), _)| column.name.as_str())
            .collect()
    }

    /// The cells of a row that is only in the earlier file, as they would be written now.
    pub fn removed(&self, earlier: &[String]) -> Vec<String> {
        let columns = self.columns.iter().zip(&self.places);
        columns
            .map(|(column, place)| {
                let cell = place.and_then(|place| earlier.get(place));
                cell.map(|cell| restored(column.kind, cell)).unwrap_or_default()
            })
            .collect()
    }
}

/// The cell without what a file for a spreadsheet does to it: the apostrophe, the decimal comma, the day as its
/// users write it.
fn restored(kind: ValueKind, cell: &str) -> String {
    let text = reading::restored(cell);
    match kind {
        ValueKind::Money => {
            let amount = text.replace(',', ".");
            if is_plain(&amount) { amount } else { text.to_owned() }
        }
        ValueKind::Date | ValueKind::DateTime => cell::text(&text.into(), kind),
        _ => text.to_owned(),
    }
}

/// Whether both cells say the same. An earlier file may have been written for a spreadsheet, or by one.
fn is_same(kind: ValueKind, now: &str, earlier: &str) -> bool {
    if now == earlier || plain(now) == plain(earlier) || *defused(now) == *earlier {
        return true;
    }
    match kind {
        ValueKind::Money | ValueKind::Id | ValueKind::Flag | ValueKind::Integer | ValueKind::NumberOrText => {
            let amount = |text: &str| Money::written_by_server(text);
            matches!((amount(now), amount(earlier)), (Some(now), Some(earlier)) if now == earlier)
        }
        ValueKind::Date | ValueKind::DateTime => {
            // A spreadsheet that saved the file wrote days as its users do; and a sheet's day without a time is
            // its midnight.
            let day = |text: &str| {
                let text = cell::text(&text.trim().into(), kind);
                text.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(text)
            };
            day(now) == day(earlier)
        }
        _ => false,
    }
}

/// Without what a trip through a spreadsheet changes: the kind of line breaks, space at the ends.
fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::{Comparison, is_same};
    use crate::catalogue::ValueKind;
    use crate::exporting::column::Column;

    #[test]
    fn cells_are_the_same_in_whatever_dialect() {
        for (kind, now, earlier) in [
            (ValueKind::Money, "-15.40", "-15,40"),
            (ValueKind::Money, "-15.40", "-15.4"),
            (ValueKind::Money, "1234.50", "1 234,50"),
            (ValueKind::Id, "7", "7"),
            (ValueKind::Text, "=1+1", "'=1+1"),
            (ValueKind::Text, "a\r\nb", "a\nb"),
            (ValueKind::DateTime, "2023-03-09 00:00:00", "2023-03-09"),
            (ValueKind::DateTime, "2023-03-09", "09.03.2023"),
        ] {
            assert!(is_same(kind, now, earlier), "{now} {earlier}");
        }
        for (kind, now, earlier) in [
            (ValueKind::Money, "-15.40", "15.40"),
            (ValueKind::Money, "0", ""),
            (ValueKind::Text, "000123", "123"),
            (ValueKind::Text, "15.40", "15,40"),
            (ValueKind::DateTime, "2023-03-09", "2023-03-10"),
        ] {
            assert!(!is_same(kind, now, earlier), "{now} {earlier}");
        }
    }

    #[test]
    fn only_columns_that_both_have_are_compared() {
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let columns = ["id", "login", "comment"].map(Column::text).to_vec();
        let comparison = Comparison::new(columns, &texts(&["comment", "old", "id"]));
        assert_eq!(comparison.lacking(), ["login"]);
        assert_eq!(
            comparison.differing(&texts(&["1", "x", "new"]), &texts(&["before", "?", "1"])),
            ["comment"]
        );
        assert!(comparison.differing(&texts(&["1", "x", ""]), &texts(&[])).contains(&"id"));
        assert_eq!(comparison.removed(&texts(&["c", "o", "1"])), ["1", "", "c"]);
        assert_eq!(comparison.removed(&texts(&["'=1", "o", "1"])), ["1", "", "=1"]);
    }
}
