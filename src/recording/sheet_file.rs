//! A workbook with one sheet being written: one row is in memory at a time, and the file appears whole.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::atomic::RecordError;
use super::sink::OutputSink;

/// What a sheet holds, its header among it.
const ROWS: u32 = 1_048_576;
/// How many rows a sheet holds below its header.
pub const SHEET_ROWS: u64 = ROWS as u64 - 1;
const COLUMNS: usize = 16_384;
/// The most characters that a cell holds.
const CELL: usize = 32_767;
/// Widths are those of the first so many rows.
const LOOK: u32 = 1_000;
/// In characters.
const WIDEST: usize = 60;

/// A workbook being written.
pub struct SheetFile {
    path: PathBuf,
    file: Box<dyn OutputSink>,
    workbook: Workbook,
    widths: Vec<usize>,
    row: u32,
}

impl SheetFile {
    /// Begins it with the names of its columns.
    pub fn begin<'c>(
        file: Box<dyn OutputSink>,
        sheet_name: &str,
        columns: impl Iterator<Item = &'c str>,
    ) -> Result<Self, RecordError> {
        let path = file.path();
        let mut workbook = Workbook::new();
        let mut widths = Vec::new();
        let begun = (|| {
            // What is written lies beside the output until the end, where there is room for it as well.
            let is_file = path != Path::new("-") && !path.metadata().is_ok_and(|found| !found.is_file());
            if let Some(folder) = path.parent().filter(|_| is_file) {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                workbook.set_tempdir(folder)?;
            }
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(sheet_name)?;
            sheet.set_freeze_panes(1, 0)?;
            // When it is printed, all columns fit on a page, and each page has the header.
            sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
            let header = Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00E3_ECF7))
                .set_align(FormatAlign::VerticalCenter);
            for (column, name) in columns.enumerate() {
                if column >= COLUMNS {
                    return Err(XlsxError::RowColumnLimitError);
                }
                sheet.write_string_with_format(0, place(column), cut(name).0, &header)?;
                widths.push(name.chars().take(WIDEST).count() + 3);
            }
            Ok(())
        })();
        begun.map_err(|error| failed(&path, error))?;
        Ok(Self { path, file, workbook, widths, row: 1 })
    }

    /// Writes a row. `put` writes the cell that is not empty at its place.
    pub fn write<'c, C>(
        &mut self,
        cells: impl Iterator<Item = (&'c str, C)>,
        mut put: impl FnMut(&mut Worksheet, (u32, u16), &'c str, C) -> Result<(), XlsxError>,
    ) -> Result<(), RecordError> {
        if self.row >= ROWS {
            return Err(RecordError::SheetFull { path: self.path.clone() });
        }
        let Self { workbook, widths, row, path, .. } = self;
        // The library gives up with a panic where its own file cannot be written, on a full disk say.
        let written = catch_unwind(AssertUnwindSafe(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (column, (cell, more)) in cells.enumerate() {
                if *row <= LOOK
                    && let Some(width) = widths.get_mut(column)
                {
                    *width = cell.chars().take(WIDEST).count().max(*width);
                }
                if column >= COLUMNS {
                    return Err(XlsxError::RowColumnLimitError);
                }
                if !cell.is_empty() {
                    put(sheet, (*row, place(column)), cell, more)?;
                }
            }
            Ok(())
        }));
        written.unwrap_or_else(|_| Err(full())).map_err(|error| failed(path, error))?;
        self.row += 1;
        Ok(())
    }

    /// Ends it: where it is, and the new name of an earlier file.
    pub fn finish(self) -> Result<(PathBuf, Option<PathBuf>), RecordError> {
        let Self { path, mut file, mut workbook, widths, row } = self;
        let saved = catch_unwind(AssertUnwindSafe(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (column, width) in widths.iter().enumerate() {
                let width = u32::try_from(*width).unwrap_or_default();
                sheet.set_column_width(place(column), f64::from(width) + 2.0)?;
            }
            if !widths.is_empty() {
                sheet.autofilter(0, 0, row - 1, place(widths.len() - 1))?;
            }
            workbook.save_to_writer(&mut file)
        }));
        saved.unwrap_or_else(|_| Err(full())).map_err(|error| failed(&path, error))?;
        let earlier = file.finish()?;
        Ok((path, earlier))
    }
}

fn place(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// Writes text. Where a cell does not hold all of it, it ends with an ellipsis; whether that was so.
pub fn put_text(sheet: &mut Worksheet, (row, column): (u32, u16), text: &str) -> Result<bool, XlsxError> {
    let (text, is_cut) = cut(text);
    sheet.write_string(row, column, text)?;
    Ok(is_cut)
}

fn cut(text: &str) -> (String, bool) {
    if text.len() <= CELL || text.encode_utf16().count() <= CELL {
        return (text.to_owned(), false);
    }
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < CELL
        })
        .collect();
    (format!("{kept}…"), true)
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
