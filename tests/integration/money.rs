//! Control for money: what is known of the sums beforehand, what is said before anything is booked, and the
//! question to whoever sits at the terminal.

use crate::support::{Place, Sandbox, userside};

const INPUT: &str = "customer_id,amount,comment\n1,\"1 000,10\",x\n2,-0.30,y\n1,5,z\n";

fn place() -> Place {
    Place::new().with("input.csv", INPUT)
}

#[test]
fn debit_and_credit_must_be_so_to_the_last_kopeck() {
    for (options, found) in [
        ("--expect-debit 0.3 --expect-credit 1005.10", None),
        ("--expect-debit 0,30", None),
        ("--expect-debit 0.31", Some("take off 0.30 (difference -0.01)")),
        ("--expect-debit 0", Some("take off 0.30")),
        ("--expect-credit 1005.09", Some("add 1005.10 (difference 0.01)")),
        ("--expect-debit 0.30 --expect-credit 1", Some("add 1005.10")),
    ] {
        let (place, sandbox) = (place(), Sandbox::start());
        let program = userside(&place).line("import change_balance input.csv").line(options).to(&sandbox);
        match found {
            None => assert_eq!(program.run().exits(0).results().count("ok"), 3, "{options}"),
            Some(found) => {
                program.run().exits(2).says(found).says("nothing was sent").results().all_are("skipped");
                assert!(sandbox.log().is_empty() && !place.exists("input.journal"), "{options}");
            }
        }
    }
    // They are written without a sign, and only where money is booked.
    let run = |line: &str| userside(&place()).line(line).run().exits(2);
    run("validate change_balance input.csv --expect-debit -0.30").says("--expect-debit");
    run("validate delete input.csv --expect-credit 5").says("--expect-credit");
    userside(&place()).line("validate change_balance input.csv --expect-debit 0.30").run().exits(0);
}

/// Without a terminal it goes on: `cron` answers no questions.
#[test]
fn what_is_at_stake_is_said_and_without_a_terminal_it_goes_on() {
    let sandbox = Sandbox::start();
    let output = userside(&place()).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    let stake = "change_balance: 3 rows for 2 customers: credit 1,005.10, debit 0.30, net total 1,004.80";
    output.says(stake).says_not("Send them?");
    let place = Place::new().with("input.csv", "id\n4\n5\n");
    let output = userside(&place).line("import delete input.csv").to(&sandbox).run().exits(0);
    output.says("about to send: delete: 2 rows for 2 customers");
    place.write("input.csv", "id,comment\n1,x\n");
    let output = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0);
    output.says_not("about to send");
}

#[test]
fn whoever_sits_at_the_terminal_is_asked() {
    for (answer, code) in [("y\n", 0), ("да\n", 0), ("n\n", 2), ("\n", 2), ("\u{4}", 2), ("maybe\n", 2)] {
        let (place, sandbox) = (place(), Sandbox::start());
        let program = userside(&place).line("import change_balance input.csv").to(&sandbox);
        let (running, mut terminal) = program.start_on_terminal();
        terminal.shows("net total 1,004.80");
        terminal.shows("Send them? [y/N]");
        // The probe comes behind the question too: a "no" leaves no trace.
        assert!(sandbox.log().is_empty());
        terminal.types(answer);
        running.wait().exits(code);
        if code == 0 {
            assert_eq!(sandbox.bookings().len(), 3, "{answer:?}");
        } else {
            terminal.shows("not sent: the answer was no");
            assert!(sandbox.log().is_empty(), "{answer:?}");
            assert_eq!(place.names(), ["input.csv"], "{answer:?}");
        }
    }
}

#[test]
fn yes_answers_beforehand_and_harmless_operations_ask_nothing() {
    for (line, booked) in [
        ("import change_balance input.csv --yes", 3),
        ("import change_balance input.csv -y", 3),
        ("import edit input.csv --map amount= --allow-duplicates", 0),
    ] {
        let (place, sandbox) = (place(), Sandbox::start());
        let (running, terminal) = userside(&place).line(line).to(&sandbox).start_on_terminal();
        running.wait().exits(0);
        assert!(!terminal.screen().contains("Send them?"), "{line}");
        assert_eq!((sandbox.bookings().len(), sandbox.applied()), (booked, 3), "{line}");
    }
}

#[test]
fn ctrl_c_at_the_question_leaves_no_trace() {
    for signal in ["INT", "TERM"] {
        let (place, sandbox) = (place(), Sandbox::start());
        let program = userside(&place).line("import change_balance input.csv").to(&sandbox);
        let (running, terminal) = program.start_on_terminal();
        terminal.shows("Send them? [y/N]");
        running.signal(signal);
        running.wait().exits(130);
        assert!(sandbox.log().is_empty());
        assert_eq!(place.names(), ["input.csv"]);
    }
}

/// Somebody waits at the question while another run with this journal begins and is killed. A late "yes" must not put
/// that run aside, and book its rows again.
#[test]
fn a_run_that_began_during_the_question_is_not_put_aside() {
    let (place, sandbox) = (place(), Sandbox::with("--fault stall@3"));
    let waiting =
        userside(&place).line("import change_balance input.csv --results a.csv --journal j").to(&sandbox);
    let (waiting, mut terminal) = waiting.start_on_terminal();
    terminal.shows("Send them? [y/N]");
    let line = "import change_balance input.csv --results b.csv --journal j --concurrency 1 --timeout 120s";
    let other = userside(&place).line(line).to(&sandbox).start();
    sandbox.has_seen(3);
    other.killed();
    let requests = sandbox.requests();
    terminal.types("y\n");
    waiting.wait().exits(2);
    terminal.shows("is not finished");
    assert_eq!(sandbox.requests(), requests);
    assert!(!place.exists("j.1") && place.exists("j"));
}

/// A journal is moved aside only once the answer is yes.
#[test]
fn no_leaves_the_journal_of_an_earlier_run_where_it_is() {
    let (place, sandbox) = (place(), Sandbox::start());
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    let (names, journal) = (place.names(), place.bytes("input.journal"));
    let program = userside(&place).line("import change_balance input.csv --new-run").to(&sandbox);
    let (running, mut terminal) = program.start_on_terminal();
    terminal.shows("Send them? [y/N]");
    terminal.types("n\n");
    running.wait().exits(2);
    assert_eq!((place.names(), place.bytes("input.journal")), (names, journal));
}
