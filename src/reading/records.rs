//! A pass over the rows of an input, whatever it is.

use super::error::ReadError;
use super::flaw::Flaw;
use super::repeated_header::RepeatedHeader;
use super::row::Row;
use super::sheet_records::SheetRecords;
use super::text_records::TextRecords;

/// A pass over the rows of an input.
pub struct Records {
    origin: Origin,
    /// The last line that belongs to the table.
    last_row: Option<u64>,
    header: RepeatedHeader,
    is_for_spreadsheets: bool,
    rows: u64,
    ended: bool,
}

/// Where rows come from.
pub(super) enum Origin {
    /// A text, split into cells.
    Text(TextRecords),
    /// A sheet of a workbook.
    Sheet(SheetRecords),
}

impl Records {
    pub(super) fn new(origin: Origin, last_row: Option<u64>, is_for_spreadsheets: bool) -> Self {
        Self {
            origin,
            last_row,
            header: RepeatedHeader::default(),
            is_for_spreadsheets,
            rows: 0,
            ended: false,
        }
    }

    /// Reads the first row that is not empty and does not stand above this line into `row`; false where there is none.
    /// Every row after it may have so many empty cells more.
    pub(super) fn read_header(
        &mut self,
        from: u64,
        surplus: usize,
        row: &mut Row,
    ) -> Result<bool, ReadError> {
        while self.read(row)? {
            if row.line >= from {
                self.rows = 0;
                match &mut self.origin {
                    Origin::Text(text) => text.expect_width(row.len(), surplus),
                    Origin::Sheet(sheet) => sheet.pad_to(row.len()),
                }
                self.header = RepeatedHeader::of(row);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the next row that is not empty into `row`; false at the end.
    pub fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        while !self.ended {
            row.begin();
            let is_there = match &mut self.origin {
                Origin::Text(text) => text.read(row)?,
                Origin::Sheet(sheet) => sheet.read(row)?,
            };
            if !is_there || self.last_row.is_some_and(|last| row.line > last) {
                break;
            }
            row.number = self.rows;
            row.is_for_spreadsheets = self.is_for_spreadsheets;
            if !row.is_empty() {
                self.rows += 1;
                if let Some(kind) = self.header.flaw(row) {
                    row.flaws.push(Flaw { column: None, kind });
                }
                return Ok(true);
            }
        }
        self.ended = true;
        Ok(false)
    }
}
