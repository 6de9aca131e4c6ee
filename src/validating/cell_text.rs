//! What a cell says: its text as a person sees it, and as a mapping reads it.

use std::borrow::Cow;

use super::date_order::DateOrder;
use super::trim::trimmed;
use crate::reading::{Binding, CellType, Columns, Row, restored};

/// What a cell says for a parameter.
pub(super) struct CellText<'a> {
    /// Its text as it is in the file.
    pub(super) cell: &'a str,
    /// Its text, or what a mapping says that this stands for.
    pub(super) value: &'a str,
    /// Whether the value is what somebody said, and no scar.
    pub(super) is_meant: bool,
    /// How a date is written.
    pub(super) dates: &'a DateOrder,
    /// How many values it has, where these are more than its column has parameters.
    pub(super) surplus: Option<usize>,
}

/// What a cell says for a parameter; none where its column gives several, and it has no value for this one. `own` is how
/// the dates of columns are written of which the mapping says so.
pub(super) fn cell_text<'a>(
    binding: Binding,
    row: &'a Row,
    columns: &'a Columns,
    own: &'a [Option<DateOrder>],
    dates: &'a DateOrder,
) -> Option<CellText<'a>> {
    let cell = row.cell(binding.column).map_or("", trimmed);
    let mut text = CellText { cell, value: cell, is_meant: false, dates, surplus: None };
    if let Some(part) = binding.part.filter(|_| !cell.is_empty()) {
        text.surplus = part.surplus(cell);
        text.value = part.of(cell)?;
    }
    if text.value.starts_with('\'') && row.is_for_spreadsheets() {
        let restored = trimmed(restored(text.value));
        text.is_meant = restored.len() < text.value.len();
        text.value = restored;
    }
    if let Some(place) = binding.reading {
        let meant = columns.readings.get(place).and_then(|reading| reading.meant(text.value));
        text.is_meant |= meant.is_some();
        text.value = meant.unwrap_or(text.value);
        text.dates = own.get(place).and_then(Option::as_ref).unwrap_or(dates);
    }
    if row.cell_type(binding.column) == CellType::Date {
        // The workbook says which day it is.
        text.dates = &DateOrder::Unsaid;
    }
    Some(text)
}

/// Why a cell with so many values is refused.
pub(super) fn too_many(count: usize, binding: Binding) -> String {
    format!(
        "the cell has {count} values, and the column gives {} parameters; leave out values, or name more parameters in the mapping",
        binding.part.map_or(1, |part| part.of)
    )
}

/// Text with three decimals reads in two ways (`1.234`); a number in a cell of a workbook does not, which one more zero
/// says.
pub(super) fn of_one_reading<'v>(value: &'v str, row: &Row, column: usize) -> Cow<'v, str> {
    let is_number = matches!(row.cell_type(column), CellType::Number | CellType::Amount);
    let decimals = value.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
    if is_number && decimals == 3 { format!("{value}0").into() } else { value.into() }
}
