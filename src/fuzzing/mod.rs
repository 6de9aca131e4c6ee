//! What the fuzz targets in `fuzz/` drive: each function takes bytes as somebody hostile would write them, and goes the way
//! that the program goes with them. It fails by a panic, or by taking for ever.

mod journals;
mod replies;
mod tables;
#[cfg(test)]
mod tests;

pub use journals::journal;
pub use replies::reply;
pub use tables::{mapping, table, validation};
