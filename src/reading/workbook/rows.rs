//! Takes the cells of a sheet as they come, sees to it that no row and no cell comes twice, and hands the rows on to be
//! kept.

use std::io::Write;

use super::budget::Budget;
use super::cell::SheetCell;
use super::fault::WorkbookFault;
use crate::reading::flaw::FlawKind;
use crate::reading::merged::MergedCells;
use crate::reading::row::CellType;
use crate::reading::sheet_records::SheetWriter;

/// What a sheet holds at most.
pub(super) const ROWS: u32 = 1_048_576;
pub(super) const COLUMNS: u32 = 16_384;
/// More than any sheet has.
const MERGES: usize = 1 << 20;
/// No row of a customer list comes near this.
const LONGEST_ROW: usize = 8 << 20;

/// What is known about a sheet once its rows were read.
#[derive(Debug, Clone, Default)]
pub(in crate::reading) struct SheetFacts {
    /// By their first rows.
    pub(in crate::reading) merged: Vec<MergedCells>,
    /// The columns that are hidden: the first and the last of each group, counted from 0.
    pub(in crate::reading) hidden_columns: Vec<(u32, u32)>,
    /// The column after the last one that holds anything.
    pub(in crate::reading) width: u32,
}

/// The rows of a sheet on their way to the file that keeps them.
pub(super) struct RowKeeper<W: Write> {
    out: SheetWriter<W>,
    budget: Budget,
    /// The row that is being read; 0 before the first.
    row: u32,
    is_hidden: bool,
    /// The column after the last cell of the row.
    next_column: u32,
    /// The cells of all rows, with those that are empty before others.
    width: u64,
    /// The bytes that are kept.
    kept: u64,
    facts: SheetFacts,
}

impl<W: Write> RowKeeper<W> {
    pub(super) fn new(out: W, budget: Budget) -> Self {
        Self {
            out: SheetWriter::new(out),
            budget,
            row: 0,
            is_hidden: false,
            next_column: 0,
            width: 0,
            kept: 0,
            facts: SheetFacts::default(),
        }
    }

    /// The next row that a writer means who gives no number.
    pub(super) fn next_row(&self) -> u32 {
        self.row + 1
    }

    /// The row that is being read, counted from 1.
    pub(super) fn row(&self) -> u32 {
        self.row
    }

    /// The next column of this row, the same way.
    pub(super) fn next_column(&self) -> u32 {
        self.next_column
    }

    /// Begins a row, counted from 1.
    pub(super) fn begin(&mut self, row: u64, is_hidden: bool) -> Result<(), WorkbookFault> {
        let last = self.row;
        self.end_row()?;
        let row = u32::try_from(row).ok().filter(|row| (1..=ROWS).contains(row));
        let row = row.ok_or_else(|| {
            WorkbookFault::broken(format!(
                "it has a row beyond the last one of a sheet, {ROWS} (after row {last})"
            ))
        })?;
        if row == last {
            return Err(WorkbookFault::broken(format!("its row {row} comes twice")));
        }
        if row < last {
            return Err(WorkbookFault::broken(format!("its row {row} comes after row {last}")));
        }
        self.row = row;
        self.is_hidden = is_hidden;
        Ok(())
    }

    /// Takes a cell of this row. An empty one is passed over.
    pub(super) fn put(&mut self, column: u32, cell: &SheetCell) -> Result<(), WorkbookFault> {
        self.put_text(column, &cell.text, cell.cell_type, cell.flaw)
    }

    /// The same, in parts.
    pub(super) fn put_text(
        &mut self,
        column: u32,
        text: &str,
        cell_type: CellType,
        flaw: Option<FlawKind>,
    ) -> Result<(), WorkbookFault> {
        let row = self.row;
        if column >= COLUMNS {
            return Err(WorkbookFault::broken(format!(
                "its row {row} has a cell beyond the last column of a sheet, XFD"
            )));
        }
        if column < self.next_column {
            return Err(WorkbookFault::broken(format!(
                "in its row {row} the cells are not in their order, or one of them comes twice"
            )));
        }
        self.next_column = column + 1;
        if text.is_empty() && flaw.is_none() {
            return Ok(());
        }
        self.facts.width = self.facts.width.max(column + 1);
        self.out.put(column, text, cell_type, flaw);
        if self.out.length() > LONGEST_ROW {
            return Err(WorkbookFault::broken(format!(
                "its row {row} holds more than {} MiB",
                LONGEST_ROW >> 20
            )));
        }
        Ok(())
    }

    /// Where the row is, as `C7`.
    pub(super) fn place(&self, column: u32) -> String {
        format!("{}{}", letters(column), self.row)
    }

    fn end_row(&mut self) -> Result<(), WorkbookFault> {
        let row_width = std::mem::take(&mut self.next_column);
        if self.out.length() > 0 {
            // Empty cells are not kept, but whoever reads the rows has to go through them.
            self.width += u64::from(row_width);
            // A text that cells share is kept for each of them.
            self.kept += self.out.length() as u64;
            if self.width.max(self.kept) > self.budget.limit() {
                return Err(WorkbookFault::TooLarge(self.budget.limit()));
            }
            self.out.end_row(self.row, self.is_hidden).map_err(WorkbookFault::Keep)?;
        }
        Ok(())
    }

    pub(super) fn merged(&mut self, cells: MergedCells) -> Result<(), WorkbookFault> {
        if cells.rows.0 == cells.rows.1 && cells.columns.0 == cells.columns.1 {
            return Ok(());
        }
        self.facts.merged.push(cells);
        if self.facts.merged.len() > MERGES {
            return Err(WorkbookFault::broken(format!("it has more than {MERGES} merged cells")));
        }
        Ok(())
    }

    pub(super) fn hidden_columns(&mut self, first: u32, last: u32) {
        if self.facts.hidden_columns.len() < COLUMNS as usize {
            self.facts.hidden_columns.push((first, last));
        }
    }

    pub(super) fn finish(mut self) -> Result<SheetFacts, WorkbookFault> {
        self.end_row()?;
        self.out.finish().map_err(WorkbookFault::Keep)?;
        self.facts.merged.sort_by_key(|cells| cells.rows.0);
        Ok(self.facts)
    }
}

/// A column's letters, such as `A` for 0.
pub(in crate::reading) fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}
