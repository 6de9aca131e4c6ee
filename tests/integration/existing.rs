//! `--existing`: before the first `add` of a run, who exists already is looked for.

use crate::support::{Place, Sandbox, userside};

const INPUT: &str = "fio,codeti\nІван,a/1\nПетро,a/2\nОльга,\n";

/// A server that has the second of them, as customer 1001.
fn with_one(faults: &str) -> (Place, Sandbox) {
    let sandbox = Sandbox::with(faults);
    sandbox.call("add", &[("fio", "Петро"), ("codeti", "a/2")]);
    (Place::new().with("input.csv", INPUT), sandbox)
}

#[test]
fn who_exists_is_failed_or_skipped_with_the_id_or_added_again() {
    for (options, fate, id, code, applied) in [
        ("", "failed already_exists - 0", "1001", 1, 3),
        ("--existing fail", "failed already_exists - 0", "1001", 1, 3),
        ("--existing skip", "skipped already_exists - 0", "1001", 0, 3),
        ("--existing ignore", "ok - 200 1", "1003", 0, 4),
    ] {
        let (place, sandbox) = with_one("");
        let line = format!("import add input.csv --concurrency 1 {options}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(code);
        let results = output.results();
        assert_eq!((results.rows[1].fate().as_str(), results.rows[1].result("id")), (fate, id), "{options}");
        assert_eq!((results.count("ok"), sandbox.applied()), (applied - 1, applied), "{options}");
    }
}

/// One read for each row that can be looked for, all of them before the first row is sent.
#[test]
fn the_look_comes_before_the_first_row_and_ignore_saves_it() {
    let (place, sandbox) = with_one("");
    userside(&place).line("import add input.csv").to(&sandbox).run().exits(1);
    let log = &sandbox.log()[1..];
    let is_look = |name: &Option<String>| name.as_deref() == Some("get_abon_id");
    let looks: Vec<usize> = (0..log.len()).filter(|place| is_look(&log[*place].subcategory)).collect();
    // The first who is added is looked for again.
    assert_eq!(looks, [1, 2, 4], "{log:?}");
    let (place, sandbox) = with_one("");
    userside(&place).line("import add input.csv --existing ignore").to(&sandbox).run().exits(0);
    assert_eq!(sandbox.log().iter().filter(|entry| is_look(&entry.subcategory)).count(), 1);
}

/// Rows that were not sent yet are looked for again: the journal may be an old one. Whom this very run has added is not
/// taken for somebody who existed before, and what was found before is not asked again.
#[test]
fn resume_looks_again_for_what_was_not_sent() {
    let (place, sandbox) = with_one("--fault 403@2");
    let line = "import add input.csv --concurrency 1";
    let fates = userside(&place).line(line).to(&sandbox).run().exits(3).results().fates();
    assert_eq!(fates, ["failed http_status 403 1", "failed already_exists - 0", "skipped stopped - 0"]);
    let reads = sandbox.log().iter().filter(|entry| entry.is_read()).count();
    let fates = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1).results().fates();
    assert_eq!(fates[1..], ["failed already_exists - 0", "ok - 200 1"]);
    // The one that finds out which name the server takes.
    assert_eq!(sandbox.log().iter().filter(|entry| entry.is_read()).count(), reads + 1);
}

/// Nothing is sent while it is not known who is there.
#[test]
fn a_look_that_fails_sends_nothing_and_can_be_gone_on_with() {
    for fault in ["read:500@2-6", "read:html@2-6"] {
        let (place, sandbox) =
            (Place::new().with("input.csv", INPUT), Sandbox::with(&format!("--fault {fault}")));
        let line = "import add input.csv --concurrency 1 --retries 3";
        let output = userside(&place).line(line).to(&sandbox).run().exits(3).says("Nothing was sent");
        output.says("--existing ignore").results().all_are("skipped");
        assert!(sandbox.writes().is_empty());
        userside(&place).line("resume input.journal").to(&sandbox).run().exits(0).results().all_are("ok");
        assert_eq!(sandbox.applied(), 3);
    }
}

#[test]
fn it_is_about_new_customers_only() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let line = "import edit input.csv --existing skip --url http://127.0.0.1:1";
    userside(&place).line(line).run().exits(2).says("--existing");
}
