//! A damaged journal says what it said before, or every command refuses it: never do rows that were booked pass for
//! rows that were never sent.

use crate::support::{Journal, Output, Place, Sandbox, userside};

const PAGE: usize = 4096;

/// A finished run of forty bookings.
fn forty() -> (Place, Sandbox) {
    let (place, sandbox) = (Place::new().with_bookings(40), Sandbox::with("--customers 40"));
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    (place, sandbox)
}

/// Every command that reads a journal, and how it ends where there is nothing to do.
const COMMANDS: [(&str, i32); 4] = [
    ("results input.journal --results anew.csv", 0),
    ("resume input.journal", 0),
    ("reconcile input.journal", 0),
    ("undo input.journal --output back.csv", 0),
];

/// What a command says of a journal that it refuses, without what differs from damage to damage; none where it accepts
/// it.
fn refusal(output: &Output) -> Option<&'static str> {
    let kinds =
        ["is damaged", "is not a userside-bulk journal", "has version", "is the journal of an export"];
    if output.code != Some(2) {
        return None;
    }
    Some(kinds.into_iter().find(|kind| output.stderr.contains(kind)).unwrap_or("something else"))
}

/// Runs all commands, and returns what all of them say; none where all of them accept it and nothing has changed.
#[track_caller]
fn all_say(place: &Place, sandbox: &Sandbox, expected: &[u8]) -> Option<&'static str> {
    let whole = place.bytes("input.journal");
    let mut said = Vec::new();
    for (command, code) in COMMANDS {
        place.write("input.journal", &whole);
        let program = userside(place).line(command);
        let sends = command.starts_with("re") && !command.starts_with("results");
        let output = if sends { program.to(sandbox).run() } else { program.run() };
        let refusal = refusal(&output);
        if refusal.is_none() {
            assert_eq!(output.code, Some(code), "{}", output.report());
        }
        assert_ne!(refusal, Some("something else"), "{}", output.report());
        said.push(refusal);
    }
    assert!(said.iter().all(|kind| *kind == said[0]), "{said:?}");
    if said[0].is_none() {
        assert_eq!(place.bytes("anew.csv"), expected);
    }
    said[0]
}

#[test]
fn damage_is_refused_by_every_command_or_changes_nothing() {
    let (place, sandbox) = forty();
    let (whole, expected) = (place.bytes("input.journal"), place.bytes("input.results.csv"));
    let requests = sandbox.requests();
    let mut seed = 7_u64;
    let mut chance = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits") % below
    };
    let mut refused = 0;
    for number in 0..20 {
        let mut bytes = whole.clone();
        let page = PAGE * chance(whole.len() / PAGE);
        match number % 5 {
            0 | 1 => bytes[chance(whole.len())] ^= 1 << chance(8),
            2 => bytes[page..page + PAGE].fill(0),
            3 => {
                let other = PAGE * chance(whole.len() / PAGE);
                let copy = bytes[page..page + PAGE].to_vec();
                bytes.copy_within(other..other + PAGE, page);
                bytes[other..other + PAGE].copy_from_slice(&copy);
            }
            _ => bytes.truncate(chance(whole.len())),
        }
        place.write("input.journal", &bytes);
        refused += usize::from(all_say(&place, &sandbox, &expected).is_some());
    }
    assert!(refused > 5, "only {refused} of 20 were refused");
    assert_eq!((sandbox.requests(), sandbox.bookings().len()), (requests, 40));
}

/// The database itself finds nothing wrong with a table that is empty.
#[test]
fn a_table_hidden_by_an_empty_page_is_noticed() {
    let (place, sandbox) = forty();
    let (whole, expected) = (place.bytes("input.journal"), place.bytes("input.results.csv"));
    let requests = sandbox.requests();
    let tables: i64 = Journal::read(&place, "input.journal").value("SELECT max(rootpage) FROM sqlite_schema");
    for table in 2..=usize::try_from(tables).expect("few") {
        for kind in [13, 10] {
            let mut bytes = whole.clone();
            let page = &mut bytes[(table - 1) * PAGE..table * PAGE];
            let is_empty = page[3..5] == [0, 0];
            page.fill(0);
            (page[0], page[5]) = (kind, 0x10);
            place.write("input.journal", &bytes);
            let said = all_say(&place, &sandbox, &expected);
            assert!(said == Some("is damaged") || is_empty, "page {table}: {said:?}");
        }
    }
    assert_eq!((sandbox.requests(), sandbox.bookings().len()), (requests, 40));
}

/// A letter in it, changed by hand or by a disk.
#[test]
fn a_changed_letter_is_noticed() {
    let (place, sandbox) = forty();
    let expected = place.bytes("input.results.csv");
    let sound = place.bytes("input.journal");
    for change in [
        "UPDATE row SET state = 'skipped', error_code = 'stopped' WHERE number = 7",
        "DELETE FROM row",
        "UPDATE row SET id = '7' WHERE number = 8",
        "UPDATE run SET rows = 39",
    ] {
        place.write("input.journal", &sound);
        Journal::spoil(&place, "input.journal").execute(change);
        assert_eq!(all_say(&place, &sandbox, &expected), Some("is damaged"), "{change}");
        let listed = userside(&place).line("status").run().exits(0);
        assert!(listed.stdout.contains("damaged"), "{}", listed.report());
    }
    place.write("input.journal", &sound);
    assert_eq!(all_say(&place, &sandbox, &expected), None);
}

/// A run that was killed has no end in its journal, and damage shows all the same.
#[test]
fn damage_shows_after_a_kill_too() {
    let (place, sandbox) = (Place::new().with_bookings(9), Sandbox::with("--customers 9 --fault stall@4"));
    let line = "import change_balance input.csv --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    sandbox.has_seen(4);
    running.killed();
    let writes = sandbox.writes().len();
    let sound = place.bytes("input.journal");
    Journal::spoil(&place, "input.journal").execute("DELETE FROM row WHERE number < 3");
    for command in ["resume input.journal", "reconcile input.journal", "import change_balance input.csv"] {
        userside(&place).line(command).to(&sandbox).run().exits(2).says("is damaged");
    }
    assert_eq!(sandbox.writes().len(), writes);
    place.write("input.journal", &sound);
    let line = "resume input.journal --settle 0s --resend";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 9);
}
