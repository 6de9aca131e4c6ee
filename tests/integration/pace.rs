//! The pace, judged by when requests arrive: no second sees more than rate and burst, retries and reads
//! included.

use crate::support::{Place, Sandbox, userside};

/// Arrival times in milliseconds of a run of so many edits, whatever was sent.
fn arrivals(rows: u32, options: &str, server: &str) -> Vec<f64> {
    let content: String = (1..=rows).map(|id| format!("{id},x\n")).collect();
    let place = Place::new().with("input.csv", format!("id,comment\n{content}"));
    let sandbox = Sandbox::with(&format!("--customers {rows} {server}"));
    let program = userside(&place).line("import edit input.csv --retries 20 --retry-wait 1ms").line(options);
    program.args(["--url", sandbox.url()]).run().exits(0).results().all_are("ok");
    sandbox.log().iter().map(|entry| entry.t_ms).collect()
}

/// The largest number of requests that arrive within any second.
fn busiest_second(times: &[f64]) -> usize {
    let within = |from: f64| times.iter().filter(|time| (from..from + 1000.0).contains(*time)).count();
    times.iter().map(|from| within(*from)).max().unwrap_or_default()
}

/// What the way to the server may squeeze together: a request that left early may be late.
const TOLERANCE: usize = 3;

#[test]
fn no_second_sees_more_than_rate_and_burst() {
    let times = arrivals(100, "--rate 50/s", "");
    let busiest = busiest_second(&times);
    // The burst is a tenth of a second's worth: 5.
    assert!(busiest <= 55 + TOLERANCE, "{busiest} requests in a second");
    // It cannot be faster; how much slower it is depends on the machine.
    let span = times.last().expect("requests") - times[0];
    assert!(span >= 1850.0, "101 requests within {span} ms");
}

#[test]
fn retries_count_against_the_rate() {
    let times = arrivals(60, "--rate 50/s", "--fault 503=40% --seed 1");
    assert!(times.len() > 80, "too few retries to prove anything: {}", times.len());
    let busiest = busiest_second(&times);
    assert!(busiest <= 55 + TOLERANCE, "{busiest} requests in a second");
}

#[test]
fn the_burst_may_be_named() {
    let times = arrivals(40, "--rate 20/s --burst 20 --concurrency 32", "");
    let at_once = times.iter().filter(|time| **time < times[0] + 500.0).count();
    assert!(at_once > 10, "the burst was not used: {at_once} requests in the first half second");
    let busiest = busiest_second(&times);
    assert!(busiest <= 40 + TOLERANCE, "{busiest} requests in a second");
}

#[test]
fn rates_are_per_second_minute_or_hour() {
    let times = arrivals(2, "--rate 120/m", "");
    let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| *gap >= 450.0), "{gaps:?}");
    let times = arrivals(2, "--rate 7200/h", "");
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 450.0), "{times:?}");
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    for rate in ["10", "10/d", "0/s", "1.5/s", "fast"] {
        let program = userside(&place).line("import edit input.csv --url http://127.0.0.1:1 --rate");
        program.args([rate]).run().exits(2).says("--rate");
    }
}
