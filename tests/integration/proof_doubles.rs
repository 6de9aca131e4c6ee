//! What is there more than once, or not at all although the server said yes, is found by the balances, written down, and
//! taken back.

use crate::support::{Journal, Place, Sandbox, until, userside};

#[test]
fn a_double_is_found_kept_and_taken_back() {
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with("--fault double@2,4"));
    let before = sandbox.balances();
    let line = "import change_balance input.csv --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = output.says("row 2 is booked 2 times").says("row 4 is booked 2 times");
    let output = output.says("5 ok, 2 booked twice").says_not("somebody else");
    let output = output.says("next: `userside-bulk undo input.journal --surplus`");
    output.results().all_are("ok");
    let codes = ["", "booked_twice", "", "booked_twice", ""];
    assert_eq!(output.results().column("result_error_code"), codes);
    assert!(output.results().rows[1].result("error").starts_with("booked 2 times"));
    assert_eq!(Journal::read(&place, "input.journal").value::<i64>("SELECT sum(times) FROM row"), 4);
    // It is not forgotten.
    for later in ["results input.journal", "resume input.journal", "resume", "reconcile input.journal"] {
        let program = userside(&place).line(later);
        let output = if later.starts_with("results") { program } else { program.to(&sandbox) }.run().exits(1);
        assert_eq!(output.results().column("result_error_code"), codes, "{later}");
    }
    userside(&place).line("resume input.journal").run().says("2 rows of it are booked more than once");
    let status = userside(&place).line("status").run().exits(0);
    assert!(status.stdout.contains("userside-bulk undo input.journal --surplus"), "{}", status.stdout);
    // The surplus alone, so that every row is there once.
    let output = userside(&place).line("undo input.journal --surplus --output surplus.csv").run().exits(0);
    output.says("undo: 2 rows beyond one booking each");
    // That is not next for ever: nobody but the server knows whether the rows were imported.
    let status = userside(&place).line("status").run().exits(0);
    assert!(!status.stdout.contains("undo"), "{}", status.stdout);
    let output = userside(&place).line("results input.journal").run().exits(1);
    output.says("2 booked twice").says("once they are imported").says_not("next:");
    userside(&place).line("import change_balance surplus.csv").to(&sandbox).run().exits(0);
    let after = sandbox.balances();
    let moved: Vec<_> = before.iter().zip(&after).map(|((_, before), (_, after))| after - before).collect();
    assert_eq!(moved[..5], [rust_decimal::Decimal::ONE; 5]);
}

#[test]
fn undo_takes_back_as_many_bookings_as_there_were() {
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with("--fault double@2"));
    let before = sandbox.balances();
    let line = "import change_balance input.csv --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    userside(&place).line("undo input.journal").run().exits(0).says("undo: 6 rows");
    userside(&place).line("import change_balance input.undo.csv").to(&sandbox).run().exits(0);
    assert_eq!(sandbox.balances(), before);
}

/// A program that is killed before it has compared the balances does so when it is gone on with.
#[test]
fn a_run_that_was_killed_before_its_verification_is_verified_by_resume() {
    let line = "import change_balance input.csv --concurrency 1";
    let place = Place::new().with_bookings(5);
    // How many reads come before the last booking.
    let sandbox = Sandbox::with("--fault double@2");
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let log = sandbox.log();
    let last = log.iter().rposition(|entry| !entry.is_read()).expect("a booking");
    let reads = log[..last].iter().filter(|entry| entry.is_read()).count();
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::with(&format!("--fault double@2 --fault read:stall@{}", reads + 1));
    let mut running = userside(&place).line(line).to(&sandbox).start();
    until("the verification", || {
        sandbox.log().iter().any(|entry| entry.fault.as_deref() == Some("stall")).then_some(())
    });
    running.kill();
    running.wait();
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    output.says("row 2 is booked 2 times").says("next: `userside-bulk undo input.journal --surplus`");
    // Once is enough.
    userside(&place).line("resume input.journal").run().exits(1).says("this run is finished");
}

/// Found while a lost answer is settled, not by balances.
#[test]
fn a_double_that_a_lost_answer_left_is_kept_too() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::with("--fault drop-after@2"));
    let line = "import change_balance input.csv --concurrency 1 --no-reconcile --no-verify";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let (_, amount, comment) =
        sandbox.bookings().into_iter().find(|(customer, ..)| *customer == 2).expect("one");
    sandbox.book("2", &amount, &comment);
    let output = userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run().exits(1);
    assert_eq!(output.results().rows[1].fate(), "ok booked_twice - 1");
    let output = userside(&place).line("results input.journal").run().exits(1);
    assert_eq!(output.results().rows[1].fate(), "ok booked_twice - 1");
    userside(&place).line("undo input.journal").run().exits(0).says("undo: 4 rows");
}

#[test]
fn a_booking_that_is_not_there_although_the_server_said_yes_becomes_unknown() {
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with("--fault false-ok@3"));
    let line = "import change_balance input.csv --concurrency 1 --settle 0s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = output.says("row 3 was answered with OK and is not there");
    assert_eq!(output.results().statuses(), ["ok", "ok", "unknown", "ok", "ok"]);
    output.says("next: `userside-bulk reconcile input.journal`");
    // From there it goes the way of every row in doubt.
    userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run().exits(1);
    let line = "resume input.journal --settle 0s --resend";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 5);
}

/// Somebody else's booking is told, and is nobody's fault here.
#[test]
fn what_somebody_else_booked_is_a_note() {
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::with("--fault double@5");
    let line = "import change_balance input.csv --concurrency 1 --quiet";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    // One difference is ours and one is not.
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with("--latency 100ms"));
    let running =
        userside(&place).line("import change_balance input.csv --concurrency 1").to(&sandbox).start();
    sandbox.has_seen(2);
    sandbox.book("5", "-0.01", "by hand");
    let output = running.wait().exits(0);
    let output = output.says("note: balances: customer 5: the balance was ").says("-0.01 more than that");
    output.says("somebody else changed the balance").says_not("customer 4").results().all_are("ok");
}

/// Balances as binary floats write them are compared as money.
#[test]
fn a_residue_is_no_difference() {
    let (place, sandbox) = (Place::new().with_bookings(40), Sandbox::with("--customers 40 --shape residue"));
    let output = userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    output.says("balances: those of 40 customers differ by what was booked");
}

/// A balance that has moved by more than the rows that are ok does not say that somebody else did it while a row is in doubt.
#[test]
fn a_row_in_doubt_is_not_called_somebody_elses_booking() {
    let place = Place::new().with_bookings(4);
    let sandbox = Sandbox::with("--bookings 3 --history limited=1 --fault drop-after@3");
    let line = "import change_balance input.csv --concurrency 1 --settle 0s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = output.says("this may be its booking, or somebody else's");
    let output = output.says_not("this run are all there");
    let output = output.says("an earlier import of this list made may not be recognised");
    assert_eq!(output.results().statuses(), ["ok", "ok", "unknown", "ok"]);
}

/// The first row is read back. What is seen there is told, also where nobody compares balances.
#[test]
fn a_double_that_the_reading_back_sees_is_told_without_balances() {
    let (place, sandbox) = (Place::new().with_bookings(4), Sandbox::with("--fault double@1"));
    let line = "import change_balance input.csv --concurrency 1 --no-verify";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1).says("row 1 is booked 2 times");
    assert_eq!(output.results().rows[0].fate(), "ok booked_twice 200 1");
    userside(&place).line("results input.journal").run().exits(1);
}
