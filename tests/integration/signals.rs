//! Ctrl-C and SIGTERM during a run: the first lets what is in flight finish, the second leaves at once. Either
//! way every row is accounted for.

use crate::support::{Output, Place, Running, Sandbox, until, userside};

const ROWS: usize = 400;

/// A run of many bookings that is under way: some requests have arrived, many rows are left.
fn under_way(place: &Place, sandbox: &Sandbox, options: &str) -> Running {
    let program = userside(place).line("import change_balance input.csv --failed left.csv").line(options);
    let running = program.args(["--url", sandbox.url()]).start();
    until("some requests", || (sandbox.writes().len() >= 5).then_some(()));
    running
}

/// What the results say of every row fits what the server did.
#[track_caller]
fn assert_accounted_for(output: &Output, sandbox: &Sandbox) {
    let results = output.results();
    assert_eq!(results.rows.len(), ROWS);
    let writes = sandbox.writes();
    for row in &results.rows {
        let own: Vec<_> =
            writes.iter().filter(|w| w.parameter("customer_id") == row.get("customer_id")).collect();
        match row.result("status") {
            "ok" => assert!(own.len() == 1 && own[0].applied, "{row:?}"),
            // It may still have been on its way to the server.
            "unknown" => assert!(own.len() <= 1, "{row:?}"),
            "skipped" => assert!(own.is_empty(), "{row:?}"),
            other => panic!("a row is {other}"),
        }
    }
    assert!(results.count("skipped") > 0, "the run was over before the signal, so nothing is proven");
    assert!(output.stderr.contains("stopping: "), "{}", output.report());
}

#[test]
fn the_first_signal_lets_requests_in_flight_finish() {
    for signal in ["INT", "TERM"] {
        let sandbox = Sandbox::with("--customers 400 --latency 20ms");
        let place = Place::new().with_bookings(ROWS);
        let running = under_way(&place, &sandbox, "--rate 100/s --concurrency 8");
        running.signal(signal);
        let output = running.wait().exits(130).says("interrupted");
        let output = output.says("next: `userside-bulk resume input.journal`");
        assert_accounted_for(&output, &sandbox);
        let results = output.results();
        assert_eq!(results.count("unknown"), 0, "what was in flight was not waited for: {signal}");
        assert_eq!(results.count("ok"), sandbox.applied());
    }
}

#[test]
fn the_second_signal_leaves_at_once() {
    // Answers that nobody waits for: the program would have to wait for two minutes.
    let (place, sandbox) =
        (Place::new().with_bookings(ROWS), Sandbox::with("--customers 400 --fault stall@5-8"));
    let mut running = under_way(&place, &sandbox, "--rate unlimited --concurrency 4 --timeout 120s");
    sandbox.has_seen(8);
    let begun = std::time::Instant::now();
    // Two signals that come too close to one another are one, so it may take a third.
    until("the end", || {
        running.signal("INT");
        running.has_ended().then_some(())
    });
    let output = running.wait().exits(130).says("leaving: ");
    assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_accounted_for(&output, &sandbox);
    let results = output.results();
    assert_eq!((results.count("ok"), results.count("unknown")), (4, 4));
    // It is as safe as `kill -9`.
    let line = "resume input.journal --settle 0s --timeout 30s --rate unlimited --url";
    let output = userside(&place).line(line).args([sandbox.url()]).run().exits(0);
    output.results().all_are("ok");
    assert_eq!((sandbox.writes().len(), sandbox.bookings().len()), (ROWS, ROWS));
}

#[test]
fn a_row_between_two_attempts_is_skipped_or_unknown_by_what_it_has_met() {
    for (fault, status) in [("503", "skipped"), ("500", "unknown")] {
        let place = Place::new().with("input.csv", "id,comment\n1,x\n");
        let sandbox = Sandbox::with(&format!("--fault {fault}@1-99"));
        let program = userside(&place).line("import edit input.csv --retry-wait 100s --rate unlimited");
        let running = program.args(["--url", sandbox.url()]).start();
        until("the first attempt", || (!sandbox.writes().is_empty()).then_some(()));
        running.signal("INT");
        let output = running.wait().exits(130);
        let fate = output.results().only().fate();
        assert!(fate.starts_with(status) && fate.ends_with(" 1"), "{fate}\n{}", output.report());
    }
}

#[test]
fn a_signal_before_the_first_row_sends_nothing() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let sandbox = Sandbox::with("--fault read:stall@1-9");
    let running = userside(&place).line("import edit input.csv --timeout 120s").to(&sandbox).start();
    until("the probe", || (!sandbox.log().is_empty()).then_some(()));
    running.signal("INT");
    let output = running.wait().exits(130);
    output.results().all_are("skipped");
    assert!(sandbox.writes().is_empty());
}

#[test]
fn the_sandbox_ends_well_when_it_is_told_to() {
    let place = Place::new().with("key.txt", "some key\n");
    for signal in ["INT", "TERM"] {
        let running =
            userside(&place).line("sandbox --listen 127.0.0.1:0 --key-file key.txt --log log.jsonl").start();
        until("the log", || place.exists("log.jsonl").then_some(()));
        running.signal(signal);
        let output = running.wait().exits(0);
        assert!(output.stdout.starts_with("http://127.0.0.1:"), "{}", output.report());
        std::fs::remove_file(place.path("log.jsonl")).expect("a log");
    }
}

/// Somebody forgot the pipe: the program waits for rows that are typed, and Ctrl-C must still end it.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_the_wait_for_standard_input() {
    for line in [
        "import change_balance - --results r.csv --journal j --url http://127.0.0.1:1",
        "validate change_balance -",
    ] {
        let place = Place::new();
        let (mut running, _terminal) = userside(&place).line(line).start_on_terminal();
        until("it listens", || running.listens().then_some(()));
        running.signal("INT");
        until("the end", || running.has_ended().then_some(()));
        assert!(place.names().is_empty(), "{:?}", place.names());
    }
}

/// Results that go to a pipe which is not read any more.
#[test]
fn a_signal_ends_results_that_nobody_reads() {
    let (place, sandbox) = (Place::new().with_bookings(3000), Sandbox::with("--customers 3000"));
    let line = "import change_balance input.csv --concurrency 64";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    for line in ["results input.journal --results -", "undo input.journal --output -"] {
        let mut running = userside(&place).line(line).start();
        running.writes();
        running.signal("INT");
        until("the end", || running.has_ended().then_some(()));
    }
}
