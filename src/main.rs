//! `userside-bulk`: parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    userside_bulk::commands::hush_caught_panics();
    userside_bulk::commands::run(std::env::args_os()).into()
}
