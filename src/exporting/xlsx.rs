//! A workbook with one sheet: ids, money and dates are numbers and dates, everything that only looks like a number
//! is text. One row is in memory at a time.

use std::borrow::Cow;
use std::path::PathBuf;

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

use super::column::{CellFixes, Column};
use crate::catalogue::ValueKind;
use crate::customers::{is_plain, plain};
use crate::recording::{OutputSink, RecordError, SheetFile, put_text};

/// A spreadsheet's numbers are exact up to this many digits.
const DIGITS: usize = 15;

/// A workbook being written.
pub(super) struct Xlsx {
    file: SheetFile,
    columns: Vec<Column>,
    formats: Formats,
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
        let names = columns.iter().map(|column| column.name.as_str());
        let file = SheetFile::begin(file, "customers", names)?;
        Ok(Self { file, columns, formats: Formats::new(), fixes: CellFixes::default() })
    }

    pub(super) fn write(&mut self, cells: &[String]) -> Result<(), RecordError> {
        let Self { file, columns, formats, fixes } = self;
        let cells = cells.iter().map(String::as_str).zip(columns.iter().map(|column| column.kind));
        file.write(cells, |sheet, place, cell, kind| formats.write(sheet, place, cell, kind, fixes))
    }

    pub(super) fn finish(self) -> Result<(PathBuf, CellFixes), RecordError> {
        Ok((self.file.finish()?.0, self.fixes))
    }
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
        fixes.cut += u64::from(put_text(sheet, (row, column), cell)?);
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
        ValueKind::Id | ValueKind::Flag | ValueKind::Integer | ValueKind::NumberOrText => {
            is_plain(cell).then_some(Cow::Borrowed(cell))
        }
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
