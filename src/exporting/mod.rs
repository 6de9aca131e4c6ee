//! Exports: which customers, the customers, flat rows, and files that a spreadsheet opens. Every request goes through
//! a [`Link`](crate::sending::Link).

mod begin;
mod cell;
mod changes;
mod column;
mod columns;
mod csv;
mod earlier;
mod end;
mod error;
mod export;
mod fetch;
mod format;
mod id_columns;
mod jsonl;
mod key_list;
mod natural;
mod nobody;
mod output;
mod path;
mod search;
mod spec;
#[cfg(test)]
mod tests;
mod totals;
mod union;
mod write;
mod writer;
mod written;
mod xlsx;

pub use columns::ColumnChoice;
pub use error::ExportError;
pub use export::Export;
pub use format::{FileFormat, SheetLocale};
pub use path::FieldPath;
pub use spec::{BatchSize, EarlierFile, ExportSpec, ListSpec, NewExport, Selection};
