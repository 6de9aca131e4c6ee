//! Two programs that would send the same rows: with locks the second is refused; without working locks nothing is sent
//! that must not be sent twice.

use crate::support::{Place, Running, Sandbox, userside};

/// Ten bookings of which the third never has an answer.
fn stalled(place: &Place, sandbox: &Sandbox, results: &str) -> Running {
    let line = "import change_balance input.csv --concurrency 1 --timeout 120s --results";
    let running = userside(place).line(line).line(results).to(sandbox).start();
    sandbox.has_seen(3);
    running
}

fn ten() -> (Place, Sandbox) {
    (Place::new().with_bookings(10), Sandbox::with("--customers 10 --fault stall@3"))
}

/// Each has a journal of its own, so the journals know nothing of each other.
#[test]
fn of_two_imports_of_one_file_at_once_the_second_is_refused() {
    let (place, sandbox) = ten();
    let running = stalled(&place, &sandbox, "one.csv");
    let requests = sandbox.requests();
    let line = "import change_balance input.csv --results two.csv";
    let refused = userside(&place).line(line).to(&sandbox).run().exits(2);
    refused.says("another run is sending the rows of input.csv at this moment");
    assert_eq!(sandbox.requests(), requests);
    assert!(!place.exists("two.csv") && !place.exists("two.journal"), "{:?}", place.names());
    // What may be sent twice is kept from nothing.
    let line = "import edit input.csv --map customer_id=id --map amount= --results edited.csv";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    running.killed();
}

/// The journal of the first is held, and so is the input: nobody else goes on with one of several.
#[test]
fn a_resume_beside_an_import_of_the_same_file_is_refused() {
    let place = Place::new().with_bookings(10);
    let first = Sandbox::with("--customers 10 --fault stall@3");
    stalled(&place, &first, "one.csv").killed();
    let second = Sandbox::with("--customers 10 --fault stall@3");
    let running = stalled(&place, &second, "two.csv");
    let refused = userside(&place).line("resume one.journal --settle 0s").to(&first).run().exits(2);
    refused.says("another run is sending the rows of").says("input.csv at this moment");
    running.killed();
    let line = "resume one.journal --settle 0s --resend";
    userside(&place).line(line).to(&first).run().exits(0).results_in("one.csv").all_are("ok");
}

/// What was found out before the question is asked once more after the answer.
#[cfg(unix)]
#[test]
fn a_run_that_began_while_a_person_was_asked_is_not_forgotten() {
    for first in [false, true] {
        let (place, sandbox) = ten();
        if first {
            // A finished run lies there, and makes way.
            place.write("input.csv", "customer_id,amount,comment\n1,2,x\n");
            let line = "import change_balance input.csv";
            userside(&place).line(line).to(&Sandbox::start()).run().exits(0);
            place.write("input.csv", Place::new().with_bookings(10).bytes("input.csv"));
        }
        let line = "import change_balance input.csv";
        let (asking, mut terminal) = userside(&place).line(line).to(&sandbox).start_on_terminal();
        terminal.shows("[y/N]");
        // The place of the results is the first one's.
        stalled(&place, &sandbox, "other.csv --journal input.journal").killed();
        let writes = sandbox.writes().len();
        terminal.types("y\n");
        asking.wait().exits(2);
        terminal.shows("is not finished");
        assert_eq!(sandbox.writes().len(), writes);
        let line = "resume input.journal --settle 0s --resend";
        userside(&place).line(line).to(&sandbox).run().exits(0).results_in("other.csv").all_are("ok");
        assert_eq!(sandbox.bookings().len(), 10);
    }
}

/// The journal is held while the person thinks.
#[cfg(unix)]
#[test]
fn a_run_that_waits_for_an_answer_is_nobody_elses() {
    let (place, sandbox) = ten();
    stalled(&place, &sandbox, "input.results.csv").killed();
    let line = "resume input.journal --settle 0s --resend";
    let (asking, mut terminal) = userside(&place).line(line).to(&sandbox).start_on_terminal();
    terminal.shows("[y/N]");
    let refused = userside(&place).line(line).to(&sandbox).run().exits(2);
    refused.says("another run is using the journal input.journal");
    terminal.types("y\n");
    asking.wait().exits(0).results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 10);
}

#[cfg(target_os = "linux")]
mod without_locks {
    use std::process::Command;
    use std::sync::mpsc::channel;

    use super::{stalled, ten};
    use crate::support::{Answer, Journal, Place, Program, Responder, Sandbox, userside};

    /// What a file system says that has no locks: the library's function is replaced by one that fails.
    const STUB: &str = "#include <errno.h>\nint flock(int file, int how) { errno = ENOLCK; return -1; }\n";

    /// Programs for which no file system has locks; none where there is no compiler.
    fn without_locks(place: &Place) -> Option<impl Fn(&Place) -> Program + use<>> {
        place.write("stub.c", STUB);
        let (source, library) = (place.path("stub.c"), place.path("stub.so"));
        let made = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status();
        if !made.as_ref().is_ok_and(std::process::ExitStatus::success) {
            println!("skipped: without a C compiler there is no stub to make: {made:?}");
            return None;
        }
        let library = library.display().to_string();
        Some(move |place: &Place| userside(place).env("LD_PRELOAD", &library))
    }

    #[test]
    fn what_must_not_be_sent_twice_is_not_sent() {
        let (tools, sandbox) = (Place::new(), Sandbox::start());
        let Some(userside) = without_locks(&tools) else { return };
        for operation in ["change_balance", "add --map customer_id= --map amount= --map comment=fio"] {
            let place = Place::new().with_bookings(5);
            let line = format!("import {operation} input.csv");
            let refused = userside(&place).line(&line).to(&sandbox).run().exits(2);
            refused.says("has no working locks").says("--journal FILE");
            assert_eq!(place.names(), ["input.csv"]);
        }
        assert_eq!(sandbox.writes().len(), 0);
        // What may be sent twice is sent.
        let place = Place::new().with("input.csv", "id,comment\n1,x\n");
        userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0);
    }

    #[test]
    fn of_two_resumes_at_once_neither_sends() {
        let (place, sandbox) = ten();
        stalled(&place, &sandbox, "input.results.csv").killed();
        let tools = Place::new();
        let Some(userside) = without_locks(&tools) else { return };
        let (writes, line) = (sandbox.writes().len(), "resume input.journal --settle 0s --resend");
        let start = || userside(&place).line(line).to(&sandbox).start();
        let (one, other) = (start(), start());
        one.wait().exits(2).says("has no working locks");
        other.wait().exits(2).says("has no working locks");
        assert_eq!(sandbox.writes().len(), writes);
        // It goes on where locks work.
        crate::support::userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
        assert_eq!(sandbox.bookings().len(), 10);
    }

    /// The numbers of the sessions keep apart what no lock does.
    #[test]
    fn a_program_whose_run_another_has_taken_over_stops() {
        let place = Place::new().with("input.csv", "id,comment\n1,a\n2,b\n3,c\n4,d\n");
        let tools = Place::new();
        let Some(userside) = without_locks(&tools) else { return };
        let (arrived, waits) = channel();
        let (go, may_answer) = channel::<()>();
        // The second row's answer comes when the other program has done everything.
        let server = Responder::start(move |number, _| {
            if number == 2 {
                arrived.send(()).expect("the test listens");
                let _ = may_answer.recv();
            }
            Some(Answer::ok())
        });
        let line = "import edit input.csv --concurrency 1 --burst 1 --timeout 120s";
        let one = userside(&place).line(line).at_url(server.url()).start();
        waits.recv().expect("the second row is on its way");
        let sandbox = Sandbox::start();
        let other = userside(&place).line("resume input.journal").to(&sandbox).run().exits(0);
        other.results().all_are("ok");
        let results = place.bytes("input.results.csv");
        go.send(()).expect("the server waits");
        let one = one.wait().exits(3);
        one.says("another program has begun to work with the journal input.journal");
        assert_eq!(place.bytes("input.results.csv"), results, "the results are the other one's");
        let states = Journal::read(&place, "input.journal").states();
        assert!(states.len() == 4 && states.iter().all(|(_, state)| state == "ok"), "{states:?}");
    }
}
