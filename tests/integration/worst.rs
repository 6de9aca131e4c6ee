//! The worst attempt counts: a row that may have been applied is never called failed because of what a later
//! attempt met. And how long a row waits between attempts.

use crate::support::{Place, Sandbox, userside};

/// One `edit` against these faults, with two retries: its fate, the exit code and what the results say.
fn edit(faults: &str) -> (String, i32, String) {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let sandbox = Sandbox::with(faults);
    let output =
        userside(&place).line("import edit input.csv --retries 2 --patience 500ms").to(&sandbox).run();
    let row = output.results().only().clone();
    (row.fate(), output.code.expect("an exit code"), row.result("error").to_owned())
}

#[test]
fn a_refused_repetition_leaves_the_row_unknown() {
    for refusal in ["error", "400", "404"] {
        let (fate, exit, error) = edit(&format!("--fault 500@1 --fault {refusal}@2-9"));
        let status = if refusal == "error" { "200" } else { refusal };
        assert_eq!((fate, exit), (format!("unknown http_status {status} 2"), 1), "{refusal}");
        // Both are told: what left it open, and what came then.
        assert!(error.contains("HTTP 500") && error.contains("refused on purpose"), "{error}");
    }
}

#[test]
fn a_repetition_that_is_turned_away_leaves_the_row_unknown() {
    let (fate, exit, error) = edit("--fault drop-after@1 --fault 429@2-9999");
    assert!(fate.starts_with("unknown connect 429 ") && exit == 3, "{fate} {exit}");
    assert!(error.contains("connection was lost"), "{error}");
}

#[test]
fn a_key_refused_at_the_repetition_leaves_the_row_unknown_and_stops_the_run() {
    let (fate, exit, _) = edit("--fault 502@1 --fault 403@2-9");
    assert_eq!((fate.as_str(), exit), ("unknown http_status 403 2", 3));
}

#[test]
fn turned_away_first_and_open_afterwards_is_unknown() {
    let (fate, exit, _) = edit("--fault 429@1 --fault 500@2-4");
    assert_eq!((fate.as_str(), exit), ("unknown http_status 500 4", 1));
}

/// A booking that was turned away may have been made by then: it is not sent again.
#[test]
fn a_booking_that_was_turned_away_is_not_repeated() {
    let place = Place::new().with("input.csv", "customer_id,amount,comment\n1,5,x\n");
    let sandbox = Sandbox::with("--fault 503@1-2");
    let line = "import change_balance input.csv --retries 9 --no-reconcile";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    assert_eq!(output.results().only().fate(), "unknown http_status 503 1");
    assert_eq!((sandbox.writes().len(), sandbox.applied()), (1, 0));
}

#[test]
fn no_retries_means_one_attempt_beside_those_that_were_held() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    for (fault, exit, fate) in [("429@1", 0, "ok - 200 2"), ("500@1", 1, "unknown http_status 500 1")] {
        let sandbox = Sandbox::with(&format!("--fault {fault}"));
        let output = userside(&place)
            .line("import edit input.csv --retries 0 --new-run")
            .to(&sandbox)
            .run()
            .exits(exit);
        assert_eq!(output.results().only().fate(), fate);
    }
}

/// Milliseconds between the first two writes of a run whose first write is turned away.
fn pause(options: &[&str]) -> f64 {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let sandbox = Sandbox::with_args(["--fault", "503@1"].into_iter().chain(options.iter().copied()));
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0).results().all_are("ok");
    let writes = sandbox.writes();
    assert_eq!(writes.len(), 2);
    writes[1].t_ms - writes[0].t_ms
}

#[test]
fn retry_after_in_seconds_is_honoured() {
    let waited = pause(&["--retry-after", "1"]);
    assert!(waited >= 1000.0, "{waited} ms");
}

#[test]
fn retry_after_as_a_date_is_honoured() {
    let then = std::time::SystemTime::now() + std::time::Duration::from_secs(3);
    let begun = std::time::Instant::now();
    pause(&["--retry-after", &httpdate::fmt_http_date(then)]);
    // A date has whole seconds, so a part of one may be missing.
    assert!(begun.elapsed() >= std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// Neither holds anything up for long; that it ends within the test's patience is the proof.
#[test]
fn retry_after_nothing_and_a_date_in_the_past_are_no_pause() {
    pause(&["--retry-after", "0"]);
    pause(&["--retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"]);
}

/// The server's wish holds for all rows, not only for the one that it was told to.
#[test]
fn a_pause_holds_for_every_row() {
    let rows: String = (1..=5).map(|id| format!("{id},x\n")).collect();
    let place = Place::new().with("input.csv", format!("id,comment\n{rows}"));
    let sandbox = Sandbox::with("--fault 429@1 --retry-after 1");
    let line = "import edit input.csv --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0).says("pause of 1 s");
    output.results().all_are("ok");
    let writes = sandbox.writes();
    assert!(writes[1].t_ms - writes[0].t_ms >= 1000.0, "{writes:?}");
}

/// The waits double from `--retry-wait` on; jitter only adds to them.
#[test]
fn waits_between_attempts_grow() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let sandbox = Sandbox::with("--fault 502@1-3");
    let program = userside(&place).line("import edit input.csv --rate unlimited --retry-wait 40ms --url");
    program.args([sandbox.url()]).run().exits(0);
    let times: Vec<f64> = sandbox.writes().iter().map(|entry| entry.t_ms).collect();
    let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps.len(), 3);
    assert!(gaps[0] >= 40.0 && gaps[1] >= 80.0 && gaps[2] >= 160.0, "{gaps:?}");
}
