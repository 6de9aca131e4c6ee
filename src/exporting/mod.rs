//! Reads for people: ids to customers, customers to flat rows, rows to files that a spreadsheet opens. Every
//! request goes through a [`Link`](crate::sending::Link).

mod amount;
mod answer;
mod cell;
mod changes;
mod columns;
mod counter;
mod csv;
mod customer;
mod fetch;
mod formula;
mod histories;
mod history_lines;
mod jsonl;
mod lists;
mod lookups;
mod losses;
mod natural;
mod output;
mod path;
mod rows;
#[cfg(test)]
mod tests;
mod totals;
mod union;
mod xlsx;

pub use columns::Columns;
pub use counter::number;
pub use customer::Keep;
pub use fetch::{Batches, Fetched, Fetcher, Stopped};
pub use histories::{Histories, Period, Story, Told, read_histories};
pub use history_lines::HistoryTable;
pub use lists::{EarlierExport, ListError, ids};
pub use lookups::{Lookup, look_up, reads_like_a_value};
pub use losses::{Losses, Way};
pub use output::{Format, Locale, Mended};
pub use path::Path;
pub use rows::{ChangeCounts, Filed, Layout, Rows, RowsError, Unread, columns};
pub use xlsx::SHEET;
