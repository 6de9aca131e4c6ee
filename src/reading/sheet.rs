//! One sheet of an Excel workbook, copied out as plain rows, cell by cell.

use std::io::{self, BufReader, Read, Seek, Write};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::error::ReadError;
use super::flaw::FlawKind;
use super::row::CellType;
use super::sheet_records::{SheetCell, SheetWriter};

/// Writes the rows of the sheet that hold anything to `out`. Dates are written in ISO form, numbers as a spreadsheet shows them: with at most 15 significant
/// digits.
pub(super) fn copy(
    file: impl Read + Seek,
    name: &str,
    sheet: Option<&str>,
    out: impl Write,
) -> Result<(), ReadError> {
    let broken = |reason: calamine::XlsxError| ReadError::Workbook {
        name: name.to_owned(),
        reason: reason.to_string(),
    };
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(broken)?;
    let sheets = workbook.sheet_names();
    let no_sheet = || ReadError::NoSheet {
        name: name.to_owned(),
        sheet: sheet.unwrap_or_default().to_owned(),
        known: sheets.join(", "),
    };
    let chosen = match sheet {
        Some(wanted) => sheets.iter().find(|s| s.trim() == wanted.trim()).ok_or_else(no_sheet)?,
        None => sheets.first().ok_or_else(no_sheet)?,
    };
    let mut cells = workbook.worksheet_cells_reader(chosen).map_err(broken)?;
    let mut rows = RowWriter::new(out);
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        rows.put(row, column, cell_of(cell.get_value()))
            .map_err(|source| ReadError::Copy { name: name.to_owned(), source })?;
    }
    rows.finish().map_err(|source| ReadError::Copy { name: name.to_owned(), source })
}

/// Collects the cells of a row, and writes it when the next one begins.
struct RowWriter<W: Write> {
    out: SheetWriter<W>,
    row: u32,
    cells: Vec<SheetCell>,
}

impl<W: Write> RowWriter<W> {
    fn new(out: W) -> Self {
        Self { out: SheetWriter::new(out), row: 0, cells: Vec::new() }
    }

    fn put(&mut self, row: u32, column: u32, cell: SheetCell) -> io::Result<()> {
        if self.row < row {
            self.end_row()?;
            self.row = row;
        }
        let column = column as usize;
        if self.cells.len() <= column {
            self.cells.resize(column + 1, SheetCell::default());
        }
        self.cells[column] = cell;
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        if !self.cells.is_empty() {
            self.out.write(self.row + 1, &self.cells)?;
            self.cells.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.end_row()?;
        self.out.finish()
    }
}

fn cell_of(value: &DataRef<'_>) -> SheetCell {
    let flaw = match value {
        DataRef::Float(number) if number.abs() >= EXACT => Some(FlawKind::LongNumber),
        DataRef::Error(_) => Some(FlawKind::ErrorCell),
        _ => None,
    };
    let cell_type = match value {
        DataRef::Int(_) | DataRef::Float(_) => CellType::Number,
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => CellType::Date,
        _ => CellType::Text,
    };
    SheetCell { text: text(value), cell_type, flaw }
}

/// From here on a double no longer holds every digit that was written.
const EXACT: f64 = 1e15;

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        // As a spreadsheet shows it: a flag, not an amount of money.
        DataRef::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // The cell has a flaw; this is what its message shows.
        DataRef::Error(error) => error.to_string(),
    }
}

fn date(moment: &ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return decimal(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// A workbook stores 0.1 + 0.2 as 0.30000000000000004 and shows 0.3: what a person saw is what they meant.
fn decimal(number: f64) -> String {
    /// The number of digits that a spreadsheet shows.
    const SIGNIFICANT: i32 = 15;
    if number == 0.0 || !number.is_finite() {
        return "0".to_owned();
    }
    let magnitude = number.abs().log10().floor();
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a finite double lies within ±324")]
    let decimals = (SIGNIFICANT - 1 - magnitude as i32).clamp(0, 300);
    let text = format!("{number:.*}", usize::try_from(decimals).unwrap_or(0));
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.');
    // Text with three decimals is ambiguous (1.234); a number in a cell is not.
    let decimals = text.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals == 3 { format!("{text}0") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn numbers_are_what_a_spreadsheet_shows() {
        for (number, shown) in [
            (1001.0, "1001"),
            (0.1 + 0.2, "0.3"),
            (-15.4, "-15.4"),
            (1234.5, "1234.5"),
            (0.0, "0"),
            (380_670_001_122.0, "380670001122"),
            (0.07, "0.07"),
            (1.005, "1.0050"),
        ] {
            assert_eq!(decimal(number), shown);
        }
    }
}
