//! No customer is made twice because a search found nobody: nobody counts only from a server that finds what is there,
//! under whichever name it has the search, and in whichever way it says no.

use crate::support::{Place, Sandbox, userside};

const INPUT: &str = "fio,codeti\nІван,a/1\nПетро,a/2\nОльга,a/3\n";

/// A server that has the second of them as customer 1001.
fn with_one(options: &str) -> (Place, Sandbox) {
    let sandbox = Sandbox::with(options);
    sandbox.call("add", &[("fio", "Петро"), ("codeti", "a/2")]);
    (Place::new().with("input.csv", INPUT), sandbox)
}

/// Every way in which a server was seen to say that there is nobody, and both names.
#[test]
fn whoever_is_there_is_found_in_every_way_of_saying_no() {
    for nobody in ["", "--nobody 400", "--nobody 404", "--nobody 422", "--nobody 500", "--nobody error"] {
        for search in ["known", "gone"] {
            let server = format!("--search {search} {nobody}");
            let (place, sandbox) = with_one(&server);
            let line = "import add input.csv --concurrency 1 --settle 0s --retries 1";
            let output = userside(&place).line(line).to(&sandbox).run().exits(1);
            let results = output.results();
            assert_eq!(results.statuses(), ["ok", "failed", "ok"], "{server}\n{}", output.report());
            assert_eq!(results.rows[1].result("error_code"), "already_exists");
            // Whoever was there, and two more.
            assert_eq!(sandbox.applied(), 3, "{server}");
        }
    }
}

/// A lost answer, on every such server: who was made is found, and who was not made is known not to be there.
#[test]
fn doubts_are_settled_in_every_way_of_saying_no() {
    for server in ["--search gone", "--nobody 400", "--nobody 500", "--nobody error --search gone"] {
        let faults = format!("{server} --fault drop-after@2 --fault drop-before@3");
        let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with(&faults));
        let line = "import add input.csv --concurrency 1 --settle 0s --retries 1";
        let output = userside(&place).line(line).to(&sandbox).run().exits(1);
        let fates = output.results().fates();
        let expected = ["ok - 200 1", "ok - - 1", "failed not_applied - 1"];
        assert_eq!(fates, expected, "{server}\n{}", output.report());
        assert_eq!(sandbox.applied(), 2, "{server}");
    }
}

/// The search never finds anybody, not even the one who is known to be there: no customer is made.
#[test]
fn a_search_that_does_not_find_who_is_there_makes_no_customer() {
    for options in ["", "--existing skip"] {
        let (place, sandbox) = with_one("--search blind");
        let line = format!("import add input.csv --concurrency 1 --settle 0s {options}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(3);
        let output = output.says("who has it. So the search").says("no more rows were sent");
        let next = "userside-bulk import add input.csv --new-run --existing ignore";
        let output = output.says(&format!("next: if none of these customers exists yet: `{next}`"));
        output.says("again with --new-run --existing ignore").results().all_are("skipped");
        assert_eq!(sandbox.applied(), 1);
        // It leads to the same command, and not round in circles.
        userside(&place)
            .line("resume input.journal")
            .to(&sandbox)
            .run()
            .exits(3)
            .says("--new-run --existing ignore`");
        assert_eq!(sandbox.applied(), 1);
        // To go on without the search is the user's word.
        let line = "import add input.csv --new-run --existing ignore --concurrency 1 --no-reconcile";
        userside(&place).line(line).to(&sandbox).run().exits(0);
    }
}

/// Where nobody is known to be there, one customer is made, and the run stops before it makes the second twice.
#[test]
fn a_blind_search_makes_one_customer_at_the_most() {
    for options in ["", "--existing skip"] {
        let sandbox = Sandbox::with("--search blind --customers 0");
        let place = Place::new().with("input.csv", INPUT);
        let line = format!("import add input.csv --concurrency 1 --settle 0s {options}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(3);
        let output =
            output.says("a search for codeti a/1 does not find the customer").says("no more rows were sent");
        let output = output.says("into a file of their own, and import it with --existing ignore");
        assert_eq!(output.results().statuses(), ["ok", "skipped", "skipped"]);
        assert_eq!(sandbox.applied(), 1, "the first row");
        // And it stays so: to go on without the search is the user's word.
        userside(&place).line("resume input.journal").to(&sandbox).run().exits(3);
        assert_eq!(sandbox.applied(), 1);
    }
}

/// `OK` in a form that nobody knows is not "nobody": nothing is sent.
#[test]
fn an_answer_in_an_unknown_form_is_not_nobody() {
    let (place, sandbox) = with_one("--nobody foreign");
    let line = "import add input.csv --concurrency 1 --settle 0s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3).says("Nothing was sent");
    output.says("--existing ignore").results().all_are("skipped");
    assert_eq!(sandbox.applied(), 1);
}

/// Nobody looked before the row was sent, so the one who is found may have been there all along.
#[test]
fn who_is_found_without_a_look_before_does_not_make_a_row_ok() {
    for (fault, applied) in [("drop-before@3", 3), ("drop-after@3", 4)] {
        let (place, sandbox) = with_one(&format!("--fault {fault}"));
        let line = "import add input.csv --concurrency 1 --settle 0s --existing ignore";
        let output = userside(&place).line(line).to(&sandbox).run().exits(1);
        let row = output.results().rows[1].clone();
        assert_eq!((row.result("status"), row.result("id")), ("unknown", ""), "{fault}\n{}", output.report());
        assert!(row.result("error").contains("look in UserSide"), "{row:?}");
        assert_eq!(sandbox.applied(), applied);
    }
}
