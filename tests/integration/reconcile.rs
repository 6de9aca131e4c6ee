//! Finding out what became of bookings whose outcome is unknown: by the tag in their comment, or by customer,
//! amount, comment and time where comments were left alone.

use std::time::{Duration, Instant};

use crate::support::{Journal, Output, Place, Sandbox, until, userside};

const INPUT: &str = "customer_id,amount,comment\n1,1.10,x\n2,-2.20,\"Оплата & \"\"інше\"\"\"\n3,3,z\n";

/// One import that finds out by itself, without waiting for anything to settle.
fn import(faults: &str, options: &str) -> (Output, Sandbox) {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with(faults));
    let line = format!("import change_balance input.csv --concurrency 1 --settle 0s {options}");
    (userside(&place).line(&line).to(&sandbox).run(), sandbox)
}

#[test]
fn what_is_found_is_ok_and_what_is_not_is_proven_not_applied() {
    for (fault, fate, code, applied) in [
        ("drop-after", "ok - - 1", 0, 3),
        ("500-after", "ok - 500 1", 0, 3),
        ("html", "ok - 200 1", 0, 3),
        ("truncate", "ok - 200 1", 0, 3),
        ("drop-before", "failed not_applied - 1", 1, 2),
        ("500", "failed not_applied 500 1", 1, 2),
    ] {
        let (output, sandbox) = import(&format!("--fault {fault}@2"), "");
        assert_eq!(output.results().rows[1].fate(), fate, "{fault}\n{}", output.report());
        let output = output.exits(code).says("1 row is unknown; asking the server what became of it");
        assert_eq!((sandbox.writes().len(), sandbox.applied()), (3, applied), "{fault}");
        if code == 1 {
            output.says("next: `userside-bulk resume input.journal --resend`");
        }
    }
}

/// The documented form; it is what people search the history for.
#[test]
fn comments_carry_the_key_of_the_booking_unless_they_are_left_alone() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    let results = userside(&place).line("results input.journal").run().exits(0).results();
    let keys = results.column("result_key");
    let mut comments: Vec<String> = sandbox.bookings().into_iter().map(|(.., comment)| comment).collect();
    comments.sort();
    let tagged = |text: &str, row: usize| format!("[ub-{}] {text}", keys[row]);
    let mut expected = [tagged("x", 0), tagged("Оплата & \"інше\"", 1), tagged("z", 2)];
    expected.sort();
    assert_eq!(comments, expected);
    let sent: Vec<String> = (1..=3)
        .map(|row| {
            Journal::read(&place, "input.journal").value(&format!("SELECT key FROM row WHERE number = {row}"))
        })
        .collect();
    assert_eq!(sent, keys);
    // The results hold the input's columns as they were.
    assert!(!place.text("input.results.csv").contains("[ub-"));

    let (output, sandbox) = import("", "--no-comment-tag");
    output.exits(0);
    assert!(sandbox.bookings().iter().all(|(.., comment)| !comment.contains("[ub-")));
}

#[test]
fn every_spelling_of_a_history_is_understood() {
    for style in ["classic", "modern", "mixed"] {
        for (noise, seed) in [("", 1), (",bom", 2), (",warning", 3), (",bom,warning", 4)] {
            // Without a tag what is there may be anybody's.
            for (options, second) in [("", "ok - - 1"), ("--no-comment-tag", "unknown connect - 1")] {
                let faults = format!(
                    "--shape {style}{noise} --seed {seed} --fault drop-after@2 --fault drop-before@3"
                );
                let (output, _) = import(&faults, options);
                let fates = output.results().fates();
                let expected = ["ok - 200 1", second, "failed not_applied - 1"];
                assert_eq!(fates, expected, "{faults} {options}\n{}", output.report());
            }
        }
    }
}

/// A gateway gives up, PHP goes on, and the booking is made a second later.
#[test]
fn not_found_proves_nothing_before_it_has_settled() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with("--fault 504-late@1-2"));
    let line = "import change_balance input.csv --concurrency 1 --settle 2s";
    let begun = Instant::now();
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.says("the server may still be working").results().all_are("ok");
    assert!(begun.elapsed() >= Duration::from_millis(900), "it cannot have been there yet");
    assert_eq!((sandbox.writes().len(), sandbox.bookings().len()), (3, 3));
}

/// Whoever says that nothing takes longer is believed.
#[test]
fn too_short_a_settle_is_the_users_word() {
    let (output, sandbox) = import("--fault 504-late@1", "");
    assert_eq!(output.exits(1).results().rows[0].fate(), "failed not_applied 504 1");
    until("the late booking", || (sandbox.bookings().len() == 3).then_some(()));
}

/// Where servers cut comments the tag may be gone: nothing can be proven, and a person is told where to look.
#[test]
fn a_cut_tag_leaves_the_row_unknown_and_says_where_to_look() {
    let (output, sandbox) = import("--comment-limit 6 --fault drop-after@2", "");
    let results = output.exits(1).results();
    assert_eq!(results.statuses(), ["ok", "unknown", "ok"]);
    let text = results.rows[1].result("error");
    for part in ["customer 2", "-2.2", "Оплата", "[ub-"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert_eq!(sandbox.writes().len(), 3);
    // With room for it, it is found.
    let (output, _) = import("--comment-limit 40 --fault drop-after@2", "");
    output.exits(0);
}

/// Without a tag an entry like it may be anybody's: nothing makes the row `ok`, and only the balance can prove that it
/// was not booked.
#[test]
fn without_a_tag_likeness_never_makes_a_row_ok() {
    let input = "customer_id,amount,comment\n1,6,x\n1,5,x\n2,5,x\n";
    for (faults, options, statuses) in [
        ("--fault drop-after@2", "--no-comment-tag", ["ok", "unknown", "ok"]),
        ("--fault drop-before@2", "--no-comment-tag", ["ok", "failed", "ok"]),
        ("--fault drop-after@2", "", ["ok", "ok", "ok"]),
        ("--fault drop-before@2", "", ["ok", "failed", "ok"]),
    ] {
        let (place, sandbox) = (Place::new().with("input.csv", input), Sandbox::with(faults));
        let line = "import change_balance input.csv --concurrency 1 --settle 0s";
        let output = userside(&place).line(line).line(options).to(&sandbox).run();
        assert_eq!(output.results().statuses(), statuses, "{faults} {options}\n{}", output.report());
    }
}

/// Somebody else made the same booking: without a tag it could be ours.
#[test]
fn without_a_tag_a_strangers_booking_leaves_the_row_unknown() {
    for (options, status) in [("--no-comment-tag", "unknown"), ("", "ok")] {
        let place = Place::new().with("input.csv", INPUT);
        let sandbox = Sandbox::with("--fault drop-after@2");
        let line = "import change_balance input.csv --concurrency 1 --no-reconcile";
        userside(&place).line(line).line(options).to(&sandbox).run().exits(1);
        sandbox.book("2", "-2.20", "Оплата & \"інше\"");
        let output = userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run();
        assert_eq!(output.results().rows[1].result("status"), status, "{}", output.report());
    }
}

/// A tag that is there twice is a double booking: the money has to be taken back by a person.
#[test]
fn a_tag_that_is_found_twice_is_told_of() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with("--fault drop-after@3"));
    let line = "import change_balance input.csv --concurrency 1 --no-reconcile";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let comment = sandbox.bookings()[2].2.clone();
    sandbox.book("3", "3", &comment);
    let output = userside(&place).line("reconcile input.journal").to(&sandbox).run().exits(1);
    output.says("warning: row 3 is booked 2 times").results().all_are("ok");
}

#[test]
fn reads_that_fail_leave_the_row_unknown_and_can_be_repeated() {
    for fault in
        ["read:500@2-99", "read:html@2-99", "read:drop-before@2-99", "read:error@2-99", "read:truncate@2-99"]
    {
        let (place, sandbox) = (
            Place::new().with("input.csv", INPUT),
            Sandbox::with(&format!("--fault drop-after@2 --fault {fault}")),
        );
        let line = "import change_balance input.csv --concurrency 1 --settle 0s --retries 1 --no-verify --booked ignore";
        let output = userside(&place).line(line).to(&sandbox).run().exits(1);
        let row = output.results().rows[1].clone();
        assert_eq!(row.result("status"), "unknown", "{fault}");
        assert!(row.result("error").contains("customer 2"), "{fault}: {row:?}");
        output.says("`userside-bulk reconcile input.journal`");
        assert_eq!(sandbox.writes().len(), 3);
    }
    let sandbox = Sandbox::with("--fault drop-after@2 --fault read:500@2-10");
    let place = Place::new().with("input.csv", INPUT);
    let line =
        "import change_balance input.csv --concurrency 1 --settle 0s --retries 1 --no-verify --booked ignore";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run().exits(0);
    output.results().all_are("ok");
}

#[test]
fn a_key_that_is_refused_meanwhile_stops_it() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with("--fault drop-after@2"));
    let line = "import change_balance input.csv --concurrency 1 --no-reconcile";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let program = userside(&place).env("USERSIDE_API_KEY", "another").line("reconcile input.journal");
    program.to(&sandbox).run().exits(3).says("refused the key");
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault drop-after@2 --fault read:403@2-9");
    let line = "import change_balance input.csv --concurrency 1 --settle 0s --booked ignore";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3).says("refused the key");
    assert_eq!(output.results().statuses(), ["ok", "unknown", "ok"]);
}

#[test]
fn ctrl_c_while_it_settles_ends_it_and_it_can_be_begun_again() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with("--fault drop-before@2"));
    let line = "import change_balance input.csv --concurrency 1 --settle 1h --booked ignore";
    let running = userside(&place).line(line).to(&sandbox).start();
    // The probe, three balances, a booking that is read back, two bookings, the server's clock, the row in doubt.
    until("the look", || (sandbox.requests() >= 11).then_some(()));
    running.signal("INT");
    let output = running.wait().exits(130).says("next: `userside-bulk reconcile input.journal`");
    assert_eq!(output.results().statuses(), ["ok", "unknown", "ok"]);
    let output = userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run().exits(1);
    assert_eq!(output.results().statuses(), ["ok", "failed", "ok"]);
}

/// The server's operators work too while we look.
#[test]
fn the_rate_holds_for_looking_too() {
    let place = Place::new().with_bookings(12);
    let sandbox = Sandbox::with("--customers 12 --fault drop-after@1-12");
    let line = "import change_balance input.csv --no-reconcile";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let before = sandbox.requests();
    let program = userside(&place).line("reconcile input.journal --rate 20/s --burst 1 --settle 0s");
    program.args(["--url", sandbox.url()]).run().exits(0).results().all_are("ok");
    let times: Vec<f64> = sandbox.log()[before..].iter().map(|entry| entry.t_ms).collect();
    assert!(times.len() >= 13, "{times:?}");
    let span = times.last().expect("requests") - times[0];
    // It cannot be faster, but for what the way to the server squeezes together.
    let expected = (times.len() - 1) as f64 * 50.0 - 40.0;
    assert!(span >= expected, "{} requests within {span} ms", times.len());
}
