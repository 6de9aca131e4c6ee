//! An export that was killed, interrupted or turned away goes on where it was, leaves no half file, and asks for
//! nobody again whom it has.

use std::collections::BTreeSet;

use crate::support::{Journal, Output, Place, Running, Sandbox, until, userside};

pub(crate) const CUSTOMERS: u64 = 60;

pub(crate) const COLUMNS: &str = "--columns id,full_name,balance,comment";

/// Everybody, one by one, into `out.csv`.
pub(crate) const ONE_BY_ONE: &str =
    "export --is-ex 0 --is-ex 1 -o out.csv --batch 1 --concurrency 1 --timeout 120s";

/// An export that stands still: the answer to its 20th customer or so never comes.
pub(crate) fn standing(place: &Place, options: &str, server: &str) -> (Running, Sandbox) {
    let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} --fault read:stall@24 {server}"));
    let program = userside(place).line(ONE_BY_ONE).line(COLUMNS).line(options);
    let running = program.to(&sandbox).start();
    until("the 24th request", || (sandbox.requests() >= 24).then_some(()));
    until("what was read before", || (kept(place, "out.csv.journal").len() == 20).then_some(()));
    (running, sandbox)
}

/// Those whom the journal holds.
pub(crate) fn kept(place: &Place, journal: &str) -> BTreeSet<u64> {
    if !place.exists(journal) {
        return BTreeSet::new();
    }
    let journal = Journal::read(place, journal);
    let ids: String = journal.value("SELECT coalesce(group_concat(id), '') FROM customer");
    ids.split(',').filter(|id| !id.is_empty()).map(|id| id.parse().expect("an id")).collect()
}

/// The customers that were asked for from this request on.
pub(crate) fn asked(sandbox: &Sandbox, from: usize) -> Vec<u64> {
    let log = sandbox.log();
    let lists = log[from..].iter().filter_map(|entry| entry.parameters.get("customer_id"));
    lists.flat_map(|ids| ids.split(',')).map(|id| id.parse().expect("an id")).collect()
}

/// What an export that nothing disturbs writes.
pub(crate) fn undisturbed(options: &str) -> String {
    let (place, sandbox) = (Place::new(), Sandbox::with(&format!("--customers {CUSTOMERS}")));
    let line = format!("export --is-ex 0 --is-ex 1 -o out.csv {COLUMNS} {options}");
    userside(&place).line(&line).to(&sandbox).run().exits(0);
    place.text("out.csv")
}

pub(crate) fn resumed(place: &Place, sandbox: &Sandbox, options: &str) -> Output {
    let line = format!("resume out.csv.journal --timeout 30s {options}");
    userside(place).line(&line).to(sandbox).run()
}

/// Goes on, and holds everything that was promised of that against what happened.
#[track_caller]
pub(crate) fn goes_on(place: &Place, sandbox: &Sandbox, expected: &str) {
    assert!(!place.exists("out.csv"), "there is an output that is not whole: {:?}", place.names());
    let (kept, requests) = (kept(place, "out.csv.journal"), sandbox.requests());
    assert!(!kept.is_empty() && kept.len() < 60, "nothing is proven: {kept:?}");
    let output = resumed(place, sandbox, "").exits(0);
    assert_eq!(place.text("out.csv"), expected, "{}", output.report());
    let asked = asked(sandbox, requests);
    assert!(asked.iter().all(|id| !kept.contains(id)), "asked for again: {asked:?}, kept {kept:?}");
    assert_eq!(asked.len() + kept.len(), CUSTOMERS as usize, "{asked:?}");
    let searches = sandbox.log()[requests..].iter().filter(|e| e.parameters.contains_key("is_ex")).count();
    assert_eq!(searches, 0, "who meets the conditions was known");
    // What helped on the way is gone.
    assert_eq!(place.names(), ["out.csv"]);
}

#[test]
fn after_a_kill_it_goes_on_where_it_was() {
    let place = Place::new();
    let (running, sandbox) = standing(&place, "", "");
    running.killed();
    goes_on(&place, &sandbox, &undisturbed(""));
}

/// Many in a request, many requests at a time: whoever has come is kept.
#[test]
fn after_a_kill_among_batches_as_well() {
    let sandbox = Sandbox::with("--customers 400 --shape mixed --fault read:stall@12-13");
    let line =
        format!("export --is-ex 0 --is-ex 1 -o out.csv --batch 20 --concurrency 3 --timeout 120s {COLUMNS}");
    let place = Place::new();
    let running = userside(&place).line(&line).to(&sandbox).start();
    // Two requests never come back; the third way stays open.
    until("all the others", || (kept(&place, "out.csv.journal").len() == 360).then_some(()));
    running.killed();
    assert!(!place.exists("out.csv"));
    let (kept, requests) = (kept(&place, "out.csv.journal"), sandbox.requests());
    resumed(&place, &sandbox, "").exits(0);
    let asked: BTreeSet<u64> = asked(&sandbox, requests).into_iter().collect();
    assert_eq!(asked.union(&kept).count(), 400);
    assert!(asked.is_disjoint(&kept), "{asked:?}");
    assert_eq!(place.text("out.csv").lines().count(), 401);
}

/// Killed again and again, also while it looks for the ids, it comes to the same end in the end.
#[test]
fn after_a_kill_at_every_stage() {
    let stalls = [1, 2, 4, 6, 8, 11, 15, 20, 26, 33];
    let at = stalls.map(|number: usize| number.to_string()).join(",");
    let (place, sandbox) = (Place::new(), Sandbox::with(&format!("--customers 60 --fault read:stall@{at}")));
    let begin = format!("export --is-ex 0 --is-ex 1 -o out.csv --batch 3 --timeout 120s {COLUMNS}");
    for stall in stalls {
        let line = match place.exists("out.csv.journal") {
            true => "resume out.csv.journal",
            false => &begin,
        };
        let running = userside(&place).line(line).line("--concurrency 1").to(&sandbox).start();
        until("the request that is never answered", || (sandbox.requests() >= stall).then_some(()));
        running.killed();
        assert!(!place.exists("out.csv"));
    }
    goes_on(&place, &sandbox, &undisturbed(""));
}

#[test]
fn after_two_kills_as_well() {
    let place = Place::new();
    let (running, sandbox) = standing(&place, "", "--fault read:stall@40");
    running.killed();
    let line = "resume out.csv.journal --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    until("the 40th request", || (sandbox.requests() >= 40).then_some(()));
    until("some more", || (kept(&place, "out.csv.journal").len() > 30).then_some(()));
    running.killed();
    goes_on(&place, &sandbox, &undisturbed(""));
}

#[test]
fn after_a_signal_it_goes_on_where_it_was() {
    for signal in ["INT", "TERM"] {
        let place = Place::new();
        let (running, sandbox) = standing(&place, "", "");
        running.signal(signal);
        let output = running.wait().exits(130).says("interrupted");
        let output = output.says("to continue: `userside-bulk resume out.csv.journal`");
        output.says("so far: export: 60 customers, 20 ok, 40 not read");
        goes_on(&place, &sandbox, &undisturbed(""));
    }
}

/// What is wanted is known, and that is enough to go on.
#[test]
fn a_signal_before_anything_is_there_can_be_gone_on_with() {
    for (stall, seen) in [("read:stall@1", 1), ("read:stall@2", 2)] {
        let (place, sandbox) = (Place::new(), Sandbox::with(&format!("--fault {stall}")));
        let running = userside(&place).line(ONE_BY_ONE).to(&sandbox).start();
        until("the request", || (sandbox.requests() >= seen).then_some(()));
        running.signal("INT");
        running.wait().exits(130).says("userside-bulk resume out.csv.journal");
        assert_eq!(place.names(), ["out.csv.journal"]);
    }
}

/// A search that has no answer yet is made again, and no other.
#[test]
fn an_interrupted_search_goes_on() {
    let place = Place::new();
    let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} --fault read:stall@5"));
    let line = format!("export --state-id 0,1,2,3,4,5 -o out.csv --concurrency 1 --timeout 120s {COLUMNS}");
    let running = userside(&place).line(&line).to(&sandbox).start();
    until("the fourth search", || (sandbox.requests() >= 5).then_some(()));
    running.signal("INT");
    running.wait().exits(130).says("userside-bulk resume out.csv.journal");
    resumed(&place, &sandbox, "").exits(0);
    let log = sandbox.log();
    let states: Vec<&str> =
        log.iter().filter_map(|entry| entry.parameters.get("state_id")).map(String::as_str).collect();
    assert_eq!(states, ["0", "1", "2", "3", "3", "4", "5"]);
    assert_eq!(place.text("out.csv"), undisturbed(""));
}

#[test]
fn a_second_signal_leaves_at_once_and_loses_nothing() {
    let place = Place::new();
    let (mut running, sandbox) = standing(&place, "", "");
    until("the end", || {
        running.signal("INT");
        running.has_ended().then_some(())
    });
    running.wait().exits(130);
    goes_on(&place, &sandbox, &undisturbed(""));
}

/// Everything that was said on the day it began still holds.
#[test]
fn the_options_of_the_export_are_the_journals() {
    let old = format!("id;comment\r\n1;old\r\n77;gone\r\n{}", "5;\r\n");
    let place = Place::new().with("old.csv", old);
    let options =
        "--excel --locale ru --total balance --totals t.json --errors bad.csv --changes-since old.csv";
    let (running, sandbox) = standing(&place, options, "--unreadable 50");
    running.killed();
    std::fs::remove_file(place.path("old.csv")).expect("the earlier export");
    let output = resumed(&place, &sandbox, "--retries 0").exits(1);
    let output = output.says("57 added, 2 changed").says("1 removed").says("total balance: ");
    let text = place.text("out.csv");
    assert!(text.starts_with("\u{FEFF}change;changed_columns;id;full_name;balance;comment\r\n"), "{text}");
    assert!(place.text("bad.csv").contains("50,"), "{}", output.report());
    assert!(place.exists("t.json") && !place.exists("out.csv.journal"));
}

/// A sheet, a list and JSON lines appear whole as well.
#[test]
fn every_format_appears_whole_or_not_at_all() {
    for name in ["out.xlsx", "out.jsonl"] {
        let place = Place::new();
        let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} --fault read:stall@24"));
        let line = format!("export --is-ex 0 --is-ex 1 -o {name} --batch 1 --concurrency 1 --timeout 120s");
        let running = userside(&place).line(&line).to(&sandbox).start();
        until("the 24th request", || (sandbox.requests() >= 24).then_some(()));
        running.killed();
        assert!(!place.exists(name));
        let line = format!("resume {name}.journal --timeout 30s");
        userside(&place).line(&line).to(&sandbox).run().exits(0);
        assert_eq!(place.names(), [name]);
    }
}

/// A folder of its own for whoever resumes: the output goes where it was meant to.
#[test]
fn it_can_be_gone_on_with_from_another_folder() {
    let place = Place::new();
    let (running, sandbox) = standing(&place, "--errors bad.csv", "");
    running.killed();
    let elsewhere = Place::new();
    let journal = place.path("out.csv.journal");
    let program = userside(&elsewhere).line("resume").args([journal]);
    program.to(&sandbox).run().exits(0);
    assert_eq!(place.names(), ["bad.csv", "out.csv"]);
    assert!(elsewhere.names().is_empty());
}
