//! Reads for people: ids to customers, customers to flat rows, rows to files that a spreadsheet opens. Every
//! request goes through a [`Link`](crate::sending::Link).

mod cell;
mod changes;
mod columns;
mod counter;
mod csv;
mod format;
mod formula;
mod jsonl;
mod lists;
mod natural;
mod output;
mod path;
mod rows;
mod spec;
#[cfg(test)]
mod tests;
mod totals;
mod union;
mod xlsx;

pub use columns::Columns;
pub use counter::number;
pub use format::{FileFormat, SheetLocale};
pub use lists::{EarlierExport, ListError, ids};
pub use output::Mended;
pub use path::Path;
pub use rows::{ChangeCounts, Filed, Layout, Rows, RowsError, Unread, columns};
pub use spec::{BatchSize, EarlierFile, ExportSpec, NewExport, Selection};
pub use xlsx::SHEET;
