//! Moves customer data in and out of the UserSide ERP: rows of a spreadsheet become validated calls, calls are
//! sent at a set rate, and every row gets a result that can be trusted.
//!
//! The folders are the stages that a row passes through. Each may import only the stages before it:
//!
//! ```text
//! catalogue     what the API offers, as data; imports nothing
//! reading       1. bytes to rows: encoding, delimiter, sheet, header, mapping
//! validating    2. rows to calls: kinds of value, rules of a row, rules across rows; no I/O
//! sending       3. calls to outcomes: pace, retries, replies, transport
//! recording     4. outcomes to disk: journals, results, atomic files, locks; no network
//! customers     a customer as the server answers it
//! reconciling   what became of rows whose outcome is unknown
//! running       5. a run: the phases of import, resume and reconcile in order
//! drafting      a mapping file to start from, by what a table's columns are called and hold
//! exporting     ids to customers to files
//! table_reads   lookup and history: a table in, one read per value, a table out
//! diagnostics   what `check` tries
//! read_session  what all commands that only read have in common: their start and their end
//! sandbox       the rehearsal server; imports the catalogue alone
//!
//! events        what reporting is told
//! reporting     events to people; the only folder that knows a terminal
//! cli           the only folder that knows clap: arguments, and the settings of each stage
//! commands      joins them: one file for each command
//! fuzzing       what the fuzz targets drive; not a part of the program
//! count, shell  numbers and paths in words; every folder may use them
//! ```
//!
//! `tests/layers.rs` reads the sources and fails if a folder imports one that it may not, or if files import each
//! other in a circle.

#![forbid(unsafe_code)]
#![warn(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    clippy::print_stdout,
    clippy::print_stderr
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod catalogue;
mod cli;
mod commands;
mod count;
mod customers;
mod diagnostics;
mod drafting;
mod events;
mod exit;
mod exporting;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod read_session;
mod reading;
mod reconciling;
mod recording;
mod reporting;
mod running;
mod sandbox;
mod sending;
mod shell;
mod table_reads;
mod validating;

pub use catalogue::CUSTOMER;
pub use commands::{hush_caught_panics, run};
