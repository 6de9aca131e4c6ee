//! `resume` goes on where a run was stopped, killed or crashed: with the options of the run, and without
//! sending twice what must not happen twice.

use crate::support::{Journal, Place, Sandbox, userside};

/// What every way of giving an input comes to: the fourth booking is carried out and has no answer, the
/// program is killed, and `resume` brings the run to its end.
#[track_caller]
fn killed_and_resumed(place: &Place, line: &str, stdin: &[u8], rows: usize) -> Sandbox {
    let sandbox = Sandbox::with("--customers 1240 --fault stall@4");
    let line = format!("import change_balance {line} --concurrency 1 --timeout 120s");
    let running = userside(place).stdin(stdin).line(&line).to(&sandbox).start();
    sandbox.has_seen(4);
    running.killed();
    let journal = place.names().into_iter().find(|name| name.ends_with(".journal")).expect("a journal");
    let line = format!("resume {journal} --settle 0s --resend --concurrency 8 --timeout 30s");
    userside(place).line(&line).to(&sandbox).run().exits(0);
    assert_eq!((sandbox.writes().len(), sandbox.bookings().len()), (rows, rows));
    sandbox
}

#[test]
fn after_a_kill_every_booking_is_made_once() {
    let place = Place::new().with_bookings(12);
    let sandbox = killed_and_resumed(&place, "input.csv", b"", 12);
    let mut customers: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
    customers.sort_unstable();
    assert_eq!(customers, (1..=12).collect::<Vec<_>>());
    let text = place.text("input.results.csv");
    let comments: Vec<_> = text.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(comments, (1..=12).map(|row| format!("row {row}")).collect::<Vec<_>>());
}

/// The options of the run hold: nothing is detected anew, and what a mapping file said stays said.
#[test]
fn the_options_of_the_run_are_the_journals() {
    let rows: String = (1..=9).map(|id| format!("{id}|03/04/2023|1|раз\n")).collect();
    let content = format!("Клиент|Дата|Сумма|Прим\n{rows}");
    let place = Place::new()
        .with("input.csv", encoding_rs::IBM866.encode(&content).0)
        .with("columns.toml", "[columns]\n'Клиент' = 'customer_id'\n'Сумма' = 'amount'\n");
    let options = "--delimiter | --encoding ibm866 --mapping columns.toml --map Прим=comment --map Дата= --set employee_id=7 --skip-internal-api";
    let resumed = {
        let sandbox = Sandbox::with("--customers 9 --fault 403@4");
        let line = format!("import change_balance input.csv --concurrency 1 {options}");
        userside(&place).line(&line).to(&sandbox).run().exits(3);
        std::fs::remove_file(place.path("columns.toml")).expect("a mapping");
        userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
        sandbox
    };
    let writes = resumed.writes();
    assert_eq!(writes.len(), 9);
    for write in &writes {
        assert!(write.parameter("comment").ends_with("] раз"), "{write:?}");
        assert_eq!((write.parameter("employee_id"), write.parameter("amount")), ("7", "1"));
        assert_eq!(write.parameter("skip_internal_api"), "1");
    }
}

#[test]
fn a_sheet_of_a_workbook_is_gone_on_with() {
    let place = Place::new().with_sample("customers.xlsx");
    killed_and_resumed(&place, "customers.xlsx --sheet Балансы --expect-total 3176.05", b"", 25);
}

/// The journal holds the rows of standard input too.
#[test]
fn standard_input_is_gone_on_with() {
    let rows: String = (1..=300).map(|id| format!("{id},1.00,row {id}\n")).collect();
    let content = format!("customer_id,amount,comment\n{rows}");
    let place = Place::new();
    let first = content.lines().take(11).collect::<Vec<_>>().join("\n");
    killed_and_resumed(&place, "- --results out.csv --journal run.journal", first.as_bytes(), 10);
    assert_eq!(place.text("out.csv").lines().count(), 11);
    // More than one part of the journal would hold.
    let sandbox = Sandbox::with("--customers 300 --fault 403@200");
    let place = Place::new();
    let wide = content.replace("row ", &format!("{} ", "x".repeat(5000)));
    let line = "import change_balance - --results out.csv --journal run.journal --concurrency 1";
    userside(&place).stdin(wide).line(line).to(&sandbox).run().exits(3);
    let output = userside(&place).line("resume run.journal").to(&sandbox).run().exits(1);
    assert_eq!(output.results_in("out.csv").count("ok"), 299);
    assert_eq!(sandbox.applied(), 299);
}

/// What a run was told on the day it began must not stop it on the next.
#[test]
fn the_pace_and_the_server_may_be_changed_and_the_rest_may_not() {
    let (place, sandbox) = (Place::new().with_bookings(4), Sandbox::with("--fault 403@2"));
    let line = "import change_balance input.csv --concurrency 1 --rate 1/h --burst 40 --url";
    userside(&place).line(line).args([sandbox.url()]).run().exits(3);
    for option in [
        "--map a=b",
        "--set amount=5",
        "--delimiter ;",
        "--encoding utf-8",
        "--skip-invalid",
        "--no-comment-tag",
    ] {
        userside(&place).line("resume input.journal").line(option).run().exits(2).says("unexpected argument");
    }
    let line = "resume input.journal --rate unlimited --retries 7 --concurrency 3 --timeout 9s --url";
    userside(&place).line(line).args([sandbox.url()]).run().exits(1);
    assert_eq!(sandbox.applied(), 3);
}

#[test]
fn after_a_signal_it_goes_on() {
    let (place, sandbox) = (Place::new().with_bookings(60), Sandbox::with("--customers 60 --latency 5ms"));
    let program = userside(&place).line("import change_balance input.csv --rate 100/s --url");
    let running = program.args([sandbox.url()]).start();
    sandbox.has_seen(5);
    running.signal("INT");
    let output = running.wait().exits(130).says("next: `userside-bulk resume input.journal`");
    assert!(output.results().count("skipped") > 0, "{}", output.report());
    let line = "resume input.journal";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!((sandbox.writes().len(), sandbox.bookings().len()), (60, 60));
}

#[test]
fn a_finished_run_says_so() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::with("--fault error@2"));
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(1);
    let (results, requests) = (place.bytes("input.results.csv"), sandbox.requests());
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    output.says("this run is finished, and 1 row of it is not applied");
    userside(&place).line("reconcile input.journal").to(&sandbox).run().exits(1).says("nothing to find out");
    assert_eq!((place.bytes("input.results.csv"), sandbox.requests()), (results, requests));
}

/// All is sent, and the program was killed while it wrote the results.
#[test]
fn results_that_were_not_finished_are_written() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::start());
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    let results = place.bytes("input.results.csv");
    Journal::spoil(&place, "input.journal").rewrite("UPDATE session SET ended = NULL, exit = NULL");
    place.write("input.results.csv.partial", &results[..40]);
    std::fs::remove_file(place.path("input.results.csv")).expect("results");
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(0);
    output.says("this run is finished");
    assert_eq!(place.bytes("input.results.csv"), results);
    assert!(!place.exists("input.results.csv.partial"));
}

/// Two processes on one journal would send everything twice.
#[test]
fn a_journal_that_another_process_holds_is_refused() {
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with("--fault stall@2"));
    let line = "import change_balance input.csv --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    sandbox.has_seen(2);
    let requests = sandbox.requests();
    for command in [
        "resume input.journal",
        "reconcile input.journal",
        "import change_balance input.csv",
        "import change_balance input.csv --new-run --results other.csv --journal input.journal",
    ] {
        let output = userside(&place).line(command).to(&sandbox).run().exits(2);
        output.says("another run").says("input.journal");
    }
    assert_eq!(sandbox.requests(), requests);
    running.killed();
    // The kernel frees what a dead process held.
    let line = "resume input.journal --settle 0s --resend";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 5);
}
