//! One sheet of a workbook in Office Open XML: its cells, in the order of the file.

use std::io::{Read, Write};

use quick_xml::events::{BytesStart, Event};

use super::cell::SheetCell;
use super::fault::WorkbookFault;
use super::number_format::NumberFormat;
use super::rich_text::RichText;
use super::rows::{RowKeeper, SheetFacts};
use super::shared_strings::{SharedStrings, unescaped};
use super::shown_moment::DateSystem;
use super::shown_number::shown;
use super::styles::Styles;
use super::xml::{Attributes, Xml, attribute, is_true, push_text};
use crate::reading::flaw::FlawKind;
use crate::reading::merged::MergedCells;
use crate::reading::row::CellType;

/// What cells refer to.
pub(super) struct SheetContext {
    pub(super) styles: Styles,
    pub(super) strings: SharedStrings,
    pub(super) dates: DateSystem,
    /// Whether the values of formulas are to be calculated when the workbook is opened.
    pub(super) is_stale: bool,
}

/// How the value of a cell is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum StoredAs {
    #[default]
    Number,
    Shared,
    Text,
    Inline,
    Flag,
    Error,
    Date,
}

/// The cell that is being read.
#[derive(Default)]
struct OpenCell {
    column: u32,
    style: usize,
    written: StoredAs,
    value: String,
    has_value: bool,
    has_formula: bool,
}

/// The part of a cell that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    None,
    Value,
    Inline,
    Other,
}

/// Reads a sheet into rows.
pub(super) fn read_sheet<R: Read, W: Write>(
    mut xml: Xml<R>,
    context: &SheetContext,
    mut rows: RowKeeper<W>,
) -> Result<SheetFacts, WorkbookFault> {
    let mut open = OpenCell::default();
    let mut inline = RichText::default();
    let (mut is_cell, mut is_data, mut was_data) = (false, false, false);
    let mut part = Part::None;
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(tag) if is_cell => match (part, tag.local_name().as_ref()) {
                (Part::None, "v") => {
                    part = Part::Value;
                    open.has_value = true;
                }
                (Part::None, "is") => part = Part::Inline,
                (Part::None, "f") => {
                    part = Part::Other;
                    open.has_formula = true;
                }
                (Part::Inline, _) => inline.take(&event, &mut open.value)?,
                _ => {}
            },
            Event::End(tag) if is_cell => match (part, tag.local_name().as_ref()) {
                (_, "c") => {
                    is_cell = false;
                    part = Part::None;
                    close(&open, context, &mut rows)?;
                }
                (Part::Value, "v") | (Part::Inline, "is") | (Part::Other, "f") => part = Part::None,
                (Part::Inline, _) => inline.take(&event, &mut open.value)?,
                _ => {}
            },
            Event::Start(tag) => match tag.local_name().as_ref() {
                "c" if is_data => {
                    open.begin(tag, &rows)?;
                    is_cell = true;
                }
                "row" if is_data => row(tag, &mut rows)?,
                "sheetData" if !was_data => (is_data, was_data) = (true, true),
                "col" => column(tag, &mut rows)?,
                "mergeCell" => {
                    let cells = attribute(tag, "ref")?;
                    rows.merged(cells.and_then(|cells| range(&cells)).ok_or_else(bad_place)?)?;
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "sheetData" => is_data = false,
            event if part == Part::Value => push_text(event, &mut open.value)?,
            event if part == Part::Inline => inline.take(event, &mut open.value)?,
            _ => {}
        }
    }
    if !was_data {
        return Err(WorkbookFault::broken("the part with its sheet has no cells in it"));
    }
    if is_data || is_cell {
        return Err(WorkbookFault::broken("its sheet ends in the middle"));
    }
    rows.finish()
}

fn row<W: Write>(tag: &BytesStart<'_>, rows: &mut RowKeeper<W>) -> Result<(), WorkbookFault> {
    let (mut number, mut is_hidden) = (u64::from(rows.next_row()), false);
    for found in Attributes(tag.attributes_raw()) {
        match found? {
            ("r", value) => number = value.trim().parse().map_err(|_| bad_place())?,
            ("hidden", value) => is_hidden |= is_true(value),
            // A row of no height is not seen either.
            ("ht", value) => is_hidden |= value.parse() == Ok(0.0),
            _ => {}
        }
    }
    rows.begin(number, is_hidden)
}

fn column<W: Write>(tag: &BytesStart<'_>, rows: &mut RowKeeper<W>) -> Result<(), WorkbookFault> {
    let number = |name| {
        Ok::<_, WorkbookFault>(attribute(tag, name)?.and_then(|value| value.trim().parse::<u32>().ok()))
    };
    if attribute(tag, "hidden")?.is_some_and(|value| is_true(&value))
        && let (Some(first @ 1..), Some(last @ 1..)) = (number("min")?, number("max")?)
    {
        rows.hidden_columns(first - 1, last - 1);
    }
    Ok(())
}

impl OpenCell {
    fn begin<W: Write>(&mut self, tag: &BytesStart<'_>, rows: &RowKeeper<W>) -> Result<(), WorkbookFault> {
        self.value.clear();
        (self.column, self.style, self.written) = (rows.next_column(), 0, StoredAs::Number);
        (self.has_value, self.has_formula) = (false, false);
        for found in Attributes(tag.attributes_raw()) {
            match found? {
                ("r", place) => {
                    let (column, row) = cell_place(place.as_bytes()).ok_or_else(bad_place)?;
                    if row != rows.row() {
                        let row = rows.row();
                        return Err(WorkbookFault::broken(format!(
                            "its row {row} holds the cell {place} of another row"
                        )));
                    }
                    self.column = column;
                }
                ("s", style) => self.style = style.trim().parse().unwrap_or(0),
                ("t", written) => {
                    self.written = match written {
                        "s" => StoredAs::Shared,
                        "str" => StoredAs::Text,
                        "inlineStr" => StoredAs::Inline,
                        "b" => StoredAs::Flag,
                        "e" => StoredAs::Error,
                        "d" => StoredAs::Date,
                        _ => StoredAs::Number,
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn close<W: Write>(
    open: &OpenCell,
    context: &SheetContext,
    rows: &mut RowKeeper<W>,
) -> Result<(), WorkbookFault> {
    let OpenCell { column, style, written, value, has_value, has_formula } = open;
    let format = context.styles.format(*style);
    let is_text = matches!(written, StoredAs::Text | StoredAs::Inline);
    // Only of a text can the result be nothing.
    if *has_formula && (!has_value || (value.trim().is_empty() && !is_text)) {
        return rows.put(*column, &SheetCell::flawed("", FlawKind::NotCalculated));
    }
    let text_flaw = |text: &str| (!format.keeps_text() && !text.is_empty()).then_some(FlawKind::OtherText);
    match written {
        StoredAs::Shared if value.trim().is_empty() => Ok(()),
        StoredAs::Shared => {
            let text = value.trim().parse().ok().and_then(|place| context.strings.get(place));
            let text = text.ok_or_else(|| {
                WorkbookFault::broken(format!(
                    "its cell {} refers to a text that is not there",
                    rows.place(*column)
                ))
            })?;
            rows.put_text(*column, text, CellType::Text, text_flaw(text))
        }
        StoredAs::Text | StoredAs::Inline => {
            let text = unescaped(value);
            rows.put_text(*column, &text, CellType::Text, text_flaw(&text))
        }
        // As a spreadsheet shows it: a flag, not an amount of money.
        StoredAs::Flag if !value.is_empty() => {
            let shown = if is_true(value.trim()) { "TRUE" } else { "FALSE" };
            rows.put_text(*column, shown, CellType::Text, None)
        }
        StoredAs::Error => rows.put_text(*column, value, CellType::Text, Some(FlawKind::ErrorCell)),
        StoredAs::Date => rows.put_text(*column, value.trim(), CellType::Date, None),
        StoredAs::Number if is_zero_to_come(open, context) => {
            rows.put(*column, &SheetCell::flawed(value.trim(), FlawKind::NotCalculated))
        }
        StoredAs::Flag | StoredAs::Number => number(*column, value.trim(), format, context.dates, rows),
    }
}

/// Programs that write formulas and can't calculate them write 0, and ask for the right value at the first opening.
fn is_zero_to_come(open: &OpenCell, context: &SheetContext) -> bool {
    open.has_formula && context.is_stale && open.value.trim() == "0"
}

fn number<W: Write>(
    column: u32,
    value: &str,
    format: &NumberFormat,
    dates: DateSystem,
    rows: &mut RowKeeper<W>,
) -> Result<(), WorkbookFault> {
    if value.is_empty() {
        return Ok(());
    }
    // Most numbers are ids that need no work.
    if format.is_general()
        && value.len() <= 15
        && value.bytes().all(|b| b.is_ascii_digit())
        && !value.starts_with('0')
    {
        return rows.put_text(column, value, CellType::Number, None);
    }
    match value.parse::<f64>() {
        Ok(number) => rows.put(column, &shown(number, format, dates)),
        Err(_) => rows.put(column, &SheetCell::flawed(value, FlawKind::NoNumber)),
    }
}

fn bad_place() -> WorkbookFault {
    WorkbookFault::broken("it names a row or a cell that no sheet has")
}

/// The column, counted from 0, and the row, counted from 1, of `C7`.
fn cell_place(place: &[u8]) -> Option<(u32, u32)> {
    let place = place.trim_ascii();
    let end = place.iter().position(u8::is_ascii_digit)?;
    let (letters, digits) = place.split_at(end);
    if !(1..=7).contains(&letters.len()) || digits.len() > 10 {
        return None;
    }
    let column = letters.iter().try_fold(0_u64, |sum, letter| {
        letter.is_ascii_alphabetic().then(|| sum * 26 + u64::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row =
        digits.iter().try_fold(0_u64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u64::from(b - b'0')))?;
    Some((u32::try_from(column - 1).unwrap_or(u32::MAX), u32::try_from(row).unwrap_or(u32::MAX)))
}

fn range(text: &str) -> Option<MergedCells> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (first, last) = (cell_place(first.as_bytes())?, cell_place(last.as_bytes())?);
    Some(MergedCells { rows: (first.1, last.1), columns: (first.0, last.0) })
}
