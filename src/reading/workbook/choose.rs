//! Which sheet of a workbook is read.

use super::fault::WorkbookFault;

/// A sheet of a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::reading) struct SheetName {
    pub(in crate::reading) name: String,
    pub(in crate::reading) is_hidden: bool,
    /// False for a chart.
    pub(in crate::reading) has_cells: bool,
}

/// The place of the sheet of this name, or of the first one that a person sees when none is named.
pub(super) fn choose(sheets: &[SheetName], wanted: Option<&str>) -> Result<usize, WorkbookFault> {
    let Some(wanted) = wanted else {
        let is_seen = |sheet: &SheetName| sheet.has_cells && !sheet.is_hidden;
        return sheets.iter().position(is_seen).ok_or_else(|| WorkbookFault::broken(nothing_seen(sheets)));
    };
    let is_wanted = |sheet: &SheetName| sheet.has_cells && sheet.name.trim() == wanted.trim();
    sheets.iter().position(is_wanted).ok_or_else(|| {
        let known = sheets.iter().filter(|sheet| sheet.has_cells).map(|sheet| sheet.name.as_str());
        WorkbookFault::NoSheet(known.take(NAMED).collect::<Vec<_>>().join(", "))
    })
}

/// How many sheets a message names.
const NAMED: usize = 20;

fn nothing_seen(sheets: &[SheetName]) -> String {
    let hidden: Vec<&str> =
        sheets.iter().filter(|sheet| sheet.has_cells).take(NAMED).map(|sheet| sheet.name.as_str()).collect();
    if hidden.is_empty() {
        "it has no sheet with cells".to_owned()
    } else {
        format!("all of its sheets are hidden; name one with --sheet ({})", hidden.join(", "))
    }
}
