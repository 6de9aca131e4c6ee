//! The time lost between requests to a slow server. If every connection were always busy, a run would take
//! rows x latency / connections.

use std::time::Duration;

use super::child::Failure;
use super::inputs;
use super::program::{Bench, CONNECTIONS, PROBE, against, bare_loop};
use super::responder::Behaviour;
use super::spread::{Spread, grouped, hundredths};
use super::table::Table;

/// The responder's latency.
const LATENCY: Duration = Duration::from_millis(50);
/// How much longer than the ideal a run may last.
const TOLERANCE: f64 = 1.05;

/// Compares whole runs, from the start of the process to its end, with the ideal.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let (rows, runs) = (bench.pick(6_400, 3_200), bench.pick(3, 1));
    let ideal = LATENCY.as_secs_f64() * rows as f64 / CONNECTIONS as f64;
    eprintln!("latency: runs of each: {runs}, {ideal:.0} s a run");
    let input = bench.input("slow.csv", rows, inputs::customers)?;
    let bodies = bench.input("slow.txt", rows, inputs::bodies)?;
    let behaviour = Behaviour { latency: Some(LATENCY), ..Behaviour::default() };
    let options = ["--rate", "unlimited", "--concurrency", &CONNECTIONS.to_string()];
    let measurement = format!("edit at {} ms, s for {} rows", LATENCY.as_millis(), grouped(rows as f64));

    let (mut bare, mut program) = (Vec::new(), Ok(Vec::new()));
    for _ in 0..runs {
        bare.push(against(behaviour, rows, |url| bare_loop(&bodies, url, CONNECTIONS))?.0.wall);
        if let Ok(walls) = &mut program {
            match against(behaviour, rows + PROBE, |url| bench.import("edit", &input, url, &options)) {
                Ok((cost, _)) => walls.push(cost.wall),
                Err(failure) => program = Err(failure),
            }
        }
    }

    let Some(bare) = spread(&bare) else { return Ok(()) };
    let yardstick = bare.text(hundredths);
    match program.map(|walls| spread(&walls)) {
        Ok(Some(walls)) => {
            let most = ideal * TOLERANCE;
            let limit = format!("{} and 5 % more: {}", hundredths(ideal), hundredths(most));
            table.line(&measurement, walls.text(hundredths), yardstick, limit, walls.median <= most);
        }
        Ok(None) => {}
        Err(failure) => table.failed_beside(&measurement, &failure, yardstick),
    }
    Ok(())
}

/// The runs, in seconds.
fn spread(walls: &[Duration]) -> Option<Spread> {
    Spread::of(walls.iter().map(Duration::as_secs_f64))
}
