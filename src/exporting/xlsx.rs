//! A workbook with one sheet: ids, money and dates are numbers and dates, everything that only looks like a number
//! is text. One row is in memory at a time.

use std::borrow::Cow;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::column::{CellFixes, Column};
use crate::catalogue::ValueKind;
use crate::customers::{is_plain, plain};
use crate::recording::{OutputSink, RecordError};

/// What a sheet holds, its header among it.
const ROWS: u32 = 1_048_576;
/// How many customers a workbook holds.
pub const SHEET_ROWS: u64 = ROWS as u64 - 1;
/// A spreadsheet's numbers are exact up to this many digits.
const DIGITS: usize = 15;
/// The most characters that a cell holds.
const CELL: usize = 32_767;
/// Widths are those of the first so many rows.
const LOOK: u32 = 1_000;
/// In characters.
const WIDEST: usize = 60;

/// A workbook being written.
pub(super) struct Xlsx {
    path: PathBuf,
    file: Box<dyn OutputSink>,
    workbook: Workbook,
    columns: Vec<Column>,
    widths: Vec<usize>,
    formats: Formats,
    row: u32,
    fixes: CellFixes,
}

/// How numbers and dates are shown.
struct Formats {
    id: Format,
    money: Format,
    day: Format,
    moment: Format,
}

impl Xlsx {
    pub(super) fn begin(file: Box<dyn OutputSink>, columns: Vec<Column>) -> Result<Self, RecordError> {
        let path = file.path();
        let mut workbook = Workbook::new();
        let widths = columns.iter().map(|column| column.name.chars().count() + 3).collect();
        let begun = (|| {
            // What is written lies beside the output until the end, where there is room for it as well.
            let is_file = path != Path::new("-") && !path.metadata().is_ok_and(|found| !found.is_file());
            if let Some(folder) = path.parent().filter(|_| is_file) {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                workbook.set_tempdir(folder)?;
            }
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name("customers")?;
            sheet.set_freeze_panes(1, 0)?;
            // When it is printed, all columns fit on a page, and each page has the header.
            sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
            let header = Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00E3_ECF7))
                .set_align(FormatAlign::VerticalCenter);
            for (column, name) in (0_u16..).zip(&columns) {
                sheet.write_string_with_format(0, column, &name.name, &header)?;
            }
            Ok(())
        })();
        begun.map_err(|error| failed(&path, error))?;
        Ok(Self {
            path,
            file,
            workbook,
            columns,
            widths,
            formats: Formats::new(),
            row: 1,
            fixes: CellFixes::default(),
        })
    }

    pub(super) fn write(&mut self, cells: &[String]) -> Result<(), RecordError> {
        if self.row >= ROWS {
            let source = io::Error::other(
                "a sheet holds no more than 1048575 customers; write CSV with --format csv, or export in parts",
            );
            return Err(RecordError::Write { path: self.path.clone(), source });
        }
        let Self { workbook, columns, widths, formats, row, fixes, path, .. } = self;
        // The library gives up with a panic where its own file cannot be written, on a full disk say.
        let written = catch_unwind(AssertUnwindSafe(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (place, (cell, column)) in cells.iter().zip(columns.iter()).enumerate() {
                if *row <= LOOK
                    && let Some(width) = widths.get_mut(place)
                {
                    *width = cell.chars().take(WIDEST).count().max(*width);
                }
                let at = u16::try_from(place).unwrap_or(u16::MAX);
                formats.write(sheet, (*row, at), cell, column.kind, fixes)?;
            }
            Ok(())
        }));
        written.unwrap_or_else(|_| Err(full())).map_err(|error| failed(path, error))?;
        self.row += 1;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(PathBuf, CellFixes), RecordError> {
        let Self { path, mut file, mut workbook, columns, widths, row, fixes, .. } = self;
        let saved = catch_unwind(AssertUnwindSafe(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (column, width) in (0_u16..).zip(&widths) {
                let width = u32::try_from(*width).unwrap_or_default();
                sheet.set_column_width(column, f64::from(width) + 2.0)?;
            }
            let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
            if !columns.is_empty() {
                sheet.autofilter(0, 0, row - 1, last)?;
            }
            workbook.save_to_writer(&mut file)
        }));
        saved.unwrap_or_else(|_| Err(full())).map_err(|error| failed(&path, error))?;
        file.finish()?;
        Ok((path, fixes))
    }
}

fn full() -> XlsxError {
    XlsxError::IoError(io::Error::other(
        "the workbook's temporary file cannot be written (is the disk full?)",
    ))
}

fn failed(path: &Path, error: XlsxError) -> RecordError {
    let source = match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    };
    RecordError::Write { path: path.to_owned(), source }
}

impl Formats {
    fn new() -> Self {
        Self {
            id: Format::new().set_num_format("0"),
            // Two decimals, and further ones where there are any: no digit is hidden.
            money: Format::new().set_num_format("#,##0.00########"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }

    fn write(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &str,
        kind: ValueKind,
        fixes: &mut CellFixes,
    ) -> Result<(), XlsxError> {
        if cell.is_empty() {
            return Ok(());
        }
        let format = match kind {
            ValueKind::Money => &self.money,
            _ => &self.id,
        };
        match number(cell, kind) {
            Number::Exact(number) => {
                sheet.write_number_with_format(row, column, number, format)?;
                return Ok(());
            }
            Number::TooLong => fixes.too_long += 1,
            Number::None => {}
        }
        if matches!(kind, ValueKind::Date | ValueKind::DateTime)
            && let Some((moment, is_day)) = moment(cell)
        {
            let format = if is_day { &self.day } else { &self.moment };
            sheet.write_datetime_with_format(row, column, &moment, format)?;
            return Ok(());
        }
        if cell.len() > CELL && cell.encode_utf16().count() > CELL {
            fixes.cut += 1;
            let mut units = 0;
            let kept: String = cell
                .chars()
                .take_while(|c| {
                    units += c.len_utf16();
                    units < CELL
                })
                .collect();
            sheet.write_string(row, column, format!("{kept}…"))?;
        } else {
            sheet.write_string(row, column, cell)?;
        }
        Ok(())
    }
}

enum Number {
    /// Every digit survives in a spreadsheet's number.
    Exact(f64),
    /// Some would not.
    TooLong,
    /// It is none, or its notation would not survive: leading zeros are a part of a name.
    None,
}

fn number(cell: &str, kind: ValueKind) -> Number {
    let amount = match kind {
        ValueKind::Money => plain(cell),
        ValueKind::Id | ValueKind::Flag | ValueKind::Integer => is_plain(cell).then_some(Cow::Borrowed(cell)),
        _ => None,
    };
    let Some(amount) = amount else { return Number::None };
    let digits = amount.strip_prefix('-').unwrap_or(&amount);
    let has_leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    // What shows no fraction must have none; and an id with zeros before it is a name.
    if kind != ValueKind::Money && (has_leading_zero || digits.contains('.')) {
        return Number::None;
    }
    let significant = digits.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if significant > DIGITS {
        return Number::TooLong;
    }
    // A decimal of so few digits has a double of its own, which the library writes as these very digits.
    amount.parse().map_or(Number::None, Number::Exact)
}

/// A date, and whether it is a day without a time. What lies before a spreadsheet's first day is none.
fn moment(cell: &str) -> Option<(ExcelDateTime, bool)> {
    const FIRST: i16 = 1900;
    if cell.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    let (date, time) = match cell.parse::<Date>() {
        Ok(date) if cell.len() == 10 => (date, None),
        _ => {
            let moment: DateTime = cell.parse().ok()?;
            (moment.date(), Some(moment.time()))
        }
    };
    if date.year() < FIRST {
        return None;
    }
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    let moment = ExcelDateTime::from_ymd(date.year().unsigned_abs(), month, day).ok()?;
    match time {
        None => Some((moment, true)),
        Some(time) => {
            let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
            let moment = moment.and_hms(hour.into(), minute, f64::from(time.second())).ok()?;
            Some((moment, false))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, moment, number};
    use crate::catalogue::ValueKind;

    fn exact(cell: &str, kind: ValueKind) -> Option<f64> {
        match number(cell, kind) {
            Number::Exact(number) => Some(number),
            Number::TooLong | Number::None => None,
        }
    }

    #[test]
    fn numbers_are_those_whose_digits_survive() {
        assert_eq!(exact("-15.40", ValueKind::Money), Some(-15.4));
        assert_eq!(exact("1001", ValueKind::Id), Some(1001.0));
        assert_eq!(exact("0.05", ValueKind::Money), Some(0.05));
        assert_eq!(exact("12,50", ValueKind::Money), Some(12.5));
        assert_eq!(exact("0012.50", ValueKind::Money), Some(12.5));
        assert_eq!(exact("1234567890123.45", ValueKind::Money), Some(1_234_567_890_123.45));
        for (cell, kind) in [
            ("000123", ValueKind::Id),
            ("1001", ValueKind::Text),
            ("380670001122", ValueKind::Phone),
            ("1.5", ValueKind::Id),
            ("much", ValueKind::Money),
            ("5; 6", ValueKind::Id),
            ("1e3", ValueKind::Id),
            ("inf", ValueKind::Money),
        ] {
            assert!(matches!(number(cell, kind), Number::None), "{cell}");
        }
        assert!(matches!(number("12345678901234.56", ValueKind::Money), Number::TooLong));
    }

    #[test]
    fn dates_are_those_that_exist_and_that_a_sheet_can_hold() {
        assert!(moment("2023-03-09").is_some_and(|(_, is_day)| is_day));
        assert!(moment("2023-03-09 16:03:28").is_some_and(|(_, is_day)| !is_day));
        for none in
            ["20230309", "2023-02-30", "1812-06-24", "soon", "2023-03-09; 2023-03-10", "2023-03-09 99:00:00"]
        {
            assert!(moment(none).is_none(), "{none}");
        }
    }
}
