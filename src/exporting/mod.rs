//! Reads for people: ids to customers, customers to flat rows, rows to files that a spreadsheet opens. Every
//! request goes through a [`Link`](crate::sending::Link).

mod counter;

pub use counter::number;
