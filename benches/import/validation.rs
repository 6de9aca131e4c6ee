//! How fast rows are read and checked if nothing is sent.

use super::child::Failure;
use super::inputs::{self, Content};
use super::program::Bench;
use super::spread::{Spread, grouped};
use super::table::Table;

/// Rows per second.
const LEAST: f64 = 500_000.0;

/// The operations and files that between them have every kind of value that can be imported.
const FILES: [(&str, &str, Content, &str); 2] = [
    ("edit", "kinds.csv", inputs::every_kind, "validate edit, ten columns of every kind, rows/s"),
    ("change_balance", "money.csv", inputs::money, "validate change_balance, money, rows/s"),
];

/// Whole runs, from the start of the process to its end.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (rows, runs) = (1_000_000, bench.pick(5, 1));
    eprintln!("validation: runs of each file: {runs}");
    for (operation, name, content, measurement) in FILES {
        let input = bench.input(name, rows, content)?;
        let speeds: Result<Vec<f64>, Failure> = (0..runs)
            .map(|_| Ok(rows as f64 / bench.validate(operation, &input)?.wall.as_secs_f64()))
            .collect();
        match speeds.map(Spread::of) {
            Ok(Some(speed)) => {
                let limit = format!("at least {}", grouped(LEAST));
                table.line(measurement, speed.text(grouped), String::new(), limit, speed.median >= LEAST);
            }
            Ok(None) => {}
            Err(failure) => table.failed(measurement, &failure),
        }
    }
    Ok(())
}
