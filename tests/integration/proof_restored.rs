//! A journal that is not the newest: restored from a backup, or copied and gone on with in two places. What the server
//! shows counts, and nothing is sent twice.

use crate::support::{Place, Sandbox, until, userside};

const ROWS: usize = 12;

/// A run of this operation that is stopped in the middle, as its journal was then.
fn stopped(operation: &str) -> (Place, Sandbox, Vec<u8>) {
    let row = |id: usize| match operation {
        "add" => format!("Customer {id},code-{id}\n"),
        _ => format!("{id},{id}.50,fee\n"),
    };
    let header = if operation == "add" { "fio,codeti\n" } else { "customer_id,amount,comment\n" };
    let rows: String = (1..=ROWS).map(row).collect();
    let (place, sandbox) = (
        Place::new().with("input.csv", format!("{header}{rows}")),
        Sandbox::with("--customers 12 --fault 403@5"),
    );
    let line = format!("import {operation} input.csv --concurrency 1");
    userside(&place).line(&line).to(&sandbox).run().exits(3);
    let journal = place.bytes("input.journal");
    (place, sandbox, journal)
}

/// Eleven rows were applied, once each; one was refused when the run was stopped.
#[track_caller]
fn once_each(sandbox: &Sandbox) {
    assert_eq!(sandbox.applied(), ROWS - 1);
    let mut customers: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
    customers.sort_unstable();
    customers.dedup();
    assert!(customers.is_empty() || customers.len() == ROWS - 1, "{customers:?}");
}

#[test]
fn a_journal_from_a_backup_finds_what_was_done_since() {
    for operation in ["change_balance", "change_balance --booked ignore", "add"] {
        let (place, sandbox, backup) = stopped(operation);
        let first = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1).results();
        assert_eq!(first.count("ok"), ROWS - 1, "{operation}");
        place.write("input.journal", backup);
        let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
        let again = output.says("restored from a backup").results();
        assert_eq!((again.count("ok"), again.count("failed")), (ROWS - 1, 1), "{operation}");
        if operation == "add" {
            assert_eq!(again.column("result_id"), first.column("result_id"));
        }
        once_each(&sandbox);
    }
}

#[test]
fn a_copied_journal_goes_on_in_two_places_and_books_once() {
    for operation in ["change_balance", "add"] {
        let (place, sandbox, journal) = stopped(operation);
        let other = Place::new().with("input.csv", place.bytes("input.csv")).with("input.journal", journal);
        // Of a copy that is seen to be one nothing is sent; so the one is renamed.
        std::fs::rename(place.path("input.journal"), place.path("moved.journal")).expect("renamed");
        for (place, journal) in [(&other, "input.journal"), (&place, "moved.journal")] {
            let results = userside(place)
                .line("resume")
                .line(journal)
                .line("--results all.csv")
                .to(&sandbox)
                .run()
                .exits(1)
                .results_in("all.csv");
            assert_eq!(results.count("ok"), ROWS - 1, "{operation}");
        }
        once_each(&sandbox);
    }
}

/// What somebody else has made before the run began stays theirs, also when the run goes on.
#[test]
fn what_was_there_before_the_run_is_not_its_own() {
    let sandbox = Sandbox::with("--customers 12 --fault 403@3");
    let place = Place::new().with("first.csv", "customer_id,amount,comment\n4,4,fee\n");
    place.write("input.csv", "customer_id,amount,comment\n1,1,fee\n2,2,fee\n3,3,fee\n4,4,fee\n5,5,fee\n");
    userside(&place).line("import change_balance first.csv").to(&sandbox).run().exits(0);
    let line = "import change_balance input.csv --concurrency 1 --no-verify";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    let fates = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1).results().fates();
    assert_eq!(
        fates,
        ["ok - 200 1", "failed http_status 403 1", "ok - 200 1", "failed already_booked - 0", "ok - 200 1"]
    );
    assert_eq!(sandbox.bookings().len(), 4);
}

/// Of a run that is killed while it looks for bookings: a copy of its journal knows nothing of any row.
fn killed_while_looking(sandbox: &Sandbox, rows: &str, read: usize) -> Place {
    let place = Place::new().with("input.csv", format!("customer_id,amount,comment\n{rows}"));
    let line = "import change_balance input.csv --concurrency 1 --server-version 3.17 --timeout 60s";
    let mut running = userside(&place).line(line).to(sandbox).start();
    let is_stalled = || sandbox.log().iter().any(|entry| entry.fault.as_deref() == Some("stall"));
    until(&format!("read {read}"), || is_stalled().then_some(()));
    running.kill();
    running.wait();
    place
}

#[test]
fn a_journal_from_before_the_first_row_finds_what_was_done_since() {
    // The counter, and then the second of the histories.
    let sandbox = Sandbox::with("--customers 4 --fault read:stall@3");
    let place = killed_while_looking(&sandbox, "1,1,fee\n2,2,fee\n3,3,fee\n", 3);
    let backup = place.bytes("input.journal");
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(0).results().all_are("ok");
    place.write("input.journal", backup);
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(0);
    // Its own bookings are in the balances that it reads now, and nobody else's.
    let output = output.says("restored from a backup").says_not("somebody else");
    assert_eq!(output.results().fates(), vec!["ok - - 0"; 3]);
    assert_eq!(sandbox.bookings().len(), 3);
}

/// Days before the run began: that was another run, also where only a later session of this one sees it.
#[test]
fn what_is_older_than_the_run_is_another_runs() {
    let sandbox = Sandbox::with("--customers 4 --clock -72h --fault read:stall@9");
    let first = Place::new().with("first.csv", "customer_id,amount,comment\n2,2,fee\n");
    let line = "import change_balance first.csv --server-version 3.17 --no-verify --no-reconcile";
    userside(&first).line(line).to(&sandbox).run().exits(0);
    sandbox.turn_clock("72h");
    let reads = sandbox.log().iter().filter(|entry| entry.is_read()).count();
    (reads + 1..8).for_each(|_| drop(sandbox.call("abon_hist", &[("customer_id", "1")])));
    let place = killed_while_looking(&sandbox, "1,1,fee\n2,2,fee\n3,3,fee\n", 9);
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    assert_eq!(output.results().fates(), ["ok - 200 1", "failed already_booked - 0", "ok - 200 1"]);
}

/// What a restored journal finds more than once is a double, and the surplus can be taken back once, from wherever.
#[test]
fn a_double_that_a_look_finds_can_be_taken_back() {
    let (place, sandbox, backup) = stopped("change_balance");
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    let again = sandbox.bookings().into_iter().filter(|(customer, ..)| (7..9).contains(customer));
    again.for_each(|(customer, amount, comment)| sandbox.book(&customer.to_string(), &amount, &comment));
    place.write("input.journal", backup);
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    let output = output.says("row 7 is booked 2 times").says("11 ok, 2 booked twice");
    assert_eq!(output.results().rows[6].fate(), "ok booked_twice - 0");
    userside(&place).line("undo input.journal --surplus --output surplus.csv").run().exits(0);
    // The same list from elsewhere sees it too, and takes back nothing but the surplus.
    let other = Place::new().with("list.csv", place.text("input.csv"));
    for (options, code) in [("--booked fail", 1), ("--booked skip --new-run", 1)] {
        let line = format!("import change_balance list.csv --concurrency 1 {options}");
        let results =
            userside(&other).line(&line).to(&sandbox).run().exits(code).results_in("list.results.csv");
        assert_eq!(results.rows[6].result("error_code"), "already_booked");
        assert!(results.rows[6].result("error").contains("more than once: 2 times"), "{options}");
        assert!(!results.rows[5].result("error").contains("more than once"), "{options}");
    }
    userside(&other).line("undo list.journal").run().says("undo: 0 rows");
    let output = userside(&other).line("undo list.journal --surplus --output surplus.csv").run().exits(0);
    output.says("undo: 2 rows beyond one booking each");
    assert_eq!(other.text("surplus.csv"), place.text("surplus.csv"));
    userside(&other).line("import change_balance surplus.csv").to(&sandbox).run().exits(0);
    userside(&place).line("import change_balance surplus.csv").to(&sandbox).run().exits(1);
    let sum = |customer| sandbox.bookings().iter().filter(|(id, ..)| *id == customer).count();
    assert_eq!((sum(7), sum(8), sum(9)), (3, 3, 1));
}
