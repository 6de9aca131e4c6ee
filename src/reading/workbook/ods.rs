//! An OpenDocument spreadsheet (.ods): its tables and their cells, in the order of the file.

use std::collections::HashSet;
use std::io::{Read, Seek, Write};

use quick_xml::events::{BytesStart, Event};

use super::budget::Budget;
use super::cell::SheetCell;
use super::choose::{SheetName, choose};
use super::fault::WorkbookFault;
use super::ods_cell::OdsCell;
use super::package::Package;
use super::rows::{COLUMNS, RowKeeper, SheetFacts};
use super::xml::{Xml, attribute, push_text};
use crate::reading::merged::MergedCells;

const CONTENT: &str = "content.xml";

/// Reads a table, the first visible one where none is named.
pub(super) fn read<R: Read + Seek>(
    package: &mut Package<R>,
    wanted: Option<&str>,
    out: impl Write,
) -> Result<(Vec<SheetName>, usize, SheetFacts), WorkbookFault> {
    let budget = package.budget().clone();
    if let Some(mut manifest) = package.xml("META-INF/manifest.xml")? {
        while let Some(event) = manifest.next()? {
            if matches!(&event, Event::Start(tag) if tag.local_name().as_ref() == "encryption-data") {
                return Err(WorkbookFault::Password);
            }
        }
    }
    let names = tables(package)?;
    let chosen = choose(&names, wanted)?;
    let mut xml = package.xml(CONTENT)?.ok_or_else(missing)?;
    let mut tables = 0;
    while let Some(event) = xml.next()? {
        if matches!(&event, Event::Start(tag) if tag.local_name().as_ref() == "table") {
            if tables == chosen {
                let table = OdsTable { rows: RowKeeper::new(out, budget), next: 1, next_column: 0 };
                return Ok((names, chosen, table.read(&mut xml)?));
            }
            tables += 1;
        }
    }
    Err(missing())
}

fn missing() -> WorkbookFault {
    WorkbookFault::broken("the part with its sheets is missing")
}

/// The names of the tables, and which of them are hidden by their styles.
fn tables<R: Read + Seek>(package: &mut Package<R>) -> Result<Vec<SheetName>, WorkbookFault> {
    // The same part is read again for the cells.
    let budget = Budget::new(package.budget().limit());
    let mut xml = Xml::new(package.part(CONTENT)?.ok_or_else(missing)?, &budget);
    let (mut names, mut hidden, mut style) = (Vec::new(), HashSet::new(), String::new());
    while let Some(event) = xml.next()? {
        let Event::Start(tag) = event else { continue };
        let value = |name| Ok::<_, WorkbookFault>(attribute(&tag, name)?.unwrap_or_default().into_owned());
        match tag.local_name().as_ref() {
            "style" => style = value("name")?,
            "table-properties" if value("display")? == "false" => {
                hidden.insert(style.clone());
            }
            "table" => {
                let is_hidden = hidden.contains(&value("style-name")?);
                names.push(SheetName { name: value("name")?, is_hidden, has_cells: true });
            }
            _ => {}
        }
        if names.len().max(hidden.len()) > MOST {
            return Err(WorkbookFault::broken("it has too many sheets"));
        }
    }
    Ok(names)
}

/// More sheets than any workbook has.
const MOST: usize = 100_000;

/// A table that is being read.
struct OdsTable<W: Write> {
    rows: RowKeeper<W>,
    /// The number of the next row.
    next: u64,
    next_column: u64,
}

/// The cells of a row, with how often each comes.
#[derive(Default)]
struct OdsRow {
    cells: Vec<(u64, SheetCell)>,
    width: u64,
    repeats: u64,
    is_hidden: bool,
    merged: Vec<MergedCells>,
}

impl<W: Write> OdsTable<W> {
    fn read<R: Read>(mut self, xml: &mut Xml<R>) -> Result<SheetFacts, WorkbookFault> {
        let mut row = OdsRow::default();
        while let Some(event) = xml.next()? {
            match &event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "table-column" => {
                        let count = repeats(tag, "number-columns-repeated")?;
                        if is_collapsed(tag)? {
                            let last = (self.next_column + count).min(u64::from(COLUMNS));
                            let [first, last] = [self.next_column, last.saturating_sub(1)].map(narrow);
                            self.rows.hidden_columns(first, last);
                        }
                        self.next_column += count;
                    }
                    "table-row" => {
                        let repeats = repeats(tag, "number-rows-repeated")?;
                        row = OdsRow { repeats, is_hidden: is_collapsed(tag)?, ..OdsRow::default() };
                    }
                    "table-cell" | "covered-table-cell" => {
                        let count = repeats(tag, "number-columns-repeated")?;
                        let spans =
                            [repeats(tag, "number-rows-spanned")?, repeats(tag, "number-columns-spanned")?];
                        let (name, mut cell) = (tag.local_name().as_ref().to_owned(), OdsCell::of(tag)?);
                        text_of(xml, &name, &mut cell)?;
                        row.push(count, spans, self.next, cell.shown())?;
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "table-row" => self.put(std::mem::take(&mut row))?,
                    "table" => return self.rows.finish(),
                    _ => {}
                },
                _ => {}
            }
        }
        Err(WorkbookFault::broken("its sheet ends in the middle"))
    }

    fn put(&mut self, row: OdsRow) -> Result<(), WorkbookFault> {
        let first = self.next;
        self.next = self.next.saturating_add(row.repeats);
        for cells in row.merged {
            self.rows.merged(cells)?;
        }
        if row.cells.iter().all(|(_, cell)| cell.text.is_empty() && cell.flaw.is_none()) {
            return Ok(());
        }
        for number in first..self.next {
            self.rows.begin(number, row.is_hidden)?;
            let mut column = 0;
            for (count, cell) in &row.cells {
                if !cell.text.is_empty() || cell.flaw.is_some() {
                    for column in column..column + count {
                        self.rows.put(narrow(column), cell)?;
                    }
                }
                column += count;
            }
        }
        Ok(())
    }
}

impl OdsRow {
    fn push(&mut self, count: u64, spans: [u64; 2], row: u64, cell: SheetCell) -> Result<(), WorkbookFault> {
        let [rows, columns] = spans;
        if rows > 1 || columns > 1 {
            self.merged.push(MergedCells {
                rows: (narrow(row), narrow(row.saturating_add(rows - 1))),
                columns: (narrow(self.width), narrow(self.width.saturating_add(columns - 1))),
            });
        }
        self.width = self.width.saturating_add(count);
        self.cells.push((count, cell));
        if self.cells.len() > COLUMNS as usize {
            return Err(WorkbookFault::broken("a row of it has more cells than a sheet has columns"));
        }
        Ok(())
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn repeats(tag: &BytesStart<'_>, name: &str) -> Result<u64, WorkbookFault> {
    let value = attribute(tag, name)?;
    let count: Option<u32> = value.map_or(Some(1), |value| value.trim().parse().ok());
    count
        .map(|count| u64::from(count.max(1)))
        .ok_or_else(|| WorkbookFault::broken("it repeats a cell or a row without end"))
}

fn is_collapsed(tag: &BytesStart<'_>) -> Result<bool, WorkbookFault> {
    Ok(attribute(tag, "visibility")?.is_some_and(|value| matches!(value.as_ref(), "collapse" | "filter")))
}

/// Reads what is shown in a cell, up to its end; not what is noted beside it.
fn text_of<R: Read>(xml: &mut Xml<R>, name: &str, cell: &mut OdsCell) -> Result<(), WorkbookFault> {
    let (mut notes, mut paragraphs) = (0, 0);
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "annotation" | "shapes" | "frame" => notes += 1,
                _ if notes > 0 => {}
                "p" => {
                    paragraphs += 1;
                    if paragraphs > 1 {
                        cell.text.push('\n');
                    }
                    cell.has_text = true;
                }
                "s" => {
                    let count = attribute(tag, "c")?.and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                    cell.text.push_str(&" ".repeat(count.min(1000)));
                }
                "tab" => cell.text.push('\t'),
                "line-break" => cell.text.push('\n'),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "annotation" | "shapes" | "frame" => notes -= 1,
                end if end == name && notes <= 0 => return Ok(()),
                _ => {}
            },
            event if notes == 0 && paragraphs > 0 => push_text(event, &mut cell.text)?,
            _ => {}
        }
    }
    Err(WorkbookFault::broken("its sheet ends in the middle"))
}
