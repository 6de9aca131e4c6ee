//! Runs that never begin: a wrong key, a wrong address, a "no". Nothing was sent, and nothing has to be moved out of
//! the way before the same command is typed again.

use crate::support::{Place, Sandbox, userside};

const LINE: &str = "import change_balance input.csv";

#[test]
fn a_wrong_key_leaves_no_run_behind() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::start());
    let output =
        userside(&place).line(LINE).env("USERSIDE_API_KEY", "not the key").to(&sandbox).run().exits(3);
    output.says("nothing was sent").says("type the same command again").results().all_are("skipped");
    assert_eq!(place.names(), ["input.csv", "input.results.csv"]);
    userside(&place).line(LINE).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 3);
}

#[test]
fn a_wrong_address_leaves_no_run_behind() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::start());
    // Nobody listens there.
    let line = format!("{LINE} --retries 0");
    let output = userside(&place).line(&line).at_url("http://127.0.0.1:1").run().exits(3);
    output.says("nothing was sent").says_not("resume");
    assert!(!place.exists("input.journal") && !place.exists("input.journal.new"));
    userside(&place).line(LINE).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 3);
}

/// The journal of an earlier run keeps its name until another run begins.
#[test]
fn a_wrong_key_leaves_the_earlier_run_where_it_is() {
    let (place, sandbox) = (Place::new().with_bookings(2), Sandbox::start());
    userside(&place).line(LINE).to(&sandbox).run().exits(0);
    let journal = place.bytes("input.journal");
    let names = place.names();
    let results = place.bytes("input.results.csv");
    userside(&place).line(LINE).env("USERSIDE_API_KEY", "not the key").to(&sandbox).run().exits(3);
    assert_eq!(place.bytes("input.journal"), journal);
    // Its results too: they say what happened to its rows.
    assert_eq!((place.names(), place.bytes("input.results.csv")), (names, results));
    assert!(!place.exists("input.1.journal"));
}
