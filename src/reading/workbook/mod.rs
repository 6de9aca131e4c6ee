//! Workbooks: which sheet is read, and what a person saw in its cells. Nothing that a workbook says about sizes is
//! believed, and what is unpacked of it is bounded.

mod budget;
mod cell;
mod choose;
mod compound;
mod fault;
mod format_tokens;
mod number_format;
mod ods;
mod ods_cell;
mod open;
mod package;
mod rich_text;
mod rows;
mod shared_strings;
mod shown_moment;
mod shown_number;
mod styles;
#[cfg(test)]
mod tests;
mod xls;
mod xls_record;
mod xlsb;
mod xlsx;
mod xlsx_sheet;
mod xml;

pub(super) use fault::WorkbookFault;
pub(super) use open::{OpenedSheet, copy_sheet};
pub(super) use rows::{SheetFacts, letters};
