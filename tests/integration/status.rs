//! What `status` says of the runs in a folder: one line each, while they are at work as well as afterwards.

use serde_json::Value;

use crate::support::{Journal, Place, Sandbox, userside};

fn status(place: &Place, line: &str) -> Vec<String> {
    let output = userside(place).without_key().line(&format!("status {line}")).run().exits(0);
    output.stdout.lines().map(str::to_owned).collect()
}

fn objects(place: &Place, line: &str) -> Vec<Value> {
    let output = userside(place).without_key().line(&format!("status --json {line}")).run().exits(0);
    serde_json::from_str(&output.stdout).expect("a JSON array")
}

#[test]
fn a_folder_without_runs_has_none() {
    let place = Place::new().with("x.csv", "id\n1\n").with("notes.journal", "2026-01-01 opening balances\n");
    assert!(status(&place, "").is_empty());
    assert!(objects(&place, "").is_empty());
    // Somebody else's plain text is passed over, and is no run when it is named.
    userside(&place).line("status notes.journal").run().exits(2);
    let missing = userside(&place).line("status nowhere").run().exits(2);
    assert!(missing.stderr.contains("nowhere"), "{}", missing.stderr);
}

#[test]
fn each_run_has_its_line_and_its_next_step() {
    let place = Place::new()
        .with("done.csv", "customer_id,amount,comment\n1,1,x\n")
        .with("bad.csv", "customer_id,amount,comment\n1,1,x\n77777,1,y\n")
        .with("doubt.csv", "customer_id,amount,comment\n1,2,x\n2,2,y\n");
    let sandbox = Sandbox::start();
    userside(&place).line("import change_balance done.csv").to(&sandbox).run().exits(0);
    userside(&place).line("import change_balance bad.csv --list bad").to(&sandbox).run().exits(1);
    let sandbox = Sandbox::with("--fault drop-after@2");
    let line = "import change_balance doubt.csv --no-reconcile --retries 0 --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let lines = status(&place, "");
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("bad.journal") && lines[0].contains("change_balance bad.csv"), "{lines:?}");
    assert!(lines[0].contains("finished: 2 rows, 1 ok, 1 failed"), "{lines:?}");
    assert!(lines[0].ends_with("userside-bulk results bad.journal --failed bad.failed.csv"), "{lines:?}");
    assert!(lines[1].ends_with("finished: 1 row, 1 ok"), "{lines:?}");
    assert!(lines[2].contains("unfinished: 2 rows, 1 ok, 1 unknown"), "{lines:?}");
    assert!(lines[2].ends_with("userside-bulk reconcile doubt.journal"), "{lines:?}");
    // What it says to type works.
    userside(&place).line("results bad.journal --failed bad.failed.csv").run().exits(1);
    assert!(place.text("bad.failed.csv").contains("77777"));
    let listed = objects(&place, "");
    assert_eq!(listed[2]["state"], "unfinished");
    assert_eq!(listed[2]["unknown"], 1);
    assert_eq!(listed[2]["next"], "userside-bulk reconcile doubt.journal");
    assert_eq!(listed[1]["next"], Value::Null);
    assert_eq!(listed[1]["operation"], "change_balance");
    // One input's run alone, and that of one journal.
    assert_eq!(status(&place, "doubt.csv"), [lines[2].clone()]);
    assert_eq!(status(&place, "doubt.journal"), [lines[2].clone()]);
    // Once those rows were imported, what is left of them is that run's.
    let fixed = place.text("bad.failed.csv").replace("77777", "3");
    let place = place.with("bad.failed.csv", fixed);
    userside(&place).line("import change_balance bad.failed.csv --list bad").to(&sandbox).run().exits(0);
    assert!(status(&place, "bad.journal")[0].ends_with("2 rows, 1 ok, 1 failed"), "{:?}", status(&place, ""));
    assert_eq!(objects(&place, "bad.csv")[0]["next"], Value::Null);
}

#[test]
fn a_run_at_work_is_said_to_be_and_is_not_disturbed() {
    let place = Place::new().with_bookings(10);
    let sandbox = Sandbox::with("--customers 10 --fault stall@4");
    let line = "import change_balance input.csv --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    sandbox.has_seen(4);
    for _ in 0..5 {
        let lines = status(&place, "");
        assert!(lines[0].contains("a process is working on it: 10 rows, 3 ok, "), "{lines:?}");
        assert!(!lines[0].contains("userside-bulk "), "{lines:?}");
    }
    assert_eq!(objects(&place, "")[0]["state"], "running");
    running.killed();
    let lines = status(&place, "");
    assert!(lines[0].ends_with("userside-bulk reconcile input.journal"), "{lines:?}");
    assert!(lines[0].contains("unfinished: 10 rows, 3 ok, "), "{lines:?}");
}

#[test]
fn an_export_that_stopped_is_listed_and_resumed() {
    let place = Place::new();
    let sandbox = Sandbox::with("--customers 50 --fault read:stall@6 --batches refuse");
    let line = "export --is-ex 0 -o out.csv --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    crate::support::until("some customers are read", || (sandbox.requests() > 5).then_some(()));
    let at_work = status(&place, "");
    assert!(at_work[0].starts_with("out.csv.journal") && at_work[0].contains("working on it"), "{at_work:?}");
    running.killed();
    let lines = status(&place, "");
    assert!(lines[0].contains("export out.csv") && lines[0].contains("customers read"), "{lines:?}");
    assert!(lines[0].ends_with("userside-bulk resume out.csv.journal"), "{lines:?}");
    assert_eq!(objects(&place, "")[0]["operation"], "export");
}

#[test]
fn damage_is_said_and_changes_nothing_else() {
    let place = Place::new().with("a.csv", "id,comment\n1,x\n").with("b.csv", "id,comment\n2,x\n");
    let sandbox = Sandbox::start();
    for name in ["a", "b"] {
        userside(&place).line(&format!("import edit {name}.csv")).to(&sandbox).run().exits(0);
    }
    let mut bytes = place.bytes("a.journal");
    let length = bytes.len();
    bytes[1000..length].fill(0xAA);
    place.write("a.journal", &bytes);
    place.write("empty.journal", "");
    let lines = status(&place, "");
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("a.journal") && lines[0].contains("damaged"), "{lines:?}");
    assert!(lines[1].starts_with("b.journal") && lines[1].ends_with("1 row, 1 ok"), "{lines:?}");
    assert!(lines[2].starts_with("empty.journal"), "{lines:?}");
    assert_eq!(place.bytes("a.journal"), bytes, "nothing is changed");
    let objects = objects(&place, "");
    assert_eq!(objects[0]["state"], "unreadable");
    assert!(objects[0]["error"].as_str().is_some_and(|text| text.contains("damaged")));
}

/// Names come from files that anybody may have written.
#[test]
fn nothing_in_a_journal_steers_a_terminal() {
    let place = Place::new().with("a.csv", "id,comment\n1,x\n");
    let sandbox = Sandbox::start();
    userside(&place).line("import edit a.csv").to(&sandbox).run().exits(0);
    Journal::spoil(&place, "a.journal")
        .rewrite("UPDATE run SET operation = char(27) || '[2J' || char(10) || 'x'");
    let lines = status(&place, "");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(!lines[0].contains('\u{1b}'), "{lines:?}");
}

/// Two runs that stopped and one that is finished.
fn three(sandbox: &Sandbox) -> Place {
    let place = Place::new()
        .with("done.csv", "id,comment\n1,x\n")
        .with("one.csv", "customer_id,amount,comment\n1,2,x\n2,2,y\n3,2,z\n");
    userside(&place).line("import edit done.csv").to(sandbox).run().exits(0);
    stopped(&place, "one.csv");
    place
}

/// An import that stops because the key is refused after the first row.
fn stopped(place: &Place, input: &str) {
    let refusing = Sandbox::with("--customers 6 --fault 403@2-9");
    let line = format!("import change_balance {input} --concurrency 1 --no-verify");
    userside(place).line(&line).to(&refusing).run().exits(3);
}

#[test]
fn resume_finds_the_one_run_that_is_not_finished() {
    let sandbox = Sandbox::start();
    for named in ["", ".", "one.csv"] {
        let place = three(&sandbox);
        let output = userside(&place).line(&format!("resume {named}")).to(&sandbox).run().exits(1);
        assert!(
            output.stderr.contains("found: one.journal: change_balance one.csv, unfinished"),
            "{}",
            output.stderr
        );
        userside(&place).line("resume one.journal").to(&sandbox).run().exits(1).says("finished");
        let output = userside(&place).line("resume").to(&sandbox).run().exits(2);
        assert!(output.stderr.contains("`userside-bulk resume` has nothing to do here"), "{}", output.stderr);
        assert!(output.stderr.contains("done.journal") && output.stderr.contains("one.journal"));
    }
}

/// A run that was put aside with `--new-run` is not "the one run that is not finished": its rows were sent by the new
/// one, and to go on with it would book them twice.
#[test]
fn a_run_that_was_put_aside_is_not_gone_on_with() {
    let sandbox = Sandbox::start();
    let place = Place::new().with("one.csv", "customer_id,amount,comment\n1,2,x\n2,2,y\n3,2,z\n");
    stopped(&place, "one.csv");
    let line = "import change_balance one.csv --new-run";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    let bookings = sandbox.bookings().len();
    let status = userside(&place).line("status").run().exits(0).stdout;
    assert!(
        status.contains("put aside for another run") && !status.contains("resume one.1.journal"),
        "{status}"
    );
    for line in ["resume", "resume one.csv", "reconcile", "resume --resend"] {
        userside(&place).line(line).to(&sandbox).run().exits(2).says("nothing to do here");
    }
    assert_eq!(sandbox.bookings().len(), bookings);
}

/// A file of the same name in another folder is another file.
#[test]
fn an_input_of_the_same_name_elsewhere_is_another_run() {
    let sandbox = Sandbox::start();
    let place = three(&sandbox);
    std::fs::create_dir(place.path("sub")).expect("a folder");
    std::fs::copy(place.path("one.csv"), place.path("sub/one.csv")).expect("a copy");
    std::fs::copy(place.path("one.journal"), place.path("sub/x.journal")).expect("a copy");
    std::fs::remove_file(place.path("one.journal")).expect("it goes away");
    let requests = sandbox.requests();
    userside(&place).line("resume sub/one.csv").to(&sandbox).run().exits(2);
    assert_eq!(sandbox.requests(), requests);
}

#[test]
fn of_several_runs_none_is_taken() {
    let sandbox = Sandbox::with("--customers 6");
    let place = three(&sandbox).with("two.csv", "customer_id,amount,comment\n4,2,x\n5,2,y\n6,2,z\n");
    stopped(&place, "two.csv");
    let writes = sandbox.writes().len();
    let output = userside(&place).line("resume").to(&sandbox).run().exits(2);
    for line in ["userside-bulk resume one.journal", "userside-bulk resume two.journal"] {
        assert!(output.stderr.contains(line), "{}", output.stderr);
    }
    assert!(!output.stderr.contains("done.journal"), "{}", output.stderr);
    assert_eq!(sandbox.writes().len(), writes, "nothing is sent");
    userside(&place).line("resume two.csv").to(&sandbox).run().exits(1);
    // One is left.
    userside(&place).line("resume").to(&sandbox).run().exits(1).says("found: one.journal");
    let output = userside(&Place::new()).line("resume").to(&sandbox).run().exits(2);
    assert!(output.stderr.contains("there are no runs in ."), "{}", output.stderr);
}

#[test]
fn results_undo_and_reconcile_find_their_run_too() {
    let sandbox = Sandbox::start();
    let place = Place::new()
        .with("names.csv", "id,comment\n1,x\n")
        .with("money.csv", "customer_id,amount,comment\n1,2,x\n2,2,y\n");
    userside(&place).line("import edit names.csv").to(&sandbox).run().exits(0);
    let losing = Sandbox::with("--fault drop-after@2");
    let line = "import change_balance money.csv --no-reconcile --retries 0 --concurrency 1";
    userside(&place).line(line).to(&losing).run().exits(1);
    userside(&place).line("undo").run().exits(1).says("found: money.journal");
    assert!(place.exists("money.undo.csv"));
    userside(&place).line("results").run().exits(2).says("userside-bulk results names.journal");
    userside(&place).line("results names.csv --results anew.csv").run().exits(0);
    assert!(place.exists("anew.csv"));
    userside(&place).line("reconcile --settle 0s").to(&losing).run().exits(0).says("found: money.journal");
}

/// What `resume` could not send is not proposed for `resume` again.
#[test]
fn what_was_resumed_in_vain_has_no_next_step() {
    let place = Place::new().with("input.csv", "customer_id,amount,comment\n1,1,x\n2,2,y\n");
    let next = || objects(&place, "")[0]["next"].clone();
    // The second customer's history can't be read.
    let line = "import change_balance input.csv --retries 0 --concurrency 1";
    userside(&place).line(line).to(&Sandbox::with("--fault read:500@4-9")).run().exits(1);
    assert_eq!(next(), "userside-bulk resume input.journal");
    let line = "resume input.journal --retries 0";
    let output = userside(&place).line(line).to(&Sandbox::with("--fault read:500@3-9")).run().exits(3);
    assert!(!output.stderr.contains("next: "), "{}", output.report());
    assert_eq!(next(), Value::Null);
}

/// A server that is away, or refuses the key, is no reason to forget what goes on with the run.
#[test]
fn a_resume_that_does_not_get_through_leaves_the_next_step() {
    let rows: String = (1..=20).map(|id| format!("{id},x\n")).collect();
    let place = Place::new().with("input.csv", format!("id,comment\n{rows}"));
    let sandbox = Sandbox::with("--fault error=100%");
    let line = "import edit input.csv --concurrency 1 --max-failures 3";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    let next = || objects(&place, "")[0]["next"].clone();
    assert_eq!(next(), "userside-bulk resume input.journal");
    let line = "resume input.journal --url http://127.0.0.1:1 --patience 0s --retries 0";
    let output = userside(&place).line(line).run().exits(3);
    assert!(output.stderr.contains("`userside-bulk resume input.journal`"), "{}", output.report());
    assert_eq!(next(), "userside-bulk resume input.journal");
}
