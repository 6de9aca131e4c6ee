//! The peak memory for a large file, which must be read and sent as a stream.

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

/// Runs each command once: peaks hardly vary. A quick measurement takes the whole file too, or it would
/// measure something else.
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

/// Adds one run's peak to the table.
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
