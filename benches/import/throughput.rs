//! Rows per second and CPU per row with nothing in the way: no latency, no rate.

use super::child::{Cost, Failure};
use super::inputs;
use super::program::{Bench, CONNECTIONS, PROBE, against, bare_loop};
use super::responder::Behaviour;
use super::spread::{Spread, grouped, thousandths};
use super::table::Table;

const SPEED: &str = "edit, rows/s";
const CPU: &str = "edit, CPU s per 10,000 rows";

/// The program is to reach this part of the bare loop's rows per second.
const LEAST_SPEED: f64 = 0.5;
/// The program may use this many times the bare loop's CPU for a row.
const MOST_CPU: f64 = 3.0;

/// Runs both in turn, so that whatever else the machine does falls on both.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (rows, runs) = (bench.pick(200_000, 50_000), bench.pick(5, 1));
    eprintln!("throughput: runs of each: {runs}");
    let input = bench.input("customers.csv", rows, inputs::customers)?;
    let bodies = bench.input("bodies.txt", rows, inputs::bodies)?;
    let options = ["--rate", "unlimited", "--concurrency", &CONNECTIONS.to_string()];

    let (mut bare, mut program) = (Vec::new(), Ok(Vec::new()));
    for _ in 0..runs {
        bare.push(against(Behaviour::default(), rows, |url| bare_loop(&bodies, url))?.0);
        // A program that failed once would fail again; the bare loop still goes into the table.
        if let Ok(costs) = &mut program {
            match against(Behaviour::default(), rows + PROBE, |url| bench.import(&input, url, &options)) {
                Ok((cost, _)) => costs.push(cost),
                Err(failure) => program = Err(failure),
            }
        }
    }

    let Some((bare_speed, bare_cpu)) = figures(&bare, rows) else { return Ok(()) };
    let (speed_beside, cpu_beside) = (bare_speed.text(grouped), bare_cpu.text(thousandths));
    let program = match program {
        Ok(costs) => costs,
        Err(failure) => {
            table.failed_beside(SPEED, &failure, speed_beside);
            table.failed_beside(CPU, &Failure::new(failure.summary()), cpu_beside);
            return Ok(());
        }
    };
    let Some((speed, cpu)) = figures(&program, rows) else { return Ok(()) };
    let least = bare_speed.median * LEAST_SPEED;
    let most = bare_cpu.median * MOST_CPU;
    table.line(
        SPEED,
        speed.text(grouped),
        speed_beside,
        format!("at least half the loop's: {}", grouped(least)),
        speed.median >= least,
    );
    table.line(
        CPU,
        cpu.text(thousandths),
        cpu_beside,
        format!("at most three times the loop's: {}", thousandths(most)),
        cpu.median <= most,
    );
    Ok(())
}

/// Rows per second, and CPU seconds for 10,000 rows.
fn figures(costs: &[Cost], rows: usize) -> Option<(Spread, Spread)> {
    let rows = rows as f64;
    let speed = Spread::of(costs.iter().map(|cost| rows / cost.wall.as_secs_f64()))?;
    let cpu = Spread::of(costs.iter().map(|cost| cost.cpu.as_secs_f64() * 10_000.0 / rows))?;
    Some((speed, cpu))
}
