//! Reads for a table: a table in, one read for each value of a column, a table out. Every request goes through a
//! [`Link`](crate::sending::Link).

mod customer_history;
mod customer_table;
mod error;
mod history;
mod history_counts;
mod history_lines;
mod history_of;
mod history_table;
mod in_order;
mod input;
mod lookup;
mod lookup_counts;
mod lookup_table;
mod period;
mod read_stop;
mod reader;
mod row_lookup;
mod spec;
mod table_customers;

pub use error::TableReadError;
pub use history::Histories;
pub use lookup::Lookup;
pub use period::Period;
pub use spec::{ColumnSpec, HistorySpec, LookupSpec};
