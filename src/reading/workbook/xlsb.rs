//! A binary workbook (.xlsb): its sheets and their cells, record by record.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek, Write};

use super::budget::{Budget, Metered};
use super::cell::SheetCell;
use super::choose::{SheetName, choose};
use super::fault::WorkbookFault;
use super::package::{Package, Relation};
use super::rows::{RowKeeper, SheetFacts};
use super::shared_strings::SharedStrings;
use super::shown_moment::DateSystem;
use super::shown_number::shown;
use super::styles::Styles;
use super::xls::flag_or_error;
use super::xls_record::{float, number, rk, short};
use crate::reading::flaw::FlawKind;
use crate::reading::merged::MergedCells;
use crate::reading::row::CellType;

/// Goes through the records of a part.
struct BinaryRecords<R: Read> {
    part: BufReader<Metered<R>>,
    budget: Budget,
    data: Vec<u8>,
}

/// No record comes near this.
const LONGEST: usize = 4 << 20;

impl<R: Read> BinaryRecords<R> {
    fn new(part: R, budget: &Budget) -> Self {
        budget.next_piece();
        Self {
            part: BufReader::new(Metered::new(part, budget.clone())),
            budget: budget.clone(),
            data: Vec::new(),
        }
    }

    /// The kind and the content of the next one; none at the end.
    fn next(&mut self) -> Result<Option<(u32, &[u8])>, WorkbookFault> {
        self.budget.next_piece();
        let mut first = [0];
        if self.part.read(&mut first)? == 0 {
            return Ok(None);
        }
        let mut kind = u32::from(first[0]);
        if first[0] & 0x80 != 0 {
            kind = (kind & 0x7F) | u32::from(self.byte()?) << 7;
        }
        let mut length = 0;
        for place in 0..4 {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7F) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > LONGEST {
            return Err(damaged());
        }
        self.data.resize(length, 0);
        self.part.read_exact(&mut self.data).map_err(|_| damaged())?;
        Ok(Some((kind, &self.data)))
    }

    fn byte(&mut self) -> Result<u8, WorkbookFault> {
        let mut byte = [0];
        self.part.read_exact(&mut byte).map_err(|_| damaged())?;
        Ok(byte[0])
    }
}

fn damaged() -> WorkbookFault {
    WorkbookFault::broken("it is a binary workbook (.xlsb), and damaged")
}

/// A text at this place, and the place after it.
fn text(data: &[u8], at: usize) -> Result<(String, usize), WorkbookFault> {
    let length = number(data, at) as usize;
    let end = length.checked_mul(2).and_then(|length| length.checked_add(at + 4)).ok_or_else(damaged)?;
    let units = data.get(at + 4..end).ok_or_else(damaged)?.chunks_exact(2);
    let units: Vec<u16> = units.map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    Ok((String::from_utf16_lossy(&units), end))
}

/// Reads a sheet, the first visible one where none is named.
pub(super) fn read<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    wanted: Option<&str>,
    out: impl Write,
) -> Result<(Vec<SheetName>, usize, SheetFacts), WorkbookFault> {
    let relations = package.relations(part)?;
    let budget = package.budget().clone();
    let (sheets, dates) = workbook(package, part, &relations)?;
    let names: Vec<SheetName> = sheets.iter().map(|(name, _)| name.clone()).collect();
    if names.is_empty() {
        return Err(damaged());
    }
    let chosen = choose(&names, wanted)?;
    let of_kind =
        |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|r| r.part.clone());
    let styles = match of_kind("styles") {
        Some(part) => styles(package, &part)?,
        None => Styles::default(),
    };
    let mut strings = SharedStrings::default();
    if let Some(part) = of_kind("sharedStrings")
        && let Some(part) = package.part(&part)?
    {
        let mut records = BinaryRecords::new(part, &budget);
        while let Some((kind, data)) = records.next()? {
            if kind == 0x13 {
                strings.push(&text(data, 1)?.0, &budget)?;
            }
        }
    }
    let sheet = sheets.get(chosen).map(|(_, part)| part.as_str()).unwrap_or_default();
    let part = package.part(sheet)?.ok_or_else(damaged)?;
    let mut cells = BinaryCells { styles, strings, dates, rows: RowKeeper::new(out, budget.clone()) };
    let mut records = BinaryRecords::new(part, &budget);
    let mut was_data = false;
    while let Some((kind, data)) = records.next()? {
        was_data |= kind == 0x92;
        cells.take(kind, data)?;
    }
    if was_data { Ok((names, chosen, cells.rows.finish()?)) } else { Err(damaged()) }
}

type Sheets = Vec<(SheetName, String)>;

fn workbook<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    relations: &[Relation],
) -> Result<(Sheets, DateSystem), WorkbookFault> {
    let budget = package.budget().clone();
    let mut records = BinaryRecords::new(package.part(part)?.ok_or_else(damaged)?, &budget);
    let (mut sheets, mut dates) = (Sheets::new(), DateSystem::default());
    while let Some((kind, data)) = records.next()? {
        match kind {
            0x99 if data.first().is_some_and(|flags| flags & 1 != 0) => dates = DateSystem::Since1904,
            0x9C => {
                // A sheet without a part has a length of all ones.
                let (id, after) =
                    if number(data, 8) == u32::MAX { (String::new(), 12) } else { text(data, 8)? };
                let relation = relations.iter().find(|relation| relation.id == id);
                let name = SheetName {
                    name: text(data, after)?.0,
                    is_hidden: number(data, 0) != 0,
                    has_cells: relation.is_some_and(|relation| relation.kind == "worksheet"),
                };
                sheets.push((name, relation.map(|relation| relation.part.clone()).unwrap_or_default()));
            }
            _ => {}
        }
    }
    Ok((sheets, dates))
}

fn styles<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Styles, WorkbookFault> {
    let budget = package.budget().clone();
    let mut styles = Styles::default();
    let Some(part) = package.part(part)? else { return Ok(styles) };
    let mut records = BinaryRecords::new(part, &budget);
    let (mut codes, mut known) = (HashMap::new(), HashMap::new());
    let mut is_cells = false;
    while let Some((kind, data)) = records.next()? {
        match kind {
            0x2C => {
                codes.insert(u32::from(short(data, 0)), text(data, 2)?.0);
            }
            0x269 => is_cells = true,
            0x26A => break,
            0x2F if is_cells => styles.push(u32::from(short(data, 2)), &codes, &mut known),
            _ => {}
        }
    }
    Ok(styles)
}

/// The cells of a sheet on their way to its rows.
struct BinaryCells<W: Write> {
    styles: Styles,
    strings: SharedStrings,
    dates: DateSystem,
    rows: RowKeeper<W>,
}

impl<W: Write> BinaryCells<W> {
    fn take(&mut self, kind: u32, data: &[u8]) -> Result<(), WorkbookFault> {
        match kind {
            0x00 => {
                return self
                    .rows
                    .begin(u64::from(number(data, 0)) + 1, data.get(11).is_some_and(|f| f & 0x10 != 0));
            }
            0x3C if short(data, 16) & 1 != 0 => self.rows.hidden_columns(number(data, 0), number(data, 4)),
            0xB0 => {
                let at = |place| number(data, place);
                let rows = (at(0).saturating_add(1), at(4).saturating_add(1));
                self.rows.merged(MergedCells { rows, columns: (at(8), at(12)) })?;
            }
            0x02..=0x0B | 0x3E => return self.cell(kind, data),
            _ => {}
        }
        Ok(())
    }

    fn cell(&mut self, kind: u32, data: &[u8]) -> Result<(), WorkbookFault> {
        let (column, style) = (number(data, 0), number(data, 4) & 0x00FF_FFFF);
        let format = self.styles.format(style as usize);
        let byte = data.get(8).copied().ok_or_else(damaged)?;
        let text = match kind {
            0x02 => return self.rows.put(column, &shown(rk(number(data, 8)), format, self.dates)),
            0x05 | 0x09 => {
                // Of a formula the flags follow its value.
                let is_to_come = kind == 0x09 && float(data, 8) == 0.0 && short(data, 16) & 2 != 0;
                let cell = if is_to_come {
                    SheetCell::flawed("0", FlawKind::NotCalculated)
                } else {
                    shown(float(data, 8), format, self.dates)
                };
                return self.rows.put(column, &cell);
            }
            0x03 | 0x0B => return self.rows.put(column, &flag_or_error(byte, true)),
            0x04 | 0x0A => return self.rows.put(column, &flag_or_error(byte, false)),
            0x07 => {
                let text = self.strings.get(number(data, 8) as usize).ok_or_else(damaged)?;
                let flaw = (!format.keeps_text() && !text.is_empty()).then_some(FlawKind::OtherText);
                return self.rows.put_text(column, text, CellType::Text, flaw);
            }
            0x3E => text(data, 9)?.0,
            _ => text(data, 8)?.0,
        };
        let flaw = (!format.keeps_text() && !text.is_empty()).then_some(FlawKind::OtherText);
        self.rows.put_text(column, &text, CellType::Text, flaw)
    }
}
