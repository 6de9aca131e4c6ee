//! Where a journal lies, and what becomes of one that lies there already.

use crate::support::{Journal, Place, Sandbox, userside};

const INPUT: &str = "id,comment\n1,x\n2,y\n";

#[test]
fn it_lies_beside_the_results_and_is_named_after_them() {
    for (options, journal) in [
        ("", "input.journal"),
        ("--results march.results.csv", "march.journal"),
        ("--results other.csv", "other.journal"),
        ("--results folder/april.results.csv", "folder/april.journal"),
        ("--results -", "input.journal"),
        ("--journal run.seven", "run.seven"),
        ("--results other.csv --journal folder/seven", "folder/seven"),
    ] {
        let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
        std::fs::create_dir(place.path("folder")).expect("a folder");
        userside(&place).line("import edit input.csv").line(options).to(&sandbox).run().exits(0);
        assert_eq!(Journal::read(&place, journal).states().len(), 2, "{options}");
        let others = place.names().into_iter().filter(|name| name.ends_with("journal") && name != journal);
        assert_eq!(others.count(), 0, "{options}: {:?}", place.names());
    }
}

/// Two runs of one input at the same time do not get in each other's way.
#[test]
fn two_runs_of_one_input_have_two_journals() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with("--fault 403@1"));
    userside(&place)
        .line("import edit input.csv --results one.csv --concurrency 1")
        .to(&sandbox)
        .run()
        .exits(3);
    userside(&place).line("import edit input.csv --results two.csv").to(&sandbox).run().exits(0);
    userside(&place).line("resume one.journal").to(&sandbox).run().exits(1);
    assert!(place.exists("one.csv") && place.exists("two.csv") && !place.exists("input.results.csv"));
}

#[test]
fn standard_input_needs_both_named() {
    let (place, sandbox) = (Place::new(), Sandbox::start());
    let run = |options: &str| {
        let program = userside(&place).stdin(INPUT).line("import edit -").line(options);
        program.to(&sandbox).run()
    };
    run("").exits(2).says("--results");
    run("--journal run.journal").exits(2).says("--results");
    run("--results out.csv").exits(2).says("--journal");
    assert!(sandbox.log().is_empty() && place.names().is_empty(), "{:?}", place.names());
    run("--results out.csv --journal run.journal").exits(0).results_in("out.csv").all_are("ok");
    let journal = Journal::read(&place, "run.journal");
    assert_eq!(journal.value::<Vec<u8>>("SELECT bytes FROM input"), INPUT.as_bytes());
    assert_eq!(journal.value::<Option<String>>("SELECT input FROM run"), None);
}

#[test]
fn it_never_takes_the_place_of_another_file() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    for options in [
        "--journal input.csv",
        "--journal ./input.csv",
        "--journal -",
        "--results out.csv --journal out.csv",
        "--failed left.csv --journal left.csv",
    ] {
        userside(&place).line("import edit input.csv").line(options).to(&sandbox).run().exits(2);
    }
    assert!(sandbox.log().is_empty());
    assert_eq!((place.names(), place.text("input.csv")), (vec!["input.csv".to_owned()], INPUT.to_owned()));
}

/// A run that is over makes way, whatever became of its rows; nothing of it is lost.
#[test]
fn the_journal_of_a_finished_run_is_moved_aside() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n77,y\n");
    let sandbox = Sandbox::start();
    let id = |name: &str| Journal::read(&place, name).value::<String>("SELECT id FROM run");
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(1);
    let first = id("input.journal");
    let output = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(1);
    output.says("the journal of an earlier run is kept as input.1.journal");
    let second = id("input.journal");
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(1).says("input.2.journal");
    assert_eq!((id("input.1.journal"), id("input.2.journal")), (first.clone(), second.clone()));
    assert!(first != second && second != id("input.journal"));
}

/// Nothing of it is moved where the new run does not begin.
#[test]
fn a_journal_stays_where_a_new_run_is_refused() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0);
    let id = || Journal::read(&place, "input.journal").value::<String>("SELECT id FROM run");
    let first = id();
    place.write("input.csv", "id,comment\nx,y\n");
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(2);
    userside(&place).line("import edit input.csv --expect-rows 9 --new-run").to(&sandbox).run().exits(2);
    assert_eq!(id(), first);
    assert!(!place.exists("input.1.journal"));
}

#[test]
fn an_unfinished_run_is_not_begun_anew_by_accident() {
    for (operation, fault, told) in [
        ("edit", "500@2-9", "of 2 rows 1 ok, 1 unknown"),
        ("change_balance --set amount=1", "500@2-9", "of 2 rows 1 ok, 1 unknown"),
        ("change_balance --set amount=1", "403@1", "of 2 rows 1 failed, 1 not sent"),
    ] {
        let place = Place::new().with("input.csv", INPUT);
        let sandbox = Sandbox::with(&format!("--fault {fault}"));
        let (operation, constants) = operation.split_once(' ').unwrap_or((operation, ""));
        let line = format!("import {operation} input.csv --concurrency 1 --no-reconcile {constants}");
        userside(&place).line(&line).to(&sandbox).run();
        let (results, requests) = (place.bytes("input.results.csv"), sandbox.requests());
        let again = userside(&place).line(&line).to(&sandbox).run();
        let again = again.exits(2).says("is not finished").says(told);
        again.says("`userside-bulk resume input.journal`").says("--new-run");
        assert_eq!((place.bytes("input.results.csv"), sandbox.requests()), (results, requests));
    }
}

/// Whoever begins anew can still go back to the old run.
#[test]
fn a_new_run_keeps_the_old_journal() {
    let (place, sandbox) = (Place::new().with_bookings(4), Sandbox::with("--fault 403@2"));
    let line = "import change_balance input.csv --concurrency 1 --booked ignore";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    let old = Journal::read(&place, "input.journal").states();
    let output = userside(&place).line(line).line("--new-run").to(&sandbox).run().exits(0);
    output.says("input.1.journal").results().all_are("ok");
    assert_eq!(Journal::read(&place, "input.1.journal").states(), old);
    let line = "resume input.1.journal --results old.csv";
    let fates = userside(&place).line(line).to(&sandbox).run().exits(1).results_in("old.csv").fates();
    assert_eq!(fates, ["ok - 200 1", "failed http_status 403 1", "ok - 200 1", "ok - 200 1"]);
    assert_eq!(sandbox.applied(), 7);
}

/// What a run left that was killed while it made its journal is in nobody's way.
#[test]
fn a_journal_that_was_not_finished_being_made_is_made_anew() {
    let place = Place::new().with("input.csv", INPUT);
    for name in ["input.journal.new", "input.journal.new-wal", "input.journal.new-shm"] {
        place.write(name, [7; 5000]);
    }
    let sandbox = Sandbox::start();
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(2).says("there is no journal");
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(place.names(), ["input.csv", "input.journal", "input.results.csv"]);
}

/// The command that goes on with a run can be pasted into a shell, whatever the journal is called.
#[cfg(unix)]
#[test]
fn bash_reads_back_the_name_in_a_message() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;

    let names: [&[u8]; 5] = [b"-x y", b"it's!", b"a'b\"c", b"\xFF$HOME", b"*?;&|<>`~#"];
    for name in names {
        let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with("--fault 403@1"));
        let journal = [b"--journal=", name].concat();
        let program = userside(&place).line("import edit input.csv --concurrency 1");
        let output = program.args([OsStr::from_bytes(&journal)]).to(&sandbox).run().exits(3);
        let (_, command) = output.stderr.split_once("`userside-bulk resume ").expect("a command");
        let (quoted, _) = command.rsplit_once('`').expect("the end of the command");
        let told = Command::new("bash").args(["-c", &format!("printf %s {quoted}")]).output().expect("bash");
        let told: OsString = OsStr::from_bytes(&told.stdout).to_owned();
        assert!(place.folder().join(&told).exists() && told.as_bytes().ends_with(name), "{quoted}");
    }
}
