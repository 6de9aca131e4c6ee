//! One slow row holds nobody back: the others are sent and answered, and the results are in order at the end.
//! And how many requests are under way at once.

use crate::support::{Place, Sandbox, userside};

fn edits(rows: u32) -> Place {
    let content: String = (1..=rows).map(|id| format!("{id},x\n")).collect();
    Place::new().with("input.csv", format!("id,comment\n{content}"))
}

#[test]
fn a_stalled_row_does_not_hold_back_the_others() {
    let (place, sandbox) = (edits(100), Sandbox::with("--customers 100 --fault stall@1"));
    let line = "import edit input.csv --concurrency 2 --timeout 3s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    let writes = sandbox.writes();
    // The first row is sent a second time when its time is up; by then all others have been answered.
    let last = writes.last().expect("requests");
    assert_eq!((writes.len(), last.parameter("id")), (101, writes[0].parameter("id")));
    assert!(last.t_ms - writes[0].t_ms >= 2900.0, "{writes:?}");
    assert!(writes[1..100].iter().all(|write| write.status == Some(200)));
    let results = output.results();
    let ids: Vec<u32> = results.column("id").into_iter().map(|id| id.parse().expect("an id")).collect();
    assert_eq!(ids, (1..=100).collect::<Vec<_>>());
    assert_eq!(results.rows.iter().filter(|row| row.result("attempts") == "2").count(), 1);
}

/// A row that waits for its next attempt takes no place among those in flight.
#[test]
fn a_row_that_waits_for_its_retry_does_not_hold_back_the_others() {
    let (place, sandbox) = (edits(20), Sandbox::with("--customers 20 --fault 502@1"));
    let program =
        userside(&place).line("import edit input.csv --concurrency 1 --rate unlimited --retry-wait 1s");
    program.args(["--url", sandbox.url()]).run().exits(0).results().all_are("ok");
    let writes = sandbox.writes();
    assert_eq!((writes.len(), writes[20].parameter("id")), (21, "1"));
}

/// How many requests were in the server's hands at the same time: each is held for the latency.
fn most_at_once(concurrency: usize) -> usize {
    let (place, sandbox) = (edits(40), Sandbox::with("--customers 40 --latency 60ms"));
    let line = format!("import edit input.csv --concurrency {concurrency}");
    userside(&place).line(&line).to(&sandbox).run().exits(0);
    let times: Vec<f64> = sandbox.writes().iter().map(|write| write.t_ms).collect();
    let held = |from: f64| times.iter().filter(|time| (from..from + 60.0).contains(*time)).count();
    times.iter().map(|from| held(*from)).max().unwrap_or_default()
}

#[test]
fn never_more_requests_are_in_flight_than_allowed() {
    assert_eq!(most_at_once(1), 1);
    let most = most_at_once(6);
    assert!((2..=6).contains(&most), "{most} at once");
}
