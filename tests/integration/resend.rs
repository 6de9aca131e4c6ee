//! Which rows `resume` sends again, and what is known of them afterwards.

use crate::support::{Place, Sandbox, userside};

const EDIT: &str = "id,comment\n1,x\n2,y\n3,z\n";
const BOOKING: &str = "customer_id,amount,comment\n1,1,x\n2,2,y\n3,3,z\n";

/// An `import` and a `resume` of these rows against one server: the fates after each, and the server.
#[track_caller]
fn twice(
    operation: &str,
    input: &str,
    faults: &str,
    (import, resume): (&str, &str),
    codes: (i32, i32),
) -> (Vec<String>, Vec<String>, Sandbox) {
    let (place, sandbox) = (Place::new().with("input.csv", input), Sandbox::with(faults));
    let line = format!("import {operation} input.csv --concurrency 1 --retries 0 {import}");
    let first = userside(&place).line(&line).to(&sandbox).run().exits(codes.0).results().fates();
    let line = format!("resume input.journal --settle 0s {resume}");
    let second = userside(&place).line(&line).to(&sandbox).run().exits(codes.1).results().fates();
    (first, second, sandbox)
}

/// How often each customer was written to.
fn sent(sandbox: &Sandbox, field: &str) -> Vec<usize> {
    let writes = sandbox.writes();
    let own = |id: u32| writes.iter().filter(|write| write.parameter(field) == id.to_string()).count();
    (1..=3).map(own).collect()
}

#[test]
fn unknown_rows_are_sent_again_where_that_is_safe() {
    for fault in ["drop-after@2", "drop-before@2", "500-after@2", "truncate@2"] {
        let fault = format!("--fault {fault}");
        let (first, second, sandbox) = twice("edit", EDIT, &fault, ("", ""), (1, 0));
        assert!(first[1].starts_with("unknown "), "{first:?}");
        assert_eq!(second, ["ok - 200 1", "ok - 200 2", "ok - 200 1"], "{fault}");
        assert_eq!(sent(&sandbox, "id"), [1, 2, 1]);
        assert_eq!(sandbox.customer(2)["comment"], "y");
    }
}

/// The later row has the last word, although the earlier one is sent again.
#[test]
fn a_later_row_of_the_same_customer_has_the_last_word() {
    let input = "id,comment\n1,first\n1,second\n2,y\n";
    let (first, second, sandbox) =
        twice("edit", input, "--fault drop-after@1", ("--allow-duplicates", ""), (1, 0));
    assert!(first[0].starts_with("unknown ") && first[1].starts_with("ok "), "{first:?}");
    assert!(second.iter().all(|fate| fate.starts_with("ok ")), "{second:?}");
    assert_eq!(sandbox.customer(1)["comment"], "second");
}

#[test]
fn unknown_rows_are_not_sent_again_where_it_would_happen_twice() {
    for (fault, end) in
        [("drop-after@2", "ok - - 1"), ("500-after@2", "ok - 500 1"), ("truncate@2", "ok - 200 1")]
    {
        let fault = format!("--fault {fault}");
        let (first, second, sandbox) =
            twice("change_balance", BOOKING, &fault, ("--no-reconcile", "--resend"), (1, 1));
        assert!(first[1].starts_with("unknown "), "{first:?}");
        // The run was told not to ask, and that holds for its resume.
        assert_eq!(first, second);
        assert_eq!((sent(&sandbox, "customer_id"), sandbox.applied()), (vec![1, 1, 1], 3));

        let (_, second, sandbox) =
            twice("change_balance", BOOKING, &format!("{fault} --fault 403@3"), ("", ""), (3, 1));
        assert_eq!(second, ["ok - 200 1", end, "failed http_status 403 1"], "{fault}");
        assert_eq!(sent(&sandbox, "customer_id"), [1, 1, 1]);
    }
}

/// The first attempt may have done it; that the server says no to the second one proves nothing.
#[test]
fn a_no_after_a_doubt_leaves_the_row_unknown() {
    for refusal in ["error", "400", "404"] {
        let faults = format!("--fault 500-after@2 --fault {refusal}@4");
        let (_, second, _) = twice("edit", EDIT, &faults, ("", ""), (1, 1));
        assert!(second[1].starts_with("unknown ") && second[1].ends_with(" 2"), "{refusal}: {second:?}");
    }
}

#[test]
fn attempts_add_up_over_sessions() {
    let (place, sandbox) = (Place::new().with("input.csv", EDIT), Sandbox::with("--fault 500@2-9"));
    let line = "import edit input.csv --concurrency 1 --retries 1";
    let first = userside(&place).line(line).to(&sandbox).run().exits(1).results().fates();
    assert_eq!(first[1..], ["unknown http_status 500 2", "unknown http_status 500 2"]);
    for attempts in [4, 6] {
        let output = userside(&place).line("resume input.journal --concurrency 1").to(&sandbox).run();
        let fates = output.results().fates();
        // The ninth write is the last one that is struck.
        let expected = if attempts == 4 { "unknown http_status 500 4" } else { "ok - 200 " };
        assert!(fates[1].starts_with(expected), "{fates:?}");
        let sum: usize = output
            .results()
            .column("result_attempts")
            .iter()
            .map(|n| n.parse::<usize>().expect("a number"))
            .sum();
        assert_eq!(sum, sandbox.writes().len());
    }
}

/// What failed is for a person to mend.
#[test]
fn failed_rows_are_not_sent_again() {
    for resume in ["", "--resend"] {
        let faults = "--fault error@1 --fault 403@2";
        let (first, second, sandbox) = twice("edit", EDIT, faults, ("", resume), (3, 1));
        assert_eq!(first, ["failed api_error 200 1", "failed http_status 403 1", "skipped stopped - 0"]);
        assert_eq!(second, ["failed api_error 200 1", "failed http_status 403 1", "ok - 200 1"]);
        assert_eq!(sent(&sandbox, "id"), [1, 1, 1]);
    }
}

#[test]
fn resend_sends_what_is_proven_not_applied_and_nothing_else() {
    let faults = "--fault error@1 --fault drop-before@2 --fault drop-after@3";
    let (first, second, sandbox) =
        twice("change_balance", BOOKING, faults, ("--settle 0s", "--resend"), (1, 1));
    assert_eq!(first, ["failed api_error 200 1", "failed not_applied - 1", "ok - - 1"]);
    assert_eq!(second, ["failed api_error 200 1", "ok - 200 2", "ok - - 1"]);
    assert_eq!(sent(&sandbox, "customer_id"), [1, 2, 1]);
    let mut customers: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
    customers.sort_unstable();
    assert_eq!(customers, [2, 3]);
    // Without it a run that is over stays over.
    let (_, second, sandbox) = twice("change_balance", BOOKING, faults, ("--settle 0s", ""), (1, 1));
    assert_eq!((second[1].as_str(), sandbox.writes().len()), ("failed not_applied - 1", 3));
}

/// `import --resend` does it in one go, and so does `reconcile --resend`.
#[test]
fn import_and_reconcile_resend_too() {
    let (place, sandbox) = (Place::new().with("input.csv", BOOKING), Sandbox::with("--fault drop-before@2"));
    let line = "import change_balance input.csv --concurrency 1 --settle 0s --resend";
    let fates = userside(&place).line(line).to(&sandbox).run().exits(0).results().fates();
    assert_eq!((fates[1].as_str(), sandbox.applied()), ("ok - 200 2", 3));

    let (place, sandbox) = (Place::new().with("input.csv", BOOKING), Sandbox::with("--fault drop-before@2"));
    let line = "import change_balance input.csv --concurrency 1 --no-reconcile";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let line = "reconcile input.journal --settle 0s --resend";
    let fates = userside(&place).line(line).to(&sandbox).run().exits(0).results().fates();
    assert_eq!((fates[1].as_str(), sandbox.applied()), ("ok - 200 2", 3));
}

/// An edit that was turned away and then interrupted is sent.
#[test]
fn rows_that_were_only_turned_away_are_sent() {
    let place = Place::new().with("input.csv", EDIT);
    let sandbox = Sandbox::with("--fault 503@1-3");
    let program = userside(&place).line("import edit input.csv --rate unlimited --retry-wait 100s");
    let running = program.args(["--url", sandbox.url()]).start();
    sandbox.has_seen(3);
    running.signal("INT");
    let fates = running.wait().exits(130).results().fates();
    assert!(fates.iter().all(|fate| fate.starts_with("skipped ")), "{fates:?}");
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(0);
    assert_eq!(output.results().fates(), ["ok - 200 2"; 3]);
    assert_eq!(sandbox.applied(), 3);
}
