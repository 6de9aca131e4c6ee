//! Calls per second of a migration without latency or rate limit, beside those of `edit` in the same sitting.

use super::child::{Cost, Failure};
use super::inputs::{self, Content};
use super::program::{Bench, PROBE, against};
use super::responder::Behaviour;
use super::spread::{Spread, grouped};
use super::table::Table;

/// The calls of a row.
pub const STEPS: usize = 4;
/// What a migration needs to know beside its rows. The responder has no histories, balances or billings.
pub const OPTIONS: [&str; 6] =
    ["--existing", "ignore", "--booked", "ignore", "--no-verify", "--no-reconcile"];
const PART: f64 = 0.9;
const PACE: [&str; 4] = ["--rate", "unlimited", "--concurrency", "32"];

/// Measures rows alone, and rows in families.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    compare(bench, table, "migrate", inputs::migration)?;
    compare(bench, table, "migrate with families", inputs::families)
}

/// Runs both in turn, so that other load on the machine affects both.
fn compare(bench: &Bench, table: &mut Table, what: &str, content: Content) -> Result<(), Failure> {
    let (rows, runs) = (bench.pick(100_000, 25_000), bench.pick(5, 1));
    eprintln!("calls per second of {what}, 32 in flight: runs of each: {runs}");
    let calls = rows * STEPS;
    let (input, edits) =
        (bench.input("migration.csv", rows, content)?, bench.input("edits.csv", calls, inputs::customers)?);
    let options: Vec<&str> = PACE.into_iter().chain(OPTIONS).collect();
    let (mut migrations, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let run = |operation, input, options: &[&str]| {
            against(Behaviour::default(), calls + PROBE, |url| bench.import(operation, input, url, options))
        };
        beside.push(run("edit", &edits, &PACE)?.0);
        migrations.push(run("migrate", &input, &options)?.0);
    }
    let speed = |costs: &[Cost]| Spread::of(costs.iter().map(|cost| calls as f64 / cost.wall.as_secs_f64()));
    let (Some(migration), Some(edit)) = (speed(&migrations), speed(&beside)) else { return Ok(()) };
    let least = edit.median * PART;
    table.line(
        &format!("{what}, 32 in flight, calls/s; beside it edit"),
        migration.text(grouped),
        edit.text(grouped),
        format!("at least 0.9 of edit's: {}", grouped(least)),
        migration.median >= least,
    );
    Ok(())
}
