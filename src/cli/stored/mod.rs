//! What a journal keeps of a command line, and how it becomes a command line again.

mod options;
#[cfg(test)]
mod tests;

pub use options::{StoredError, StoredOptions};
