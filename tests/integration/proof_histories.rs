//! A history that shows a part of what is there, shows it late, cuts comments, has another clock or entries that can't be
//! read: a booking that exists is never called not applied.

use crate::support::{Place, Sandbox, userside};

const INPUT: &str = "customer_id,amount,comment\n1,1.10,x\n2,2.20,a longer comment of a booking\n3,3.30,z\n";

/// The second row is booked, and its answer is lost; the third never arrives.
const LOST: &str = "--fault drop-after@2 --fault drop-before@3";

/// What became of the two rows in doubt, by the default and by `reconcile` afterwards.
#[track_caller]
fn in_doubt(server: &str, options: &str) -> [String; 2] {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with(&format!("{server} {LOST}"));
    let line = format!("import change_balance input.csv --concurrency 1 --settle 0s --retries 1 {options}");
    userside(&place).line(&line).to(&sandbox).run();
    let line = "reconcile input.journal --settle 0s --retries 1";
    let output = userside(&place).line(line).to(&sandbox).run();
    let statuses = output.results().statuses().into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((statuses[0].as_str(), sandbox.applied()), ("ok", 2), "{server}\n{}", output.report());
    [statuses[1].clone(), statuses[2].clone()]
}

#[test]
fn a_booking_that_exists_is_never_called_not_applied() {
    for (server, options, expected) in [
        ("", "", ["ok", "failed"]),
        ("", "--no-verify", ["ok", "unknown"]),
        // The oldest 20 of 25 entries: nothing new shows, so nothing is proven.
        ("--bookings 25 --history limited=20", "", ["unknown", "unknown"]),
        ("--bookings 25 --history limited=20", "--no-verify", ["unknown", "unknown"]),
        // The tag stands first, so that it is whole in 30 characters.
        ("--history cut=30,skewed=-7m", "", ["ok", "failed"]),
        ("--history skewed=-7m", "--no-verify", ["ok", "unknown"]),
        ("--history cut=10", "", ["unknown", "unknown"]),
        ("--history foreign=1", "", ["unknown", "unknown"]),
        ("--bookings 3 --history foreign=1", "", ["ok", "unknown"]),
    ] {
        assert_eq!(in_doubt(server, options), expected, "{server} {options}");
    }
}

/// A history that shows an entry five seconds after it was made: the first booking is waited for, and the lag that it
/// shows is added to `--settle`.
#[test]
fn a_history_that_lags_is_waited_for() {
    assert_eq!(in_doubt("--history lagging=5s", ""), ["ok", "failed"]);
}

/// Another customer's history says nothing of one that is longer than what is shown: the first row is read back from a
/// short one, and the customer in doubt has a long one.
#[test]
fn the_proof_holds_for_the_very_customer_in_doubt() {
    for options in ["", "--no-verify"] {
        let place = Place::new().with("input.csv", INPUT);
        // Bookings past the program are counted by the sandbox too.
        let sandbox = Sandbox::with("--history limited=20 --fault drop-after@22 --fault drop-before@23");
        (0..20).for_each(|month| sandbox.book("2", "5", &format!("month {month}")));
        let line =
            format!("import change_balance input.csv --concurrency 1 --settle 0s --timeout 5s {options}");
        let output = userside(&place).line(&line).to(&sandbox).run();
        let results = output.results();
        assert_ne!(results.rows[1].result("error_code"), "not_applied", "{options}\n{}", output.report());
    }
}

/// Without tags, and with clocks that are minutes or a day apart: what was booked is never sent again.
#[test]
fn without_tags_clocks_that_are_apart_make_no_difference() {
    for clock in ["0s", "5m", "-5m", "10m", "-10m", "24h", "-24h"] {
        for options in ["", "--no-verify"] {
            let place = Place::new().with("input.csv", INPUT);
            let sandbox = Sandbox::with(&format!("--clock {clock} --fault drop-after@2"));
            let line =
                "import change_balance input.csv --concurrency 1 --settle 0s --no-comment-tag --resend";
            let output = userside(&place).line(line).line(options).to(&sandbox).run().exits(1);
            assert_eq!(output.results().statuses(), ["ok", "unknown", "ok"], "{clock}\n{}", output.report());
            assert_eq!(sandbox.applied(), 3, "{clock}");
        }
    }
}

/// An operator booked the same fee with the same words: that does not make the row `ok`.
#[test]
fn an_operators_booking_does_not_make_a_row_ok() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault drop-before@2");
    let line = "import change_balance input.csv --concurrency 1 --no-reconcile --no-comment-tag";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    sandbox.book("2", "2.20", "a longer comment of a booking");
    let output = userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run().exits(1);
    assert_eq!(output.results().statuses(), ["ok", "unknown", "ok"], "{}", output.report());
}
