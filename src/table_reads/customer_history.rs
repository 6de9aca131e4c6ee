//! What was read of a customer of the table.

use super::history_lines::HistoryLine;

/// A customer of the table, or what stands where one should.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CustomerHistory {
    /// The customer's id; what the cell holds where that is not an id.
    pub(super) customer: String,
    pub(super) read: HistoryRead,
}

/// What was read of a customer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HistoryRead {
    /// All of it, as lines of the table.
    Lines {
        /// One for each entry that is wanted, in the server's order.
        lines: Vec<HistoryLine>,
        /// Of these, entries with a date that cannot be read, where only a period is wanted.
        undated: u64,
    },
    /// It cannot be read, and why.
    Unread(String),
    /// This is not a customer's id, and why.
    NoId(String),
    /// No read has a chance any more.
    Stopped,
}
