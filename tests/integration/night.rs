//! Runs that nobody watches: they stop at the time that was named, and say what became of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::{Place, Sandbox, userside};

/// So soon, and not too soon for a slow machine to have begun; by the clock of a machine in UTC.
fn soon() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + Duration::from_secs(5);
    let seconds = since.as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Keeps what it is told, and in which environment.
const HEARS: &str = "cat > told.json; env > told.env; echo heard";

/// The exit code that was told, and how many rows are ok, and how many there are.
fn told(place: &Place) -> (u64, u64, u64) {
    let summary: serde_json::Value = serde_json::from_str(&place.text("told.json")).expect("one object");
    let environment = place.text("told.env");
    assert!(!environment.contains("USERSIDE_API_KEY"), "{environment}");
    let exit =
        environment.lines().find_map(|line| line.strip_prefix("USERSIDE_BULK_EXIT=")).expect("an exit code");
    let number = |name: &str| summary[name].as_u64().expect("a number");
    (exit.parse().expect("a number"), number("ok"), number("rows"))
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
    let program = userside(&place).env("TZ", "UTC").line(line).args([&until, "--notify", HEARS]);
    let output = program.to(&sandbox).run().exits(3);
    assert_eq!(told(&place), (3, 5, 40));
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

#[test]
fn a_command_hears_of_the_end_what_json_says() {
    let (place, sandbox) = (edits(3), Sandbox::with("--customers 3"));
    let program = userside(&place).line("import edit input.csv --json --notify").args([HEARS]);
    let output = program.to(&sandbox).run().exits(0).says("heard");
    assert_eq!(output.stdout, place.text("told.json"));
    assert_eq!(told(&place), (0, 3, 3));
    // The journal keeps the command, also for a run of which nothing is left to do.
    place.write("told.json", "");
    userside(&place).line("resume input.journal --quiet").to(&sandbox).run().exits(0).says("heard");
    assert_eq!(told(&place), (0, 3, 3));
    let program = userside(&place).line("resume input.journal --notify").args([""]);
    program.to(&sandbox).run().exits(0).says_not("heard");
}

#[test]
fn a_command_hears_of_files_that_are_refused_and_not_of_wrong_usage() {
    let place = Place::new().with("input.csv", "id,email\n1,a@example.com\n2,nobody\n");
    let wrong = ["import edit input.csv --until 25:00", "import edit input.csv --results - --json"];
    for line in wrong {
        let program = userside(&place).line(line).args(["--notify", HEARS]);
        program.at_url("http://127.0.0.1:1").run().exits(2);
        assert!(!place.exists("told.json"), "{line}");
    }
    let program = userside(&place).line("import edit input.csv --notify").args([HEARS]);
    program.at_url("http://127.0.0.1:1").run().exits(2).says("heard");
    assert_eq!(told(&place), (2, 0, 2));
    // Where nothing could be summed up it is told so much.
    let program = userside(&place).line("import edit nowhere.csv --notify").args([HEARS]);
    let output = program.at_url("http://127.0.0.1:1").run().exits(2);
    let place_of = |text: &str| output.stderr.find(text).expect(text);
    assert!(place_of("error: ") < place_of("heard"), "the command may take its time: {}", output.stderr);
    assert_eq!(told(&place), (2, 0, 0));
}

#[test]
fn a_command_that_fails_changes_nothing() {
    let sandbox = Sandbox::with("--customers 3");
    for (command, says) in [
        ("exit 7", "warning: --notify: the command failed (exit status: 7)"),
        ("kill -9 $$", "warning: --notify: the command failed (signal: 9"),
        ("there-is-no-such-command", "warning: --notify: the command failed (exit status: 127)"),
    ] {
        let program = userside(&edits(3)).line("import edit input.csv --quiet --notify").args([command]);
        program.to(&sandbox).run().exits(0).says(says).results().all_are("ok");
    }
    let program = userside(&edits(3)).line("import edit input.csv --notify").args(["exit 7"]);
    let program = program.env("PATH", "/nowhere");
    program.to(&sandbox).run().exits(0).says("warning: --notify: the command cannot be started");
}

#[cfg(unix)]
#[test]
fn a_command_hears_of_an_interruption() {
    let place = edits(200);
    let sandbox = Sandbox::with("--customers 200");
    let program = userside(&place).line("import edit input.csv --json --notify").args([HEARS]);
    let running = program.args(["--url", sandbox.url(), "--rate", "5/s"]).start();
    sandbox.has_seen(2);
    running.signal("INT");
    running.wait().exits(130).says("heard");
    assert_eq!(told(&place).0, 130);
    assert_eq!(told(&place).2, 200);
}
