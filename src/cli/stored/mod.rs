//! What a journal keeps of a command line, and how it becomes a command line again.

mod export;
mod options;
#[cfg(test)]
mod tests;

pub use export::StoredExport;
pub use options::{StoredError, StoredOptions};
