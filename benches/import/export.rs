//! Exports: how long one takes at a set rate, how fast one is without a limit, and the peak memory of a large
//! one.

use super::child::{Cost, Failure};
use super::program::{Bench, CONNECTIONS, PROBE, against};
use super::responder::Behaviour;
use super::spread::{grouped, tenths};
use super::table::Table;

/// Customers in a request.
const BATCH: usize = 100;
/// Customers of the export whose memory is measured.
const LARGE: usize = 1_000_000;
/// MiB.
const MOST: f64 = 64.0;

/// Measures all of it.
pub fn measure(bench: &Bench, table: &mut Table) -> Result<(), Failure> {
    eprintln!("export: runs of each command: 1");
    paced(bench, table);
    for format in ["csv", "xlsx", "jsonl"] {
        fast(bench, table, format, bench.pick(100_000, 20_000));
    }
    for format in ["csv", "jsonl"] {
        large(bench, table, format, &[]);
    }
    large(bench, table, "csv", &["--columns", "all"]);
    Ok(())
}

/// 10,000 customers at 20 requests a second: about a hundred requests.
fn paced(bench: &Bench, table: &mut Table) {
    const CUSTOMERS: usize = 10_000;
    const SECONDS: f64 = 7.0;
    let measurement = format!("export at 20/s, seconds for {} customers", grouped(CUSTOMERS as f64));
    match export(bench, CUSTOMERS, "csv", &["--rate", "20/s"]) {
        Ok(cost) => {
            let seconds = cost.wall.as_secs_f64();
            table.line(
                &measurement,
                format!("{seconds:.2}"),
                String::new(),
                "about 5".to_owned(),
                seconds < SECONDS,
            );
        }
        Err(failure) => table.failed(&measurement, &failure),
    }
}

fn fast(bench: &Bench, table: &mut Table, format: &str, customers: usize) {
    let measurement = format!("export to {format}, customers/s of {}", grouped(customers as f64));
    match export(bench, customers, format, &["--rate", "unlimited"]) {
        Ok(cost) => {
            let speed = customers as f64 / cost.wall.as_secs_f64();
            table.line(&measurement, grouped(speed), String::new(), String::new(), true);
        }
        Err(failure) => table.failed(&measurement, &failure),
    }
}

fn large(bench: &Bench, table: &mut Table, format: &str, options: &[&str]) {
    let what = options.last().map_or_else(String::new, |option| format!(", columns {option}"));
    let measurement = format!("export to {format}{what}, peak MiB for {} customers", grouped(LARGE as f64));
    let all = [&["--rate", "unlimited"], options].concat();
    match export(bench, LARGE, format, &all) {
        Ok(cost) => {
            eprintln!("  {measurement}: {:.1} s", cost.wall.as_secs_f64());
            let peak = cost.peak as f64 / f64::from(1 << 20);
            table.line(&measurement, tenths(peak), String::new(), format!("under {MOST}"), peak < MOST);
        }
        Err(failure) => table.failed(&measurement, &failure),
    }
}

fn export(bench: &Bench, customers: usize, format: &str, options: &[&str]) -> Result<Cost, Failure> {
    let behaviour = Behaviour { customers: Some(customers as u64), ..Behaviour::default() };
    // The probe, the search, the two who are tried first, and everybody else in batches.
    let requests = PROBE + 2 + (customers - 2).div_ceil(BATCH);
    let connections = CONNECTIONS.to_string();
    let options = [options, &["--concurrency", &connections, "--format", format]].concat();
    against(behaviour, requests, |url| bench.export(url, &options)).map(|(cost, _)| cost)
}
