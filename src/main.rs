//! `userside-bulk`: parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    userside_bulk::hush_caught_panics();
    userside_bulk::run(std::env::args_os()).into()
}
