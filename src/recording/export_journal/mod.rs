//! The journal of an export: which customers it is about, and all that was read of them so far, so that an
//! interrupted export goes on without asking for anything twice. It lies beside the output until that is complete.

mod content;
mod file;
mod schema;
#[cfg(test)]
mod tests;

pub use content::StoredCustomer;
pub use file::{ExportJournal, JournalKind, NewExportJournal, journal_kind};
