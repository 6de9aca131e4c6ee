//! What others do to the files of a run while it goes on.

use std::fs;

use crate::support::{Place, Running, Sandbox, until, userside};

const ROWS: usize = 300;

fn content() -> String {
    let rows: String = (1..=ROWS).map(|id| format!("{id},1.25,row {id}\n")).collect();
    format!("customer_id,amount,comment\n{rows}")
}

/// A run of many bookings of which some have arrived.
fn under_way(place: &Place, sandbox: &Sandbox) -> Running {
    let line = "import change_balance input.csv --failed left.csv --rate 200/s --max-failures 300";
    let running = userside(place).line(line).args(["--url", sandbox.url()]).start();
    until("some requests", || (sandbox.writes().len() >= 5).then_some(()));
    running
}

#[test]
fn an_input_that_is_written_over_changes_nothing() {
    let place = Place::new().with("input.csv", content());
    let sandbox = Sandbox::with("--customers 300 --fault error=30%");
    let running = under_way(&place, &sandbox);
    place.write("input.csv", "customer_id,amount,comment\n1,99.00,other\n");
    let output = running.wait().exits(1);
    let results = output.results();
    let expected: Vec<String> = (1..=ROWS).map(|id| format!("row {id}")).collect();
    assert_eq!(results.column("comment"), expected);
    assert!(sandbox.writes().iter().all(|write| write.parameter("amount") == "1.25"));
    assert_eq!(place.text("left.csv").lines().count(), 1 + ROWS - results.count("ok"));
}

#[test]
fn results_that_are_taken_away_are_no_run_before_which_nothing_was_sent() {
    let place = Place::new().with("input.csv", content());
    let sandbox = Sandbox::with("--customers 300");
    let running = under_way(&place, &sandbox);
    fs::remove_file(place.path("input.results.csv.partial")).expect("there");
    let output = running.wait().exits(3).says("what is known of the rows is in the journal");
    output.says("userside-bulk resume input.journal");
    userside(&place).line("resume input.journal").run().exits(0).results().all_are("ok");
}
