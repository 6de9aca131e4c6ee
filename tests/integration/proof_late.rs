//! Requests that the server carries out long after their answer was lost: they are looked for again immediately before
//! they would be sent again, and the wait can't be shortened by setting a clock.

use crate::support::{Place, Sandbox, userside};

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
