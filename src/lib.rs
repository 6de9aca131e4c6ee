//! Moves customer data in and out of the UserSide ERP: rows of a spreadsheet become validated calls, calls
//! leave at a set pace, and every row gets an outcome that can be trusted.
//!
//! Folders are the stages that a row passes through, and each knows only what stands before it:
//!
//! ```text
//! catalogue <- reading <- validating <- sending <- recording       what the API offers, bytes to rows,
//!                                                                  rows to calls, calls to outcomes, to disk
//!     recording <- customers                                       a customer as the server answers it
//!     customers <- reconciling <- running                          rows in doubt; the phases of a run
//!     customers <- exporting                                       ids to customers to files for spreadsheets
//!     customers <- table_reads                                     a table in, one read a value, a table out
//!     customers <- diagnostics                                     whether the server can be used with this key
//! sandbox                                                          knows the catalogue alone
//! events <- reporting                                              what people are told
//! events <- read_session                                           a command that only reads, begun and ended
//! cli                                                              knows clap, and each stage's settings
//! commands                                                         joins them
//! ```
//!
//! `tests/layers.rs` reads the sources and fails when a folder names one that it may not know.

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
mod events;
mod exit;
mod exporting;
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
