//! Reads for people: ids to customers, customers to flat rows, rows to files that a spreadsheet opens. Every
//! request goes through a [`Link`](crate::sending::Link).

mod counter;
mod histories;
mod history_lines;
mod lookups;
mod losses;

pub use counter::number;
pub use histories::{Histories, Period, Story, Told, read_histories};
pub use history_lines::{HistoryTable, Line};
pub use lookups::{Lookup, look_up, reads_like_a_value};
pub use losses::{Losses, Way};
