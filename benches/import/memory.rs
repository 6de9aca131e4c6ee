//! The most memory that a large file takes: it is to be read as a stream, and sent as one.

use super::child::{Cost, Failure};
use super::inputs;
use super::program::{Bench, CONNECTIONS, PROBE, against};
use super::responder::Behaviour;
use super::spread::{grouped, tenths};
use super::table::Table;

/// Rows of the file.
const ROWS: usize = 1_000_000;
/// MiB.
const MOST: f64 = 48.0;

/// Runs once each: peaks hardly vary. Also a quick measurement takes the whole file, or it would measure
/// something else.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    eprintln!("memory: runs of each command: 1");
    let input = bench.input("large.csv", ROWS, inputs::customers)?;
    let options = ["--rate", "unlimited", "--concurrency", &CONNECTIONS.to_string()];
    add(table, "validate edit", bench.validate("edit", &input));
    let import =
        against(Behaviour::default(), ROWS + PROBE, |url| bench.import("edit", &input, url, &options));
    add(table, "import edit", import.map(|(cost, _)| cost));
    Ok(())
}

/// Puts one run's peak into the table.
fn add(table: &mut Table, command: &str, run: Result<Cost, Failure>) {
    let measurement = format!("{command}, peak MiB for {} rows", grouped(ROWS as f64));
    match run {
        Ok(cost) => {
            let peak = cost.peak as f64 / f64::from(1 << 20);
            table.line(&measurement, tenths(peak), String::new(), format!("under {MOST}"), peak < MOST);
        }
        Err(failure) => table.failed(&measurement, &failure),
    }
}
