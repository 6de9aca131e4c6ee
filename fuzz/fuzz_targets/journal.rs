//! A journal, and the options in one.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| userside_bulk::fuzzing::journal(bytes));
