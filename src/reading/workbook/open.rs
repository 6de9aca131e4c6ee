//! A sheet of a workbook of any kind, copied out as rows.

use std::io::{Read, Seek, Write};

use super::budget::Budget;
use super::choose::SheetName;
use super::compound::Compound;
use super::fault::WorkbookFault;
use super::package::Package;
use super::rows::SheetFacts;
use super::{ods, xls, xlsb, xlsx};
use crate::reading::format::{FileKind, NUMBERS, OFFICE, SLIDES, TEXT_DOCUMENT, Unreadable, WORD, ZIP};

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
    kind: FileKind,
    wanted: Option<&str>,
    limit: u64,
    out: impl Write,
) -> Result<OpenedSheet, WorkbookFault> {
    let budget = Budget::new(limit);
    let (sheets, chosen, facts) = match kind {
        FileKind::Compound => of_compound(Compound::open(file)?, &budget, wanted, out)?,
        _ => of_package(Package::open(file, budget)?, wanted, out)?,
    };
    Ok(opened(&sheets, chosen, facts))
}

type ReadSheet = (Vec<SheetName>, usize, SheetFacts);

fn of_package<R: Read + Seek>(
    mut package: Package<R>,
    wanted: Option<&str>,
    out: impl Write,
) -> Result<ReadSheet, WorkbookFault> {
    if let Some(other) = other_archive(&package) {
        return Err(WorkbookFault::Other(other));
    }
    match package.open_document()?.as_deref() {
        Some(kind) if kind.starts_with("spreadsheet") => return ods::read(&mut package, wanted, out),
        Some(_) => return Err(WorkbookFault::Other(TEXT_DOCUMENT)),
        None => {}
    }
    let no_workbook = || WorkbookFault::Other(ZIP);
    let part = package.workbook()?.ok_or_else(no_workbook)?;
    if part.to_ascii_lowercase().ends_with(".bin") {
        return xlsb::read(&mut package, &part, wanted, out);
    }
    xlsx::read(&mut package, &part, wanted, out)
}

/// What an archive is that holds no workbook, by the names in it.
fn other_archive<R: Read + Seek>(package: &Package<R>) -> Option<Unreadable> {
    package.names().find_map(|name| match name.as_str() {
        "word/document.xml" => Some(WORD),
        "ppt/presentation.xml" => Some(SLIDES),
        "Index/Document.iwa" | "Index.zip" | "index.apxl" | "index.xml.gz" => Some(NUMBERS),
        _ => None,
    })
}

fn of_compound<R: Read + Seek>(
    mut compound: Compound<R>,
    budget: &Budget,
    wanted: Option<&str>,
    out: impl Write,
) -> Result<ReadSheet, WorkbookFault> {
    if compound.has("EncryptedPackage") || compound.has("EncryptionInfo") {
        return Err(WorkbookFault::Password);
    }
    // Excel 95 called it Book; a workbook may hold both.
    if let Some(name) = ["Workbook", "Book"].into_iter().find(|name| compound.has(name)) {
        return xls::read(&compound.stream(name)?, budget, wanted, out);
    }
    Err(WorkbookFault::Other(if compound.has("WordDocument") {
        WORD
    } else if compound.has("PowerPoint Document") {
        SLIDES
    } else {
        OFFICE
    }))
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
