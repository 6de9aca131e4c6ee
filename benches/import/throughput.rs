//! Rows per second and CPU per row without latency or rate limit.

use super::child::{Cost, Failure};
use super::inputs::{self, Content};
use super::program::{Bench, PROBE, against, bare_loop};
use super::responder::Behaviour;
use super::spread::{Spread, grouped, thousandths};
use super::table::Table;

/// What is sent, and which part of the bare loop's rows per second it should reach.
struct Case {
    operation: &'static str,
    connections: usize,
    rows: Content,
    bodies: Content,
    least: f64,
    part: &'static str,
}

const CASES: [Case; 3] = [
    Case {
        operation: "edit",
        connections: 32,
        rows: inputs::customers,
        bodies: inputs::bodies,
        least: 0.5,
        part: "half",
    },
    Case {
        operation: "edit",
        connections: 64,
        rows: inputs::customers,
        bodies: inputs::bodies,
        least: 0.5,
        part: "half",
    },
    // Every row is on the disk before it leaves.
    Case {
        operation: "change_balance",
        connections: 64,
        rows: inputs::money,
        bodies: inputs::bookings,
        least: 1.0 / 3.0,
        part: "a third of",
    },
];

/// The program may use this many times the bare loop's CPU for a row of `edit`.
const MOST_CPU: f64 = 3.0;

/// Measures every case.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    CASES.iter().try_for_each(|case| case.measure(bench, table))
}

impl Case {
    /// Runs both in turn, so that other load on the machine affects both.
    fn measure(&self, bench: &Bench, table: &mut Table) -> Result<(), Failure> {
        let Self { operation, connections, .. } = self;
        let speed_line = format!("{operation}, {connections} in flight, rows/s");
        let cpu_line = format!("{operation}, {connections} in flight, CPU s per 10,000 rows");
        let (rows, runs) = (bench.pick(200_000, 50_000), bench.pick(5, 1));
        eprintln!("throughput of {operation}, {connections} in flight: runs of each: {runs}");
        let input = bench.input("rows.csv", rows, self.rows)?;
        let bodies = bench.input("bodies.txt", rows, self.bodies)?;
        let connections_text = connections.to_string();
        let mut options = vec!["--rate", "unlimited", "--concurrency", &connections_text];
        if *operation == "change_balance" {
            // The responder has no histories and no balances.
            options.extend(["--booked", "ignore", "--no-verify", "--no-reconcile"]);
        }

        let (mut bare, mut program) = (Vec::new(), Ok(Vec::new()));
        for _ in 0..runs {
            bare.push(against(Behaviour::default(), rows, |url| bare_loop(&bodies, url, *connections))?.0);
            // A program that failed once would fail again; the bare loop still goes into the table.
            if let Ok(costs) = &mut program {
                let ran = against(Behaviour::default(), rows + PROBE, |url| {
                    bench.import(operation, &input, url, &options)
                });
                match ran {
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
                table.failed_beside(&speed_line, &failure, speed_beside);
                table.failed_beside(&cpu_line, &Failure::new(failure.summary()), cpu_beside);
                return Ok(());
            }
        };
        let Some((speed, cpu)) = figures(&program, rows) else { return Ok(()) };
        let least = bare_speed.median * self.least;
        let most = bare_cpu.median * MOST_CPU;
        table.line(
            &speed_line,
            speed.text(grouped),
            speed_beside,
            format!("at least {} the loop's: {}", self.part, grouped(least)),
            speed.median >= least,
        );
        table.line(
            &cpu_line,
            cpu.text(thousandths),
            cpu_beside,
            format!("at most three times the loop's: {}", thousandths(most)),
            cpu.median <= most,
        );
        Ok(())
    }
}

/// Rows per second, and CPU seconds for 10,000 rows.
fn figures(costs: &[Cost], rows: usize) -> Option<(Spread, Spread)> {
    let rows = rows as f64;
    let speed = Spread::of(costs.iter().map(|cost| rows / cost.wall.as_secs_f64()))?;
    let cpu = Spread::of(costs.iter().map(|cost| cost.cpu.as_secs_f64() * 10_000.0 / rows))?;
    Some((speed, cpu))
}
