//! Runs that nobody watches: they stop at the time that was named, and say what became of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::{Place, Sandbox, userside};

/// So soon, and not too soon for a slow machine to have begun; by the clock of a machine in UTC.
fn soon() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + Duration::from_secs(5);
    let seconds = since.as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// So many customers with a note.
fn edits(count: u32) -> Place {
    let rows: String = (1..=count).map(|id| format!("{id},note {id}\n")).collect();
    Place::new().with("input.csv", format!("id,comment\n{rows}"))
}

/// The server goes away after the first rows and would be waited for, for a quarter of an hour.
#[test]
fn a_run_that_waits_in_an_outage_stops_at_the_time_and_is_gone_on_with() {
    let (place, until) = (edits(40), soon());
    let sandbox = Sandbox::with("--customers 40 --fault 503@6-9999");
    let line = "import edit input.csv --concurrency 1 --until";
    let output = userside(&place).env("TZ", "UTC").line(line).args([&until]).to(&sandbox).run().exits(3);
    let output = output
        .says(&format!("stopping: it is {until} (--until)"))
        .says(&format!("stopped: at {until}, as --until says"))
        .says("next: `userside-bulk resume input.journal`")
        .says_not("interrupted");
    let results = output.results();
    assert_eq!((results.count("ok"), results.count("skipped")), (5, 35));
    // The journal keeps the time of day: the next one is tomorrow's, or another that is said now.
    let sandbox = Sandbox::with("--customers 40");
    let program = userside(&place).line("resume input.journal --until never");
    program.to(&sandbox).run().exits(0).says_not("--until").results().all_are("ok");
}

#[test]
fn a_run_that_goes_on_has_the_time_of_day_of_its_journal() {
    let place = edits(10);
    let sandbox = Sandbox::with("--customers 10 --fault 503@6-9999");
    let line = "import edit input.csv --concurrency 1 --patience 300ms --until 23:59";
    userside(&place).line(line).to(&sandbox).run().exits(3).says_not("--until");
    for command in ["resume", "reconcile"] {
        let program = userside(&place).line(command).args(["input.journal", "--until", "2001-01-01 06:00"]);
        program.to(&sandbox).run().exits(2).says("that has passed");
    }
    let sandbox = Sandbox::with("--customers 10");
    let program = userside(&place).line("resume input.journal");
    program.to(&sandbox).run().exits(0).says_not("--until").results().all_are("ok");
}

#[test]
fn a_time_that_makes_no_sense_is_refused_before_anything_is_read() {
    let place = Place::new();
    for (until, says) in [
        ("25:00", "'25:00' is not a time: write a time of day like 06:00"),
        ("6", "'6' is not a time"),
        ("06:00Z", "'06:00Z' is not a time"),
        ("2001-01-01 06:00", "--until 2001-01-01 06:00: that has passed: it is 20"),
        ("9000-01-01 06:00", "that is more than a year away"),
    ] {
        let program = userside(&place).line("import edit nowhere.csv --until").args([until]);
        program.at_url("http://127.0.0.1:1").run().exits(2).says(says);
    }
    assert!(place.names().is_empty(), "{:?}", place.names());
}
