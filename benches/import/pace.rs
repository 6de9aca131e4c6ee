//! Whether the server sees the rate of `--rate`, over the whole run and in every single second.

use std::time::{Duration, Instant};

use super::child::Failure;
use super::inputs;
use super::program::{Bench, PROBE, against};
use super::responder::Behaviour;
use super::spread::{grouped, hundredths};
use super::table::Table;

/// Requests per second.
const RATE: usize = 200;
/// How many may come at once: those of a tenth of a second.
const BURST: usize = RATE / 10;
/// How much longer than rows / rate a run may last.
const TOLERANCE: f64 = 1.01;

/// Runs once: a run of 20,000 rows takes 100 s, whatever the machine.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    let rows = bench.pick(20_000, 2_000);
    eprintln!("pace: one run, which takes about {} s", rows / RATE);
    let input = bench.input("paced.csv", rows, inputs::customers)?;
    let rate = format!("{RATE}/s");
    let total = format!("edit --rate {rate}, s for {} rows", grouped(rows as f64));
    let fullest = format!("edit --rate {rate}, requests in the fullest second");

    let behaviour = Behaviour { record_arrivals: true, ..Behaviour::default() };
    let (cost, arrivals) =
        match against(behaviour, rows + PROBE, |url| bench.import("edit", &input, url, &["--rate", &rate])) {
            Ok(measured) => measured,
            Err(failure) => {
                table.failed(&total, &failure);
                table.failed(&fullest, &Failure::new(failure.summary()));
                return Ok(());
            }
        };

    let wall = cost.wall.as_secs_f64();
    let least = (rows - BURST) as f64 / RATE as f64;
    let most = rows as f64 / RATE as f64 * TOLERANCE;
    table.line(
        &total,
        hundredths(wall),
        String::new(),
        format!("between {} and {}", hundredths(least), hundredths(most)),
        (least..=most).contains(&wall),
    );
    let busiest = in_fullest_second(&arrivals);
    table.line(
        &fullest,
        busiest.to_string(),
        String::new(),
        format!("at most rate and burst: {}", RATE + BURST),
        busiest <= RATE + BURST,
    );
    Ok(())
}

/// The most requests in any second, wherever it starts.
fn in_fullest_second(arrivals: &[Instant]) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (last, &arrival) in arrivals.iter().enumerate() {
        while arrival.duration_since(arrivals[first]) >= Duration::from_secs(1) {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most
}
