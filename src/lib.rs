//! Moves customer data in and out of the UserSide ERP: rows of a spreadsheet become validated calls, calls
//! leave at a set pace, and every row gets an outcome that can be trusted.
//!
//! Folders are the stages that a row passes through, and each knows only what stands before it:
//!
//! ```text
//! catalogue <- reading <- validating <- sending <- recording       what the API offers, bytes to rows,
//!                                                                  rows to calls, calls to outcomes, to disk
//!                                               <- settling        what became of rows nobody knows about
//!                                               <- exporting       ids to customers to files for spreadsheets
//!                                  <- checking                     whether one can talk to a server at all
//! sandbox                                                          knows the catalogue alone
//! events <- reporting                                              what people are told
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
