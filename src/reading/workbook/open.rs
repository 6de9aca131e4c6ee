//! A sheet of a workbook of any kind, copied out as rows.

use std::io::{Read, Seek, Write};

use super::budget::Budget;
use super::choose::SheetName;
use super::fault::WorkbookFault;
use super::package::Package;
use super::rows::SheetFacts;
use super::xlsx;

/// A sheet whose rows were copied.
#[derive(Debug, Clone, Default)]
pub(in crate::reading) struct OpenedSheet {
    pub(in crate::reading) name: String,
    /// The other sheets that a person sees.
    pub(in crate::reading) others: Vec<String>,
    pub(in crate::reading) facts: SheetFacts,
}

/// Copies the rows of a sheet that hold anything to `out`. Of the workbook `limit` bytes are unpacked at most.
pub(in crate::reading) fn copy_sheet(
    file: impl Read + Seek,
    wanted: Option<&str>,
    limit: u64,
    out: impl Write,
) -> Result<OpenedSheet, WorkbookFault> {
    let mut package = Package::open(file, Budget::new(limit))?;
    let no_workbook = || WorkbookFault::broken("there is no workbook in it");
    let part = package.workbook()?.ok_or_else(no_workbook)?;
    let (sheets, chosen, facts) = xlsx::read(&mut package, &part, wanted, out)?;
    Ok(opened(&sheets, chosen, facts))
}

fn opened(sheets: &[SheetName], chosen: usize, facts: SheetFacts) -> OpenedSheet {
    let name_of = |sheet: &SheetName| sheet.name.clone();
    let others = sheets
        .iter()
        .enumerate()
        .filter(|(place, sheet)| *place != chosen && sheet.has_cells && !sheet.is_hidden);
    OpenedSheet {
        name: sheets.get(chosen).map(name_of).unwrap_or_default(),
        others: others.map(|(_, sheet)| name_of(sheet)).collect(),
        facts,
    }
}
