//! Dialect, encoding and rows of a table.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| userside_bulk::fuzzing::table(bytes));
