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
    output.says("was never finished; this one starts from the beginning");
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

/// However many begin at once: each has an output, or says that another is at work.
#[test]
fn many_at_once_do_not_break_each_others_journal() {
    let sandbox = Sandbox::with("--customers 60");
    for _ in 0..5 {
        let place = Place::new();
        let program = || userside(&place).line("export --is-ex 0 --is-ex 1 -o out.csv --columns id");
        let running: Vec<_> = (0..4).map(|_| program().to(&sandbox).start()).collect();
        let mut done = 0;
        for output in running.into_iter().map(crate::support::Running::wait) {
            match output.code {
                Some(0) => done += 1,
                _ => drop(output.exits(2).says("another run")),
            }
        }
        assert!(done > 0);
        assert_eq!(place.text("out.csv").lines().count(), 61);
        assert_eq!(place.names(), ["out.csv"]);
    }
}

/// A journal in the place of its own output would be taken away with it in the end.
#[test]
fn a_journal_that_lies_where_its_output_would_be_is_refused() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--fault read:403@1-9"));
    userside(&place).line("export --is-ex 0 -o out.csv").to(&sandbox).run().exits(3);
    std::fs::rename(place.path("out.csv.journal"), place.path("out.csv")).expect("renamed");
    let output = userside(&place).line("resume out.csv").run().exits(2);
    output.says("the journal would be written over --output");
    assert_eq!(place.names(), ["out.csv"]);
}

#[test]
fn only_the_customers_may_go_to_standard_output() {
    for option in ["--errors", "--totals", "--changes-since"] {
        let (place, sandbox) = (Place::new(), Sandbox::start());
        let line = format!("export --is-ex 0 -o out.csv {option} -");
        userside(&place).line(&line).to(&sandbox).run().exits(2).says(&format!("{option} - : "));
        assert!(sandbox.log().is_empty() && place.names().is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_has_a_reader_that_sees_everything() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 60"));
    // Not in the program's own folder, whose files are all searched for the key.
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let line = format!("export --is-ex 0 --is-ex 1 --columns id --journal j -o {}", pipe.display());
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).expect("a text"));
    userside(&place).line(&line).to(&sandbox).run().exits(0);
    assert_eq!(reader.join().expect("a reader").lines().count(), 61);
}
