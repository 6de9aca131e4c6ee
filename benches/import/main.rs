//! Measures what the program promises per second, per CPU second and per MiB:
//!
//! ```text
//! cargo bench                        everything; about ten minutes, 100 s of them for the pace
//! cargo bench -- latency validation  some subjects of throughput, migration, latency, pace, validation, memory, export
//! cargo bench -- --quick             one run of each, fewer rows
//! ```
//!
//! The program runs as its users run it, as a process of its own, against a responder in this process that
//! only answers. A bare `reqwest` loop, also a process, sends the same requests for comparison. The table
//! goes to standard output, everything else to standard error. The exit code is 1 if something could not be
//! measured. A limit that is not met only shows in the table, because the figures depend on the machine.
#![forbid(unsafe_code)]

mod bare;
mod child;
mod customers;
mod delay;
mod export;
mod inputs;
mod latency;
mod memory;
mod migration;
mod options;
mod pace;
mod program;
mod responder;
mod spread;
mod table;
mod throughput;
mod validation;

use std::env;
use std::process::ExitCode;

use options::{Options, Request, Subject};
use program::Bench;
use table::Table;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.split_first() {
        Some((first, rest)) if first == child::MEASURE => child::measure(rest),
        Some((first, rest)) if first == bare::RUN => bare::run(rest),
        _ => match options::parse(&arguments) {
            Ok(Request::Measure(options)) => measure(&options),
            Ok(Request::Nothing) => {
                eprintln!("nothing measured: the figures come from `cargo bench`");
                ExitCode::SUCCESS
            }
            Err(message) => {
                eprintln!("{message}");
                ExitCode::from(2)
            }
        },
    }
}

/// Measures the subjects and prints the table, even if some of them failed.
fn measure(options: &Options) -> ExitCode {
    let bench = match Bench::new(options.quick) {
        Ok(bench) => bench,
        Err(failure) => {
            eprintln!("cannot start: {failure}");
            return ExitCode::FAILURE;
        }
    };
    let mut table = Table::default();
    for subject in &options.subjects {
        let done = match subject {
            Subject::Throughput => throughput::measure(&bench, &mut table),
            Subject::Migration => migration::measure(&bench, &mut table),
            Subject::Latency => latency::measure(&bench, &mut table),
            Subject::Pace => pace::measure(&bench, &mut table),
            Subject::Validation => validation::measure(&bench, &mut table),
            Subject::Memory => memory::measure(&bench, &mut table),
            Subject::Export => export::measure(&bench, &mut table),
        };
        if let Err(failure) = done {
            table.failed(subject.name(), &failure);
        }
    }
    print!("{table}");
    if table.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
