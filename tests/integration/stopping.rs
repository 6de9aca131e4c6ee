//! Runs that end early by themselves: a refused key, too many failures, a server that goes away. The results
//! are complete all the same.

use crate::support::{Answer, Output, Place, Responder, Sandbox, userside};

/// So many bookings of one customer each.
fn bookings(count: u32) -> Place {
    let rows: String = (1..=count).map(|id| format!("{id},1.00,row {id}\n")).collect();
    Place::new().with("input.csv", format!("customer_id,amount,comment\n{rows}"))
}

/// Every row is in the results, in order, and what they say of each is what the server saw of it.
#[track_caller]
fn assert_complete(output: &Output, rows: u32, sandbox: &Sandbox) {
    let results = output.results();
    let ids: Vec<u32> =
        results.column("customer_id").into_iter().map(|id| id.parse().expect("an id")).collect();
    assert_eq!(ids, (1..=rows).collect::<Vec<_>>());
    let writes = sandbox.writes();
    for row in &results.rows {
        let own: Vec<_> =
            writes.iter().filter(|w| w.parameter("customer_id") == row.get("customer_id")).collect();
        let applied = own.iter().any(|write| write.applied);
        match row.result("status") {
            "ok" => assert!(applied, "{row:?}"),
            "unknown" => assert!(!own.is_empty(), "{row:?}"),
            "failed" => assert!(!applied && !own.is_empty(), "{row:?}"),
            "skipped" => {
                assert!(own.is_empty(), "{row:?}");
                assert_eq!(row.fate(), "skipped stopped - 0");
            }
            other => panic!("a row is {other}"),
        }
    }
}

#[test]
fn a_key_refused_in_the_middle_stops_the_run() {
    for concurrency in [1, 8] {
        let (place, sandbox) = (bookings(300), Sandbox::with("--customers 300 --fault 403@5-999"));
        let line = format!("import change_balance input.csv --concurrency {concurrency}");
        let output = userside(&place)
            .line(&line)
            .to(&sandbox)
            .run()
            .exits(3)
            .says("stopped: ")
            .says("refused the key");
        assert_complete(&output, 300, &sandbox);
        let results = output.results();
        assert_eq!(results.count("ok"), 4);
        assert!((1..=concurrency).contains(&results.count("failed")), "{}", results.count("failed"));
    }
}

#[test]
fn max_failures_stops_the_run_when_so_many_have_failed() {
    // Every other row meets an error, so there are never two in a row.
    let even: Vec<String> = (1..=50).map(|n| (2 * n).to_string()).collect();
    let sandbox = Sandbox::with(&format!("--customers 100 --fault error@{}", even.join(",")));
    let place = bookings(100);
    let line = "import change_balance input.csv --concurrency 1 --max-failures 7";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3).says("--max-failures");
    let results = output.results();
    assert_eq!((results.count("ok"), results.count("failed"), results.count("skipped")), (7, 7, 86));
    assert_complete(&output, 100, &sandbox);
}

#[test]
fn max_failures_may_be_a_share_of_the_valid_rows() {
    let sandbox = Sandbox::with("--customers 100 --fault error@1-999");
    let place = bookings(100);
    // One invalid row more: 4 % of 100, not of 101.
    let text = place.text("input.csv");
    let (header, rows) = text.split_once('\n').expect("a header");
    place.write("input.csv", format!("{header}\n101,oops,x\n{rows}"));
    let line = "import change_balance input.csv --concurrency 1 --max-failures 4% --skip-invalid";
    let results = userside(&place).line(line).to(&sandbox).run().exits(3).results();
    assert_eq!((results.count("failed"), results.count("skipped"), results.count("invalid")), (4, 96, 1));
}

#[test]
fn twenty_five_in_a_row_stop_the_run_by_default() {
    for (fault, status) in [("error", "failed"), ("500", "unknown")] {
        let (place, sandbox) =
            (bookings(60), Sandbox::with(&format!("--customers 60 --fault {fault}@11-999")));
        let line = "import change_balance input.csv --concurrency 1 --no-reconcile";
        let output = userside(&place).line(line).to(&sandbox).run().exits(3);
        let results = output.results();
        assert_eq!((results.count("ok"), results.count(status), results.count("skipped")), (10, 25, 25));
        assert_complete(&output, 60, &sandbox);
    }
}

#[test]
fn failures_that_are_not_in_a_row_do_not_stop_the_run() {
    let even: Vec<String> = (1..=50).map(|n| (2 * n).to_string()).collect();
    let sandbox = Sandbox::with(&format!("--customers 100 --fault error@{}", even.join(",")));
    let line = "import change_balance input.csv --concurrency 1";
    let results = userside(&bookings(100)).line(line).to(&sandbox).run().exits(1).results();
    assert_eq!((results.count("ok"), results.count("failed")), (50, 50));
}

#[test]
fn a_server_that_goes_away_and_stays_away_stops_the_run() {
    let place = bookings(60);
    // The probe and five rows are answered.
    let server = Responder::start(|number, _| (number <= 6).then(Answer::ok));
    let line = "import change_balance input.csv --concurrency 1 --retries 0 --patience 500ms --no-reconcile --no-verify --booked ignore";
    let output = userside(&place).line(line).at_url(server.url()).run().exits(3);
    let results = output.results();
    assert_eq!((results.rows.len(), results.count("ok")), (60, 5));
    // The seventh request was read, so nobody knows; those after it never left.
    assert_eq!(results.rows[5].fate(), "unknown connect - 1");
    assert_eq!(results.rows[6].fate(), "skipped connect - 0");
    assert!(results.rows[7..].iter().all(|row| row.fate() == "skipped stopped - 0"), "{:?}", results.fates());
    output.says("can no longer be reached");
}

#[test]
fn a_wrong_key_ends_the_run_before_the_first_row() {
    let (place, sandbox) = (bookings(3), Sandbox::start());
    let program = userside(&place).env("USERSIDE_API_KEY", "another").line("import change_balance input.csv");
    let output = program.to(&sandbox).run().exits(3).says("refused the key").says("nothing was sent");
    output.results().all_are("skipped");
    assert!(sandbox.writes().is_empty());
}

#[test]
fn what_is_no_userside_is_found_out_before_the_first_row() {
    for (body, said) in
        [("<html>Welcome to nginx!</html>", "Welcome to nginx!"), ("", "(empty)"), ("[]", "[]")]
    {
        let server = Responder::start(move |_, _| Some(Answer::new(200, body)));
        let program = userside(&bookings(2)).line("import change_balance input.csv --retries 1");
        let output =
            program.at_url(server.url()).run().exits(3).says("does not come from a UserSide API").says(said);
        output.results().all_are("skipped");
    }
}

/// A server that is ill for a moment is not gone.
#[test]
fn the_first_read_is_repeated() {
    let (place, sandbox) = (bookings(2), Sandbox::with("--fault read:503@1 --fault read:drop-before@2"));
    userside(&place)
        .line("import change_balance input.csv")
        .to(&sandbox)
        .run()
        .exits(0)
        .results()
        .all_are("ok");
}
