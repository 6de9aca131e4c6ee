//! What a journal holds, and when: a booking is in it before its request leaves; it is its owner's alone; and
//! the results can be written from it at any time.

use crate::support::{Answer, Journal, Place, Responder, Running, Sandbox, userside};

/// Ten bookings of which the fourth never has an answer.
fn stalled(place: &Place, sandbox: &Sandbox) -> Running {
    let line = "import change_balance input.csv --concurrency 1 --timeout 120s";
    let running = userside(place).line(line).to(sandbox).start();
    sandbox.has_seen(4);
    running
}

fn ten() -> (Place, Sandbox) {
    (Place::new().with_bookings(10), Sandbox::with("--customers 10 --fault stall@4"))
}

/// The server itself looks into the journal while it has the request in its hands.
#[test]
fn a_booking_is_in_the_journal_before_its_request_arrives() {
    for operation in ["change_balance", "add"] {
        let place = Place::new().with_bookings(30);
        let seen_from = place.clone();
        let mut sent = 0;
        let server = Responder::start(move |_, body| {
            let mut fields = form_urlencoded::parse(body.as_bytes());
            let own = fields.find(|(name, _)| matches!(&**name, "comment" | "fio"));
            // What is only read stands in no journal.
            let Some((name, text)) = own else { return Some(Answer::ok()) };
            sent += 1;
            if sent == 1 {
                // From here on nobody can write into the journal for a while: what was not written down
                // before must wait.
                let journal = Journal::spoil(&seen_from, "input.journal");
                journal.execute("BEGIN IMMEDIATE");
                std::thread::spawn(move || {
                    std::thread::sleep(std::time::Duration::from_millis(300));
                    drop(journal);
                });
            }
            let row = text.split(' ').next_back().expect("a number").to_owned();
            let states = Journal::read(&seen_from, "input.journal").states();
            let state = states.iter().find(|(number, _)| number.to_string() == row);
            if state.is_none_or(|(_, state)| state != "sending") {
                return Some(Answer::new(403, format!("row {row} is {state:?} in the journal")));
            }
            let made = format!(r#"{{"Result":"OK","Id":{sent}}}"#);
            Some(if name == "fio" { Answer::new(200, made) } else { Answer::ok() })
        });
        let line = format!("import {operation} input.csv --concurrency 4");
        let as_names = "--map customer_id= --map amount= --map comment=fio --existing ignore";
        let options =
            if operation == "add" { as_names } else { "--booked ignore --no-verify --no-reconcile" };
        let line = format!("{line} {options}");
        userside(&place).line(&line).at_url(server.url()).run().exits(0).results().all_are("ok");
        let states = Journal::read(&place, "input.journal").states();
        assert!(states.iter().all(|(_, state)| state == "ok") && states.len() == 30, "{states:?}");
    }
}

/// Somebody else on the machine learns nothing about who owes what, whatever the umask.
#[cfg(unix)]
#[test]
fn the_journal_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (place, sandbox) = ten();
    let running = stalled(&place, &sandbox);
    let mode_of = |name: &str| {
        let metadata = std::fs::metadata(place.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        metadata.permissions().mode() & 0o777
    };
    for name in ["input.journal", "input.journal-journal"] {
        assert_eq!(mode_of(name), 0o600, "{name} while the run is under way");
    }
    running.killed();
    let line = "resume input.journal --settle 0s --resend";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(mode_of("input.journal"), 0o600);
}

/// A run that has ended leaves one file.
#[test]
fn a_run_that_has_ended_leaves_one_file() {
    for (fault, code) in [("", 0), ("--fault 403@3", 3), ("--fault error@3", 1)] {
        let place = Place::new().with_bookings(5);
        let sandbox = Sandbox::with(fault);
        userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(code);
        assert_eq!(place.names(), ["input.csv", "input.journal", "input.results.csv"]);
    }
}

/// As the documentation of the tables says; anybody can read them.
#[test]
fn the_tables_hold_the_run() {
    let content = "customer_id;amount;Прим\n1;5;x\n2;6;y\n";
    let place = Place::new().with("input.csv", content);
    let line =
        "import change_balance input.csv --map Прим=comment --delimiter ; --rate 50/s --set employee_id=3";
    let sandbox = Sandbox::with("--fault error@2");
    userside(&place).line(line).args(["--url", sandbox.url()]).run().exits(1);
    let journal = Journal::read(&place, "input.journal");
    let text = |sql: &str| journal.value::<String>(sql);
    let number = |sql: &str| journal.value::<i64>(sql);
    assert_eq!(text("SELECT operation FROM run"), "change_balance");
    assert_eq!(text("SELECT input FROM run"), place.path("input.csv").display().to_string());
    assert_eq!(number("SELECT size FROM run"), content.len() as i64);
    assert_eq!(number("SELECT rows FROM run"), 2);
    assert_eq!(number("SELECT length(sha256) FROM run"), 64);
    assert!(text("SELECT program FROM run").starts_with("userside-bulk "));
    assert_eq!(text("SELECT command FROM session"), "import");
    assert_eq!(number("SELECT exit FROM session"), 1);
    assert_eq!(text("SELECT state FROM row WHERE number = 1"), "ok");
    assert_eq!(
        text("SELECT state || error_code || http_status FROM row WHERE number = 2"),
        "failedapi_error200"
    );
    assert_eq!(number("SELECT attempts FROM row WHERE number = 2"), 1);
    assert_eq!(number("SELECT count(*) FROM row WHERE ended >= sent"), 2);
    assert_eq!(number("SELECT count(*) FROM input"), 0);
    // What was typed can be read without us.
    let options = text("SELECT options FROM run");
    for typed in ["Прим=comment", "employee_id=3", "50/s", sandbox.url()] {
        assert!(options.contains(typed), "{typed} is not in {options}");
    }
    assert_eq!(journal.value::<String>("PRAGMA integrity_check"), "ok");
}

/// Before the run's own results, afterwards, and from another folder: always the same bytes.
#[test]
fn results_written_anew_are_the_same_to_the_byte() {
    let place = Place::new().with(
        "input.csv",
        "\u{FEFF}customer_id;amount;comment\r\n1;5;\"a;b\"\r\n77;6;y\r\n2;oops;z\r\n3;1;z\r\n",
    );
    let sandbox = Sandbox::with("--fault 500-after@3");
    let line =
        "import change_balance input.csv --skip-invalid --no-reconcile --concurrency 1 --failed left.csv";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let (results, failed) = (place.bytes("input.results.csv"), place.bytes("left.csv"));
    let requests = sandbox.requests();

    userside(&place).line("results input.journal").run().exits(1).says("input.results.csv");
    assert_eq!((place.bytes("input.results.csv"), place.bytes("left.csv")), (results.clone(), failed));

    let elsewhere = Place::new();
    let journal = place.path("input.journal");
    let program = userside(&elsewhere).without_key().line("results --results own.csv --failed rest.csv");
    program.args([&journal]).run().exits(1);
    assert_eq!(elsewhere.bytes("own.csv"), results);
    let output = userside(&elsewhere).line("results --results -").args([&journal]).run().exits(1);
    assert_eq!(output.stdout.as_bytes(), results);
    // Without a name they lie where they would have been.
    std::fs::remove_file(place.path("input.results.csv")).expect("results");
    userside(&elsewhere).line("results").args([&journal]).run().exits(1);
    assert_eq!(place.bytes("input.results.csv"), results);
    assert_eq!(sandbox.requests(), requests);
}

/// Whoever wants to know how far it is does not disturb it.
#[test]
fn results_can_be_written_while_the_run_is_under_way() {
    let (place, sandbox) = ten();
    let running = stalled(&place, &sandbox);
    let output = userside(&place).line("results input.journal --results so-far.csv").run().exits(1);
    let fates = output.results_in("so-far.csv").fates();
    // Some behind the fourth are marked as well: many rows share one commit.
    assert_eq!(fates.len(), 10);
    assert!(fates[..9].is_sorted_by_key(|fate| ["ok", "un", "sk"].iter().position(|s| fate.starts_with(s))));
    assert_eq!((fates[3].as_str(), fates[9].as_str()), ("unknown stopped - 1", "skipped stopped - 0"));
    assert!(output.results_in("so-far.csv").rows[3].result("error").contains("no answer"));
    running.killed();
    let line = "resume input.journal --settle 0s --resend";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 10);
}

/// People move a journal, and know nothing of other files beside it: what was sent is in the one file.
#[test]
fn a_journal_that_was_moved_alone_forgets_nothing() {
    let (place, sandbox) = ten();
    stalled(&place, &sandbox).killed();
    std::fs::rename(place.path("input.journal"), place.path("kept.journal")).expect("moved");
    let beside = place.names().into_iter().filter(|name| name.starts_with("input.journal"));
    beside.for_each(|name| std::fs::remove_file(place.path(&name)).expect("removed"));
    let line = "resume kept.journal --settle 0s --resend";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 10);
}

/// Both would send the rest.
#[test]
fn a_copy_of_a_journal_is_refused_beside_its_original() {
    let (place, sandbox) = ten();
    stalled(&place, &sandbox).killed();
    std::fs::copy(place.path("input.journal"), place.path("copy.journal")).expect("copied");
    let refused = userside(&place).line("resume copy.journal").to(&sandbox).run().exits(2);
    refused.says("is a copy of the journal").says("input.journal");
    let line = "resume input.journal --settle 0s --resend";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    userside(&place).line("resume copy.journal").to(&sandbox).run().exits(2);
    assert_eq!(sandbox.bookings().len(), 10);
}

/// A folder is moved as a whole, the input with it.
#[test]
fn a_run_goes_on_in_a_folder_that_was_moved() {
    let (place, sandbox) = ten();
    stalled(&place, &sandbox).killed();
    std::fs::create_dir(place.path("moved")).expect("a folder");
    for name in ["input.csv", "input.journal"] {
        std::fs::rename(place.path(name), place.path("moved").join(name)).expect("moved");
    }
    let line = "resume moved/input.journal --settle 0s --resend";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.results_in("moved/input.results.csv").all_are("ok");
}

/// A journal taken away by hand leaves companions behind, which are none of the next run's business.
#[test]
fn a_new_run_takes_nothing_from_a_journal_that_was_removed() {
    let (place, sandbox) = ten();
    stalled(&place, &sandbox).killed();
    std::fs::remove_file(place.path("input.journal")).expect("removed");
    place.write("input.csv", "customer_id,amount,comment\n1,9.99,april\n2,9.99,april\n");
    let line = "import change_balance input.csv";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    let april = sandbox.bookings().into_iter().filter(|booking| booking.2.contains("april"));
    assert_eq!(april.count(), 2);
}

/// Every command that works with a journal leaves a session in it.
#[test]
fn every_command_is_a_session() {
    let place = Place::new().with_bookings(3);
    let sandbox = Sandbox::with("--fault 403@2 --fault 500-after@3");
    let run = |line: &str, code: i32| userside(&place).line(line).to(&sandbox).run().exits(code);
    run("import change_balance input.csv --concurrency 1", 3);
    run("resume input.journal --no-reconcile", 1);
    run("reconcile input.journal --settle 0s", 1);
    let journal = Journal::read(&place, "input.journal");
    let sessions = "SELECT group_concat(command || ' ' || exit, ', ') FROM session WHERE ended >= begun";
    assert_eq!(journal.value::<String>(sessions), "import 3, resume 1, reconcile 1");
}
