//! The journal of an export: whose it is, where it lies, and what becomes of one that lies there already.

use crate::export_resume::{COLUMNS, CUSTOMERS, ONE_BY_ONE, asked, goes_on, resumed, standing, undisturbed};
use crate::support::{Journal, Place, Sandbox, until, userside};

#[cfg(unix)]
#[test]
fn the_journal_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let (running, _sandbox) = standing(&place, "", "");
    for name in place.names().into_iter().filter(|name| name.contains("journal")) {
        let mode = place.path(&name).metadata().expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
    running.killed();
}

/// Into standard output there is nothing to go on with, and no half of it.
#[test]
fn standard_output_has_no_journal_and_no_halves() {
    for output in ["", "-o -"] {
        let place = Place::new();
        let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} --fault read:stall@24"));
        let line = format!("export --is-ex 0 --is-ex 1 --batch 1 --concurrency 1 --timeout 120s {output}");
        let running = userside(&place).line(&line).to(&sandbox).start();
        until("the 24th request", || (sandbox.requests() >= 24).then_some(()));
        assert!(place.names().is_empty(), "{:?}", place.names());
        running.signal("INT");
        let output = running.wait().exits(130).says_not("resume");
        assert_eq!((output.stdout.as_str(), place.names()), ("", Vec::new()));
    }
}

#[test]
fn another_pace_may_be_chosen_and_options_of_imports_may_not() {
    let place = Place::new();
    let (running, sandbox) = standing(&place, "", "");
    running.killed();
    let requests = sandbox.requests();
    for option in [
        "--resend",
        "--settle 1s",
        "--max-failures 5",
        "--no-reconcile",
        "--results x.csv",
        "--existing skip",
    ] {
        let output = resumed(&place, &sandbox, option).exits(2);
        output.says(option.split(' ').next().expect("a word"));
    }
    for option in ["--columns id", "--excel", "--is-ex 0", "-o x.csv", "--errors x.csv"] {
        resumed(&place, &sandbox, option).exits(2).says("unexpected argument");
    }
    assert_eq!(sandbox.requests(), requests);
    let line =
        "resume out.csv.journal --rate 900/s --burst 9 --retries 1 --concurrency 2 --timeout 9s --json --url";
    userside(&place).line(line).args([sandbox.url()]).run().exits(0);
    assert_eq!(place.text("out.csv"), undisturbed(""));
}

#[test]
fn what_is_for_imports_says_what_the_journal_is() {
    let place = Place::new();
    let (running, sandbox) = standing(&place, "", "");
    running.killed();
    let before = (place.names(), sandbox.requests());
    for command in ["results", "reconcile", "undo"] {
        let program = userside(&place).line(command).line("out.csv.journal");
        let program = if command == "reconcile" { program.to(&sandbox) } else { program };
        program.run().exits(2).says("export").says("resume");
    }
    assert_eq!((place.names(), sandbox.requests()), before);
    goes_on(&place, &sandbox, &undisturbed(""));
}

#[test]
fn the_journal_of_an_import_is_not_overwritten() {
    let (place, sandbox) = (Place::new().with("input.csv", "id,comment\n1,x\n"), Sandbox::start());
    let line = "import edit input.csv --journal out.csv.journal";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    let before = place.bytes("out.csv.journal");
    let output = userside(&place).line(ONE_BY_ONE).to(&sandbox).run().exits(2);
    output.says("out.csv.journal is the journal of an import").says("--journal");
    assert_eq!(place.bytes("out.csv.journal"), before);
    assert!(!place.exists("out.csv"));
    // Nor is anything else that is no journal.
    place.write("out.csv.journal", "my diary");
    userside(&place).line(ONE_BY_ONE).to(&sandbox).run().exits(2).says("out.csv.journal");
    assert_eq!(place.text("out.csv.journal"), "my diary");
    userside(&place).line(ONE_BY_ONE).line("--journal other").to(&sandbox).run().exits(0);
    assert_eq!(place.text("out.csv.journal"), "my diary");
    assert!(place.exists("out.csv") && !place.exists("other"));
}

#[test]
fn a_new_export_over_an_unfinished_one_begins_anew() {
    let place = Place::new();
    let (running, sandbox) = standing(&place, "", "");
    running.killed();
    let requests = sandbox.requests();
    let line = format!("export --is-ex 0 --is-ex 1 -o out.csv {COLUMNS}");
    let output = userside(&place).line(&line).to(&sandbox).run().exits(0);
    output.says("was never finished; this one begins anew");
    assert_eq!(asked(&sandbox, requests).len(), CUSTOMERS as usize);
    assert_eq!((place.text("out.csv"), place.names()), (undisturbed(""), vec!["out.csv".to_owned()]));
}

#[test]
fn two_at_once_do_not_get_in_each_others_way() {
    let place = Place::new();
    let (running, sandbox) = standing(&place, "", "");
    let requests = sandbox.requests();
    for line in [ONE_BY_ONE, "resume out.csv.journal"] {
        userside(&place).line(line).to(&sandbox).run().exits(2).says("another run").says("out.csv");
    }
    assert!(sandbox.requests() <= requests + 1, "the export under way was disturbed");
    running.killed();
    goes_on(&place, &sandbox, &undisturbed(""));
}

#[test]
fn a_journal_that_is_gone_or_broken_says_so() {
    let (place, sandbox) = (Place::new(), Sandbox::start());
    resumed(&place, &sandbox, "").exits(2).says("out.csv.journal");
    let (running, sandbox) = standing(&place, "", "");
    running.killed();
    Journal::spoil(&place, "out.csv.journal").execute("PRAGMA user_version = 99");
    resumed(&place, &sandbox, "").exits(2).says("out.csv.journal");
    Journal::spoil(&place, "out.csv.journal").execute("PRAGMA user_version = 1; DROP TABLE wanted");
    let output = resumed(&place, &sandbox, "");
    assert!(matches!(output.code, Some(2 | 3)), "{}", output.report());
    output.says("out.csv.journal");
    assert!(!place.exists("out.csv"));
}
