//! A workbook of Excel 95 to 2003 (.xls): its sheets and their cells, record by record.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use super::budget::Budget;
use super::cell::SheetCell;
use super::choose::{SheetName, choose};
use super::fault::WorkbookFault;
use super::rows::{RowKeeper, SheetFacts};
use super::shared_strings::SharedStrings;
use super::shown_moment::DateSystem;
use super::shown_number::shown;
use super::styles::Styles;
use super::xls_record::{Texts, XlsRecords, float, number, rk, short};
use crate::reading::flaw::FlawKind;
use crate::reading::merged::MergedCells;
use crate::reading::row::CellType;

/// What cells refer to.
struct Globals {
    texts: Texts,
    sheets: Vec<(SheetName, usize)>,
    styles: Styles,
    strings: SharedStrings,
    dates: DateSystem,
    /// Whether Excel has calculated it; other programs may leave formulas without a result.
    is_calculated: bool,
}

/// Reads a sheet of the stream that holds a workbook.
pub(super) fn read(
    stream: &[u8],
    budget: &Budget,
    wanted: Option<&str>,
    out: impl Write,
) -> Result<(Vec<SheetName>, usize, SheetFacts), WorkbookFault> {
    budget.spend(stream.len() as u64).map_err(std::io::Error::other)?;
    let globals = globals(stream, budget)?;
    let names: Vec<SheetName> = globals.sheets.iter().map(|(name, _)| name.clone()).collect();
    let chosen = choose(&names, wanted)?;
    let start = globals.sheets.get(chosen).map_or(0, |(_, start)| *start);
    let records = XlsRecords::at(stream, start).ok_or_else(cut)?;
    let facts = sheet(records, &globals, RowKeeper::new(out, budget.clone()))?;
    Ok((names, chosen, facts))
}

fn cut() -> WorkbookFault {
    WorkbookFault::broken("its sheet ends in the middle")
}

fn globals(stream: &[u8], budget: &Budget) -> Result<Globals, WorkbookFault> {
    let mut records = XlsRecords::at(stream, 0).ok_or_else(cut)?;
    let mut globals = Globals {
        texts: Texts::default(),
        sheets: Vec::new(),
        styles: Styles::default(),
        strings: SharedStrings::default(),
        dates: DateSystem::default(),
        is_calculated: false,
    };
    let (mut codes, mut known) = (HashMap::new(), HashMap::new());
    while let Some((kind, data)) = records.next() {
        match kind {
            0x0809 => globals.texts.is_old = short(data, 0) < 0x0600,
            0x002F => return Err(WorkbookFault::Password),
            0x0042 => globals.texts.set_code_page(short(data, 0)),
            0x01C1 => globals.is_calculated = true,
            0x0022 if short(data, 0) == 1 => globals.dates = DateSystem::Since1904,
            0x0085 => {
                let [_, _, _, _, state, sheet_kind, name @ ..] = data else { return Err(cut()) };
                let name = SheetName {
                    name: globals.texts.short_text(name),
                    is_hidden: state & 3 != 0,
                    has_cells: *sheet_kind == 0,
                };
                globals.sheets.push((name, number(data, 0) as usize));
            }
            // Formats of numbers come before the styles that use them.
            0x041E | 0x001E => {
                let code = match data.get(2..) {
                    Some(text) if globals.texts.is_old => globals.texts.short_text(text),
                    Some(text) => globals.texts.text(text),
                    None => String::new(),
                };
                codes.insert(u32::from(short(data, 0)), code);
            }
            0x00E0 => globals.styles.push(u32::from(short(data, 2)), &codes, &mut known),
            0x00FC => records.shared_texts(data, |text| globals.strings.push(text, budget))?,
            0x000A => break,
            _ => {}
        }
    }
    Ok(globals)
}

fn sheet<W: Write>(
    mut records: XlsRecords<'_>,
    globals: &Globals,
    mut rows: RowKeeper<W>,
) -> Result<SheetFacts, WorkbookFault> {
    let mut hidden = HashSet::new();
    let mut depth = 0;
    // A formula whose result is a text says so, and the text follows.
    let mut text_to_come = None;
    while let Some((kind, data)) = records.next() {
        match kind {
            // Charts on a sheet are sheets within it.
            0x0809 => depth += 1,
            0x000A if depth <= 1 => return rows.finish(),
            0x000A => depth -= 1,
            _ if depth > 1 => {}
            0x0208 if short(data, 12) & 0x20 != 0 => {
                hidden.insert(short(data, 0));
            }
            0x007D if short(data, 8) & 1 != 0 => {
                rows.hidden_columns(u32::from(short(data, 0)), u32::from(short(data, 2)));
            }
            0x00E5 => {
                for cells in data.get(2..).unwrap_or_default().chunks_exact(8) {
                    let at = |place| u32::from(short(cells, place));
                    rows.merged(MergedCells { rows: (at(0) + 1, at(2) + 1), columns: (at(4), at(6)) })?;
                }
            }
            0x0207 => {
                if let Some((column, style)) = text_to_come.take() {
                    let text = if globals.texts.is_old {
                        globals.texts.old_text(data)
                    } else {
                        globals.texts.text(data)
                    };
                    put_text(&mut rows, globals, column, style, &text)?;
                }
            }
            0x0203 | 0x027E | 0x00BD | 0x00FD | 0x0204 | 0x00D6 | 0x0205 | 0x0006 | 0x0206 | 0x0406 => {
                if data.len() < 6 {
                    return Err(cut());
                }
                let row = u64::from(short(data, 0)) + 1;
                if row != u64::from(rows.row()) {
                    rows.begin(row, hidden.contains(&short(data, 0)))?;
                }
                text_to_come = cell(kind, data, globals, &mut rows)?;
            }
            _ => {}
        }
    }
    Err(cut())
}

fn cell<W: Write>(
    kind: u16,
    data: &[u8],
    globals: &Globals,
    rows: &mut RowKeeper<W>,
) -> Result<Option<(u32, u16)>, WorkbookFault> {
    let (column, style) = (u32::from(short(data, 2)), short(data, 4));
    let numbers =
        |value: f64, style: u16| shown(value, globals.styles.format(usize::from(style)), globals.dates);
    match kind {
        0x0203 => rows.put(column, &numbers(float(data, 6), style))?,
        0x027E => rows.put(column, &numbers(rk(number(data, 6)), style))?,
        0x00BD => {
            let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6);
            for (column, cell) in (column..).zip(cells) {
                rows.put(column, &numbers(rk(number(cell, 2)), short(cell, 0)))?;
            }
        }
        0x00FD => {
            let text = globals.strings.get(number(data, 6) as usize);
            let missing = || {
                WorkbookFault::broken(format!(
                    "its cell {} refers to a text that is not there",
                    rows.place(column)
                ))
            };
            let text = text.ok_or_else(missing)?;
            put_text(rows, globals, column, style, text)?;
        }
        0x0204 | 0x00D6 => {
            let text = data.get(6..).unwrap_or_default();
            let text =
                if globals.texts.is_old { globals.texts.old_text(text) } else { globals.texts.text(text) };
            put_text(rows, globals, column, style, &text)?;
        }
        0x0205 => {
            let [value, is_error, ..] = data.get(6..).unwrap_or_default() else { return Err(cut()) };
            rows.put(column, &flag_or_error(*value, *is_error != 0))?;
        }
        _ => return formula(data, column, style, globals.is_calculated, &numbers, rows),
    }
    Ok(None)
}

fn formula<W: Write>(
    data: &[u8],
    column: u32,
    style: u16,
    is_calculated: bool,
    numbers: &dyn Fn(f64, u16) -> SheetCell,
    rows: &mut RowKeeper<W>,
) -> Result<Option<(u32, u16)>, WorkbookFault> {
    let Some([kind, _, value, _, _, _, 0xFF, 0xFF]) = data.get(6..14) else {
        let value = float(data, 6);
        // Programs that calculate nothing write 0, and ask for the right value at the first opening.
        let is_to_come = value == 0.0 && short(data, 14) & 2 != 0;
        let cell =
            if is_to_come { SheetCell::flawed("0", FlawKind::NotCalculated) } else { numbers(value, style) };
        rows.put(column, &cell)?;
        return Ok(None);
    };
    match kind {
        0 => return Ok(Some((column, style))),
        1 | 2 => rows.put(column, &flag_or_error(*value, *kind == 2))?,
        // An empty text, or nothing yet.
        _ if !is_calculated => rows.put(column, &SheetCell::flawed("", FlawKind::NotCalculated))?,
        _ => {}
    }
    Ok(None)
}

fn put_text<W: Write>(
    rows: &mut RowKeeper<W>,
    globals: &Globals,
    column: u32,
    style: u16,
    text: &str,
) -> Result<(), WorkbookFault> {
    let keeps = globals.styles.format(usize::from(style)).keeps_text() || text.is_empty();
    rows.put_text(column, text, CellType::Text, (!keeps).then_some(FlawKind::OtherText))
}

/// What a flag or an error of a binary workbook shows.
pub(super) fn flag_or_error(value: u8, is_error: bool) -> SheetCell {
    if !is_error {
        return SheetCell::text(if value == 0 { "FALSE" } else { "TRUE" });
    }
    let name = match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    SheetCell::flawed(name, FlawKind::ErrorCell)
}
