//! A workbook in Office Open XML (.xlsx, .xlsm): its sheets, its formats and its shared texts, in one pass each.

use std::collections::HashMap;
use std::io::{Read, Seek, Write};

use quick_xml::events::Event;

use super::budget::Budget;
use super::choose::{SheetName, choose};
use super::fault::WorkbookFault;
use super::package::{Package, Relation};
use super::rich_text::RichText;
use super::rows::{RowKeeper, SheetFacts};
use super::shared_strings::{SharedStrings, unescaped};
use super::shown_moment::DateSystem;
use super::styles::Styles;
use super::xlsx_sheet::{SheetContext, read_sheet};
use super::xml::{attribute, is_true};

/// What the workbook says about itself.
#[derive(Debug, Default)]
struct Workbook {
    sheets: Vec<(SheetName, String)>,
    dates: DateSystem,
    /// Whether the values of formulas are to be calculated when it is opened.
    is_stale: bool,
}

/// Reads a sheet, the first visible one where none is named. The names of all sheets, and which was read.
pub(super) fn read<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    wanted: Option<&str>,
    out: impl Write,
) -> Result<(Vec<SheetName>, usize, SheetFacts), WorkbookFault> {
    let relations = package.relations(part)?;
    let workbook = workbook(package, part, &relations)?;
    let names: Vec<SheetName> = workbook.sheets.iter().map(|(name, _)| name.clone()).collect();
    let chosen = choose(&names, wanted)?;
    let of_kind =
        |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|r| r.part.clone());
    let styles = of_kind("styles").map_or(Ok(Styles::default()), |part| styles(package, &part))?;
    let strings = of_kind("sharedStrings")
        .map_or(Ok(SharedStrings::default()), |part| shared_strings(package, &part))?;
    let budget = package.budget().clone();
    let context = SheetContext { styles, strings, dates: workbook.dates, is_stale: workbook.is_stale };
    let sheet = workbook.sheets.get(chosen).map(|(_, part)| part.as_str()).unwrap_or_default();
    let missing = || WorkbookFault::broken("the part with its sheet is missing");
    let xml = package.xml(sheet)?.ok_or_else(missing)?;
    let facts = read_sheet(xml, &context, RowKeeper::new(out, budget))?;
    Ok((names, chosen, facts))
}

fn workbook<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    relations: &[Relation],
) -> Result<Workbook, WorkbookFault> {
    let mut workbook = Workbook::default();
    let missing = || WorkbookFault::broken("the part that names its sheets is missing");
    let mut xml = package.xml(part)?.ok_or_else(missing)?;
    while let Some(event) = xml.next()? {
        let Event::Start(tag) = event else { continue };
        let value = |name| attribute(&tag, name);
        match tag.local_name().as_ref() {
            "workbookPr" if value("date1904")?.is_some_and(|value| is_true(&value)) => {
                workbook.dates = DateSystem::Since1904;
            }
            "calcPr" => workbook.is_stale = value("fullCalcOnLoad")?.is_some_and(|value| is_true(&value)),
            "sheet" => {
                // A plain `id` would be the sheet's number; this one is `r:id`, and has its prefix taken off.
                let id = value("id")?.unwrap_or_default();
                let relation = relations.iter().find(|relation| relation.id == id);
                workbook.sheets.push((
                    SheetName {
                        name: value("name")?.unwrap_or_default().into_owned(),
                        is_hidden: value("state")?.is_some_and(|state| state != "visible"),
                        has_cells: relation.is_some_and(|relation| relation.kind == "worksheet"),
                    },
                    relation.map(|relation| relation.part.clone()).unwrap_or_default(),
                ));
            }
            _ => {}
        }
    }
    Ok(workbook)
}

/// More formats than any workbook has.
const MOST_STYLES: usize = 1 << 20;

fn styles<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Styles, WorkbookFault> {
    let mut styles = Styles::default();
    let (mut codes, mut known) = (HashMap::new(), HashMap::new());
    let mut is_cells = false;
    let Some(mut xml) = package.xml(part)? else { return Ok(styles) };
    while let Some(event) = xml.next()? {
        match event {
            Event::Start(tag) => {
                let id = || {
                    Ok::<_, WorkbookFault>(attribute(&tag, "numFmtId")?.and_then(|id| id.trim().parse().ok()))
                };
                match tag.local_name().as_ref() {
                    "cellXfs" => is_cells = true,
                    "numFmt" => {
                        if let Some(id) = id()? {
                            // Formats of rules that colour cells come later, under the same name.
                            let code = attribute(&tag, "formatCode")?.unwrap_or_default().into_owned();
                            codes.entry(id).or_insert(code);
                        }
                    }
                    "xf" if is_cells => styles.push(id()?.unwrap_or_default(), &codes, &mut known),
                    _ => {}
                }
                if styles.len().max(codes.len()) > MOST_STYLES {
                    return Err(WorkbookFault::broken("it has more than a million cell formats"));
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => break,
            _ => {}
        }
    }
    Ok(styles)
}

fn shared_strings<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
) -> Result<SharedStrings, WorkbookFault> {
    let budget: Budget = package.budget().clone();
    let mut strings = SharedStrings::default();
    let Some(mut xml) = package.xml(part)? else { return Ok(strings) };
    let mut text = String::new();
    let mut reader = RichText::default();
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(tag) if tag.local_name().as_ref() == "si" => text.clear(),
            Event::End(tag) if tag.local_name().as_ref() == "si" => {
                strings.push(&unescaped(&text), &budget)?
            }
            event => reader.take(event, &mut text)?,
        }
    }
    Ok(strings)
}
