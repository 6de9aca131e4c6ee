//! The journal of an export: which customers it is about, and all that was read of them so far, so that an
//! interrupted export goes on without asking for anything twice. It is beside the output until that is complete.

mod content;
mod file;
mod progress;
mod schema;
#[cfg(test)]
mod tests;

pub use content::{StoredCustomer, UnnamedRow};
pub use file::{AboutExport, ExportJournal, JournalKind, journal_kind};
pub use progress::ExportProgress;
