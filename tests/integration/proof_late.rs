//! Requests that the server carries out long after their answer was lost: they are looked for again immediately before
//! they would be sent again, and the wait can't be shortened by setting a clock.

use crate::support::{Journal, Place, Sandbox, until, userside};

const INPUT: &str = "customer_id,amount,comment\n1,1.10,x\n2,2.20,y\n3,3.30,z\n";

/// A gateway gives up, and PHP books 45 s later. Whoever says that nothing takes longer than nothing is believed, until
/// the row is about to be sent again.
#[test]
fn a_late_booking_is_found_before_it_is_sent_again() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault late=45s@2");
    let line = "import change_balance input.csv --concurrency 1 --settle 0s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    assert_eq!(output.results().rows[1].fate(), "failed not_applied 504 1");
    sandbox.turn_clock("45s");
    for command in ["resume", "reconcile"] {
        let line = format!("{command} input.journal --resend --settle 0s");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(0);
        output.results().all_are("ok");
        assert_eq!(sandbox.bookings().len(), 3, "{command}");
    }
}

/// By default five minutes are waited; the run says so, and that Ctrl-C leaves it to `reconcile`.
#[test]
fn the_wait_is_told_and_can_be_left() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault late=45s@2");
    let line = "import change_balance input.csv --concurrency 1";
    let running = userside(&place).line(line).to(&sandbox).start();
    // Three histories before the first row, one that reads it back, and that of the row in doubt: and then the wait.
    sandbox.has_seen(3);
    crate::support::until("the look", || {
        let log = sandbox.log();
        let looks = log.iter().filter(|entry| entry.subcategory.as_deref() == Some("abon_hist")).count();
        (looks >= 5).then_some(())
    });
    running.signal("INT");
    let output = running.wait().exits(130).says("looked for again for up to 300 s").says("Ctrl-C");
    assert_eq!(output.results().statuses(), ["ok", "unknown", "ok"]);
    sandbox.turn_clock("45s");
    let output = userside(&place).line("reconcile input.journal").to(&sandbox).run().exits(0);
    output.results().all_are("ok");
}

/// A row in doubt whose time has come is settled while others are sent; to be killed then changes nothing.
#[test]
fn doubts_are_settled_while_the_run_goes_on() {
    for (fault, expected) in [("drop-after@2", "ok"), ("drop-before@2", "failed")] {
        let place = Place::new().with("input.csv", INPUT);
        // The third row waits for its answer.
        let sandbox = Sandbox::with(&format!("--fault {fault} --fault stall@3"));
        let line = "import change_balance input.csv --concurrency 1 --settle 0s --timeout 600s";
        let mut running = userside(&place).line(line).to(&sandbox).start();
        sandbox.has_seen(3);
        let sql = "SELECT count(*) FROM row WHERE number = 2 AND state IN ('ok', 'failed')";
        let journal = Journal::read(&place, "input.journal");
        until("the finding", || (journal.value::<i64>(sql) == 1).then_some(()));
        drop(journal);
        assert_eq!(sandbox.writes().len(), 3, "the third row is on its way");
        running.kill();
        running.wait();
        let output = userside(&place).line("resume input.journal --settle 0s").to(&sandbox).run();
        assert_eq!(output.results().statuses()[..2], ["ok", expected], "{fault}: {}", output.report());
        let output = userside(&place).line("resume input.journal --settle 0s --resend").to(&sandbox).run();
        assert_eq!(output.results().statuses()[..2], ["ok", "ok"], "{fault}: {}", output.report());
        let mut booked: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
        booked.sort_unstable();
        booked.dedup();
        assert_eq!(booked.len(), sandbox.bookings().len());
    }
}
