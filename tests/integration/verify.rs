//! The balances of all customers touched, before and after, against what was booked.

use crate::support::{Place, Sandbox, until, userside};

const INPUT: &str = "customer_id,amount,comment\n1,0.10,x\n2,-7.35,y\n1,0.20,z\n77,5,nobody\n";

/// The requests that read balances before the first booking, and after the last.
fn reads(sandbox: &Sandbox) -> [usize; 2] {
    let log = sandbox.log();
    let first = log.iter().position(|entry| !entry.is_read()).unwrap_or(log.len());
    let read = |log: &[crate::support::Entry]| log.iter().filter(|entry| is_read_of_customer(entry)).count();
    [read(&log[..first]), read(&log[first..])]
}

fn is_read_of_customer(entry: &crate::support::Entry) -> bool {
    entry.subcategory.as_deref() == Some("get_data")
}

#[test]
fn balances_that_agree_are_said_to() {
    for shape in ["classic", "modern", "mixed --seed 3", "mixed --seed 4", "modern,bom,warning"] {
        let place = Place::new().with("input.csv", INPUT.replace("77,5,nobody\n", ""));
        let sandbox = Sandbox::with(&format!("--shape {shape} --fault drop-after@2"));
        let line = "import change_balance input.csv --verify --concurrency 1 --settle 0s";
        let output = userside(&place).line(line).to(&sandbox).run().exits(0);
        output.says("balances: those of 2 customers differ by what was booked, to the last digit");
        // Once before the first booking, and after it and the last one.
        assert_eq!(reads(&sandbox), [1, 2], "{:?}", sandbox.log());
    }
}

/// A row that failed booked nothing, and that is what the balance must say.
#[test]
fn rows_that_failed_are_not_expected_in_the_balance() {
    let place = Place::new().with("input.csv", INPUT.replace("77,5,nobody\n", ""));
    let sandbox = Sandbox::with("--fault error@1 --fault drop-before@2");
    let line = "import change_balance input.csv --verify --concurrency 1 --settle 0s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = output.says("those of 2 customers differ by what was booked");
    assert_eq!(output.results().statuses(), ["failed", "failed", "ok"]);
}

#[test]
fn a_balance_that_cannot_be_read_beforehand_stops_the_run_before_the_first_booking() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::start();
    let line = "import change_balance input.csv --verify --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3);
    output.says("the balance of customer 77 (row 4) cannot be read").says("Nothing was sent");
    assert!(sandbox.writes().is_empty());
}

/// What the balances were before the first booking outlives a kill; a `resume` compares with that.
#[test]
fn after_a_kill_the_balances_before_the_run_are_still_known() {
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::with("--fault stall@3");
    let line = "import change_balance input.csv --verify --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    sandbox.has_seen(3);
    running.killed();
    let line = "resume input.journal --settle 0s --resend --timeout 30s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.says("those of 5 customers differ by what was booked");
    assert_eq!(reads(&sandbox)[0], 2);
}

#[test]
fn a_run_that_was_stopped_is_compared_when_it_is_over() {
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::with("--fault 403@2");
    let line = "import change_balance input.csv --verify --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(3).says_not("to the last digit");
    sandbox.book("5", "3", "by hand");
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    output.says("balances: customer 5: ").says_not("customer 4: ");
    until("five bookings", || (sandbox.bookings().len() == 5).then_some(()));
}

#[test]
fn it_is_about_money_only() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let line = "import edit input.csv --verify --url http://127.0.0.1:1";
    userside(&place).line(line).run().exits(2).says("--verify");
}

#[test]
fn balances_are_verified_without_being_asked_for_and_the_reads_are_few() {
    let rows: String = (1..=3000).map(|customer| format!("{customer},1,x\n")).collect();
    let place = Place::new().with("input.csv", format!("customer_id,amount,comment\n{rows}"));
    let sandbox = Sandbox::with("--customers 3000");
    let line = "import change_balance input.csv --concurrency 32";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.says("balances: those of 3,000 customers differ by what was booked, to the last digit");
    let [before, after] = reads(&sandbox);
    assert!(before + after <= 70, "{before} and {after}");
}

#[test]
fn no_verify_reads_nothing() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::start());
    let line = "import change_balance input.csv --no-verify";
    userside(&place).line(line).to(&sandbox).run().exits(0).says_not("balances");
    assert_eq!(reads(&sandbox), [0, 0]);
}

/// The batches grow while the server answers them all.
#[test]
fn balances_of_many_customers_are_few_requests() {
    let rows: String = (1..=700).map(|id| format!("{id},1,x\n")).collect();
    let place = Place::new().with("input.csv", format!("customer_id,amount,comment\n{rows}"));
    let sandbox = Sandbox::with("--customers 700");
    let line = "import change_balance input.csv --booked ignore --concurrency 2";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.says("balances: those of 700 customers differ by what was booked");
    let [before, after] = reads(&sandbox);
    // Two for the trial, then 98, 100, and twice as many; the entry of the first booking is read by itself.
    assert!(before <= 6 && after <= 7, "{before} and {after}");
}

/// One by one only on demand: that doubles the requests of a run, and more.
#[test]
fn a_server_without_batches_is_asked_one_by_one_only_if_that_is_wanted() {
    // What is refused is asked for under the other name of the parameter as well.
    for (manner, tries) in [("first", 2), ("refuse", 4)] {
        let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with(&format!("--batches {manner}")));
        let output = userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
        output.says("balances are not verified: the server answers one customer per request; with --verify");
        assert_eq!(reads(&sandbox), [tries, 0]);
        let place = Place::new().with_bookings(5);
        let output = userside(&place)
            .line("import change_balance input.csv --verify --list again")
            .to(&sandbox)
            .run()
            .exits(0);
        output.says("balances: those of 5 customers differ by what was booked");
    }
    // A single customer is one request in any case.
    let (place, sandbox) = (Place::new().with_bookings(1), Sandbox::with("--batches refuse"));
    let output = userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    output.says("balances: those of 1 customer differ by what was booked");
}

/// Nobody asked for it: it must not keep a run from what it was asked for.
#[test]
fn what_cannot_be_read_keeps_nothing_from_being_sent() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::start();
    let output = userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(1);
    let output = output.says("the balances of 1 customer are not verified");
    let output = output.says("customer 77: ").says_not("--verify").says_not("Nothing was sent");
    assert_eq!(output.results().statuses(), ["ok", "ok", "ok", "failed"]);
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::with("--fault read:500@2-99"));
    let line = "import change_balance input.csv --retries 0 --booked ignore";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.says("not verified").results().all_are("ok");
}

/// A server that cuts the tag hides a booking whose answer was lost. Its balance says that somebody booked, not who.
#[test]
fn what_a_row_in_doubt_may_have_booked_is_not_called_somebody_elses() {
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::with("--comment-limit 12 --fault drop-after@2");
    let line = "import change_balance input.csv --concurrency 1 --settle 0s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output =
        output.says("so this may be its booking, or somebody else's").says_not("somebody else changed");
    assert_eq!(output.results().statuses(), ["ok", "unknown", "ok", "ok", "ok"]);
}
