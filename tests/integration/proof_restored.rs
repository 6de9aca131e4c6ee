//! A journal that is not the newest: restored from a backup, or copied and gone on with in two places. What the server
//! shows counts, and nothing is sent twice.

use crate::support::{Place, Sandbox, userside};

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
    for operation in ["change_balance", "add"] {
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
