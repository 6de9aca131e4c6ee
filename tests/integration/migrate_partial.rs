//! Rows of `migrate` of which some step is done and another is not: what is said of them, and how they are gone on with.

use crate::support::{Journal, Output, Place, Results, Sandbox, until, userside};

const INPUT: &str = "\
fio,codeti,edit.comment,change_date_connect.value,amount,change_balance.comment
Іван,c/1,one,2020-01-01,1.10,opening
Петро,c/2,two,2020-01-02,2.20,opening
";
const STEPS: [&str; 4] = ["add", "edit", "change_date_connect", "change_balance"];

fn place() -> Place {
    Place::new().with("input.csv", INPUT)
}

/// What is said of a row: its status, code, and its steps.
fn told(results: &Results, row: usize) -> String {
    let row = &results.rows[row];
    let steps = STEPS.map(|step| row.result(step)).join(" ");
    format!("{} {} {steps}", row.result("status"), row.result("error_code"))
}

fn import(place: &Place, sandbox: &Sandbox, options: &str) -> Output {
    let line = format!("import migrate input.csv --concurrency 1 --settle 0s {options}");
    userside(place).line(&line).to(sandbox).run()
}

/// The server holds what the file says, once.
#[track_caller]
fn all_is_there(sandbox: &Sandbox) {
    let customers = sandbox.ledger()["customers"].clone();
    let of = |code: &str| {
        let found = customers.as_array().expect("customers").iter().filter(|c| c["codeti"] == code);
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), 1, "{code}: {customers}");
        (
            found[0]["comment"].as_str().unwrap_or_default().to_owned(),
            found[0]["date_connect"].as_str().unwrap_or_default().get(..10).unwrap_or_default().to_owned(),
            found[0]["balance"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let expected = |n: usize, word: &str| (word.to_owned(), format!("2020-01-0{n}"), format!("{n}.{n}0"));
    assert_eq!(of("c/1"), expected(1, "one"));
    assert_eq!(of("c/2"), expected(2, "two"));
    assert_eq!(sandbox.bookings().len(), 2);
}

/// Whichever step is refused: what comes before stays, what comes after is not sent, and the row is fed back with the
/// customer's id.
#[test]
fn after_a_refused_step_the_row_goes_on_where_it_stopped_once_it_is_fixed() {
    // The second row's writes are the fifth to the eighth.
    for (refused, status, expected) in [
        (5, "failed", ["failed", "skipped", "skipped", "skipped"]),
        (6, "partial", ["ok", "failed", "skipped", "skipped"]),
        (7, "partial", ["ok", "ok", "failed", "skipped"]),
        (8, "partial", ["ok", "ok", "ok", "failed"]),
    ] {
        let (place, sandbox) = (place(), Sandbox::with(&format!("--fault error@{refused}")));
        let output = import(&place, &sandbox, "--failed failed.csv").exits(1);
        let results = output.results();
        assert_eq!(told(&results, 1), format!("{status} api_error {}", expected.join(" ")), "{refused}");
        assert_eq!(results.rows[0].result("status"), "ok");
        let step = STEPS[refused - 5];
        assert!(results.rows[1].result("error").starts_with(&format!("{step}: ")), "{:?}", results.rows[1]);
        let sent = sandbox.writes().len();
        assert_eq!(sent, refused);
        // The steps are in the journal, one by one.
        let states = Journal::read(&place, "input.journal").states();
        let of_row = states.iter().filter(|(row, _)| *row == 2).count();
        assert_eq!(of_row, refused - 4, "{states:?}");
        // Nothing is left for the program to do.
        let again = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
        assert_eq!(told(&again.results(), 1), told(&results, 1));
        assert_eq!(sandbox.writes().len(), sent);
        let failed = Results::read(&with_status(&place.bytes("failed.csv")), String::new());
        assert_eq!(failed.rows.len(), 1);
        if status == "partial" {
            assert_eq!(
                failed.rows[0].get("id"),
                results.rows[1].result("id"),
                "{}",
                place.text("failed.csv")
            );
        }
        let output =
            userside(&place).line("import migrate failed.csv --concurrency 1").to(&sandbox).run().exits(0);
        let results = output.results_in("failed.results.csv");
        assert_eq!(results.only().result("add"), if status == "partial" { "" } else { "ok" });
        all_is_there(&sandbox);
        // And once more: nothing is booked again.
        userside(&place).line("import migrate failed.csv").to(&sandbox).run().exits(1);
        all_is_there(&sandbox);
    }
}

/// A file of failed rows has no status; the reader of results wants one.
fn with_status(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    let delimiter = header.chars().find(|c| [',', ';', '\t'].contains(c)).expect("a delimiter");
    let rows: String = lines.map(|line| format!("{line}{delimiter}\n")).collect();
    format!("{header}{delimiter}result_status{delimiter}x\n{}", rows.replace('\n', &format!("{delimiter}\n")))
        .into_bytes()
}

/// A run that ends between two steps of a row says so, and goes on there.
#[test]
fn a_stop_between_two_steps_is_gone_on_with_at_the_step() {
    for refused in 1..=8 {
        let (place, sandbox) = (place(), Sandbox::with(&format!("--fault 403-page@{refused}")));
        let output = import(&place, &sandbox, "").exits(3);
        let results = output.results();
        let (row, step) = ((refused - 1) / 4, (refused - 1) % 4);
        let status = if step == 0 { "unknown" } else { "partial" };
        let expected = if row == 0 { [status, "skipped"] } else { ["ok", status] };
        assert_eq!(results.statuses(), expected, "{refused}");
        assert_eq!(sandbox.writes().len(), refused);
        let output = userside(&place).line("resume input.journal --settle 0s --resend").to(&sandbox).run();
        let output = match output.code {
            Some(0) => output,
            // What is not there is said to be so, and sent again on request.
            _ => {
                userside(&place).line("resume input.journal --settle 0s --resend").to(&sandbox).run().exits(0)
            }
        };
        output.results().all_are("ok");
        all_is_there(&sandbox);
    }
}

/// Ctrl-C between the steps of rows: what is in flight comes to its end, no row is begun, and each goes on at its step.
#[test]
fn ctrl_c_leaves_true_states_and_resume_ends_the_rows() {
    let rows: String = (1..=40).map(|n| format!("Customer {n},k/{n},word {n},{n}.00,opening\n")).collect();
    let input = format!("fio,codeti,edit.comment,amount,change_balance.comment\n{rows}");
    let (place, sandbox) = (Place::new().with("input.csv", input), Sandbox::with("--latency 5ms"));
    let running = userside(&place).line("import migrate input.csv --concurrency 4").to(&sandbox).start();
    until("some writes", || (sandbox.writes().len() > 30).then_some(()));
    running.signal("INT");
    let output = running.wait().exits(130);
    let results = output.results();
    let log = sandbox.writes();
    for (n, row) in (1..).zip(&results.rows) {
        let own = |what: &str| {
            log.iter()
                .filter(|e| e.applied && e.subcategory.as_deref() == Some(what))
                .filter(|e| {
                    let of =
                        |name: &str| e.parameters.get(name).is_some_and(|value| value == row.result("id"));
                    of("id")
                        || of("customer_id")
                        || e.parameters.get("codeti").is_some_and(|code| *code == format!("k/{n}"))
                })
                .count()
        };
        for (step, count) in
            [("add", own("add")), ("edit", own("edit")), ("change_balance", own("change_balance"))]
        {
            let expected = if row.result(step) == "ok" { 1 } else { 0 };
            assert_eq!(count, expected, "row {n}, {step}: {row:?}");
        }
        let done = ["add", "edit", "change_balance"].iter().filter(|step| row.result(step) == "ok").count();
        assert_eq!(row.result("status"), ["skipped", "partial", "partial", "ok"][done], "{row:?}");
    }
    assert!(results.count("skipped") > 0);
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(0);
    output.results().all_are("ok");
    assert_eq!((sandbox.applied(), sandbox.bookings().len()), (120, 40));
}

/// A refused step counts for `--max-failures` as the row does; rows that fail one after the other stop the run, although
/// each of them has a step that is done.
#[test]
fn rows_that_stop_halfway_one_after_the_other_stop_the_run() {
    // The server does not know the parameter, and refuses every edit.
    let rows: String = (1..=60).map(|n| format!("Customer {n},k/{n},1\n")).collect();
    let input = format!("fio,codeti,manager_id\n{rows}");
    for (options, failed) in [("", 25), ("--max-failures 7", 7), ("--max-failures 10%", 6)] {
        let place = Place::new().with("input.csv", &input);
        let sandbox = Sandbox::with("--server-version 3.13");
        let output = import(&place, &sandbox, options).exits(3);
        let results = output.results();
        let refused = results.column("result_edit").iter().filter(|status| **status == "failed").count();
        assert_eq!(refused, failed, "{options}\n{}", output.report());
        // One more may have been made meanwhile, and is partial too.
        let (partial, skipped) = (results.count("partial"), results.count("skipped"));
        assert!((failed..=failed + 1).contains(&partial) && partial + skipped == 60, "{options}: {partial}");
    }
}
