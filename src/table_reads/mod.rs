//! Reads for a table: a table in, one read for each value of a column, a table out. Every request goes through a
//! [`Link`](crate::sending::Link).

mod histories;
mod history_lines;
mod lookup;
mod losses;
mod spec;

pub use histories::{Histories, Period, Story, Told, read_histories};
pub use history_lines::HistoryTable;
pub use lookup::{Lookup, look_up, reads_like_a_value};
pub use losses::{Losses, Way};
pub use spec::{ColumnSpec, HistorySpec, LookupSpec};
