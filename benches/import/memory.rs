//! The peak memory for a large file, which must be read and sent as a stream.

use super::child::{Cost, Failure};
use super::inputs;
use super::migration;
use super::program::{Bench, CONNECTIONS, PROBE, against};
use super::responder::Behaviour;
use super::spread::{grouped, tenths};
use super::table::Table;

/// Rows of the file.
const ROWS: usize = 1_000_000;
/// MiB.
const MOST: f64 = 48.0;
/// The same where rows have several steps.
const MOST_MIGRATION: f64 = 64.0;

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
    for (command, content, most) in [
        ("import migrate", inputs::migration as inputs::Content, Some(MOST_MIGRATION)),
        ("import migrate with families", inputs::families, None),
    ] {
        let input = bench.input("migration.csv", ROWS, content)?;
        let options: Vec<&str> = options.into_iter().chain(migration::OPTIONS).collect();
        let import = against(Behaviour::default(), ROWS * migration::STEPS + PROBE, |url| {
            bench.import("migrate", &input, url, &options)
        });
        add_under(table, command, import.map(|(cost, _)| cost), most);
    }
    Ok(())
}

/// Adds one run's peak to the table.
fn add(table: &mut Table, command: &str, run: Result<Cost, Failure>) {
    add_under(table, command, run, Some(MOST));
}

/// The same where it is to be under so many MiB, or where that grows with the rows.
fn add_under(table: &mut Table, command: &str, run: Result<Cost, Failure>, most: Option<f64>) {
    let measurement = format!("{command}, peak MiB for {} rows", grouped(ROWS as f64));
    match run {
        Ok(cost) => {
            let peak = cost.peak as f64 / f64::from(1 << 20);
            let due = most.map_or_else(|| "grows with the rows".to_owned(), |most| format!("under {most}"));
            table.line(&measurement, tenths(peak), String::new(), due, most.is_none_or(|most| peak < most));
        }
        Err(failure) => table.failed(&measurement, &failure),
    }
}
