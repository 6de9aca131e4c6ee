//! Steps of `migrate` of whose answers nothing is known: they are looked for, never repeated by themselves, and what comes
//! after them is sent once they are known to be done.

use crate::support::{Journal, Output, Place, Sandbox, userside};

const INPUT: &str = "\
fio,codeti,edit.comment,amount,change_balance.comment
Іван,c/1,one,1.10,opening
Петро,c/2,two,2.20,opening
";

fn import(place: &Place, sandbox: &Sandbox, options: &str) -> Output {
    let retries = if options.contains("--retries") { "" } else { "--retries 0" };
    let line = format!("import migrate input.csv --concurrency 1 --settle 0s {retries} {options}");
    userside(place).line(&line).to(sandbox).run()
}

#[track_caller]
fn all_is_there(sandbox: &Sandbox) {
    let customers = sandbox.ledger()["customers"].clone();
    let customers = customers.as_array().expect("customers").iter().filter(|c| c["id"].as_u64() > Some(1000));
    let found: Vec<_> =
        customers.map(|c| (c["codeti"].clone(), c["comment"].clone(), c["balance"].clone())).collect();
    let expected =
        [("c/1", "one", "1.10"), ("c/2", "two", "2.20")].map(|(a, b, c)| (a.into(), b.into(), c.into()));
    let mut sorted = found.clone();
    sorted.sort_by_key(|found| found.0.as_str().unwrap_or_default().to_owned());
    assert_eq!(sorted, expected);
    assert_eq!(sandbox.bookings().len(), 2);
}

/// The second row's writes are the fourth to the sixth.
#[test]
fn a_lost_answer_is_found_out_and_the_row_goes_on_in_the_same_command() {
    for fault in ["drop-after", "500-after", "truncate", "no-id"] {
        for (step, write) in [("add", 4), ("edit", 5), ("change_balance", 6)] {
            if fault == "no-id" && step != "add" {
                continue;
            }
            let place = Place::new().with("input.csv", INPUT);
            let sandbox = Sandbox::with(&format!("--fault {fault}@{write}"));
            let options = if step == "edit" { "--retries 2" } else { "" };
            let line = format!("import migrate input.csv --concurrency 1 --settle 0s {options}");
            let output = userside(&place).line(&line).to(&sandbox).run();
            assert_eq!(output.code, Some(0), "{fault} of {step}\n{}", output.report());
            output.results().all_are("ok");
            all_is_there(&sandbox);
            assert_eq!(output.results().rows[1].result("id"), "1002");
        }
    }
}

/// The first row goes alone. Its customer is looked for all the same.
#[test]
fn a_lost_answer_of_the_first_row_is_found_out_too() {
    for write in [1, 2, 3, 6] {
        let place = Place::new().with("input.csv", INPUT);
        let sandbox = Sandbox::with(&format!("--fault drop-after@{write}"));
        let output = import(&place, &sandbox, "--resend");
        assert_eq!(output.code, Some(0), "{write}\n{}", output.report());
        output.results().all_are("ok");
        all_is_there(&sandbox);
    }
}

/// What the server does not have is not sent again by itself; `--resend` sends it, and what comes after it.
#[test]
fn what_was_not_applied_is_sent_again_on_request_with_what_comes_after_it() {
    for (step, write) in [("add", 4), ("change_balance", 6)] {
        let place = Place::new().with("input.csv", INPUT);
        let sandbox = Sandbox::with(&format!("--fault drop-before@{write}"));
        let output = import(&place, &sandbox, "").exits(1);
        let row = output.results().rows[1].clone();
        assert_eq!(row.result(step), "failed", "{step}\n{}", output.report());
        assert_eq!(row.result("error_code"), "not_applied");
        assert_eq!(row.result("status"), if step == "add" { "failed" } else { "partial" });
        let output = output.says("--resend");
        drop(output);
        let output = userside(&place).line("resume input.journal --resend --settle 0s").to(&sandbox).run();
        assert_eq!(output.code, Some(0), "{step}\n{}", output.report());
        output.results().all_are("ok");
        all_is_there(&sandbox);
    }
}

/// After `kill -9` at each request of a row, each step has a true state, and the row goes on there.
#[test]
fn an_answer_that_the_program_did_not_live_to_see_is_found_out_by_resume() {
    for write in 1..=6 {
        let place = Place::new().with("input.csv", INPUT);
        let sandbox = Sandbox::with(&format!("--fault stall@{write}"));
        let mut running = userside(&place)
            .line("import migrate input.csv --concurrency 1 --timeout 60s --settle 0s")
            .to(&sandbox)
            .start();
        sandbox.has_seen(write);
        running.kill();
        running.wait();
        let results = userside(&place).line("results input.journal").run().exits(1).results();
        let (row, step) = ((write - 1) / 3, (write - 1) % 3);
        let expected = if step == 0 { "unknown" } else { "partial" };
        assert_eq!(results.rows[row].result("status"), expected, "{write}");
        let name = ["add", "edit", "change_balance"][step];
        assert_eq!(results.rows[row].result(name), "unknown", "{write}: {:?}", results.rows[row]);
        let status = userside(&place).line("status").run().exits(0).stdout;
        assert!(status.contains("resume") || status.contains("reconcile"), "{status}");
        let names = place.names().into_iter().filter(|name| name.starts_with("input.journal"));
        let backup: Vec<_> = names.map(|name| (place.bytes(&name), name)).collect();
        // The second time the journal is one from a backup, which knows nothing of the first.
        for _ in 0..2 {
            let output = userside(&place).line("resume input.journal --settle 0s").to(&sandbox).run();
            assert_eq!(output.code, Some(0), "{write}\n{}", output.report());
            output.results().all_are("ok");
            all_is_there(&sandbox);
            backup.iter().for_each(|(bytes, name)| place.write(name, bytes));
        }
    }
}

/// `reconcile` sends nothing: it finds out what became of the step, and says that the rest is to be sent.
#[test]
fn reconcile_settles_the_step_and_leaves_the_rest_to_resume() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault drop-after@1");
    let results = import(&place, &sandbox, "--no-reconcile").exits(1).results();
    assert_eq!((results.rows[0].result("status"), results.rows[0].result("add")), ("unknown", "unknown"));
    let writes = sandbox.writes().len();
    let output = userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run();
    let output = output.says("next: `userside-bulk resume input.journal");
    assert_eq!(output.results().rows[0].result("status"), "partial");
    assert_eq!(output.results().rows[0].result("add"), "ok");
    // Never failed or unknown, which would mean that nothing of it was applied for certain.
    let status = userside(&place).line("status").run().exits(0).stdout;
    assert!(status.contains("2 rows, 1 ok, 1 partial"), "{status}");
    let status = userside(&place).line("status --json").run().exits(0).stdout;
    assert!(status.contains(r#""partial":1"#) && status.contains(r#""not_sent":0"#), "{status}");
    assert_eq!(sandbox.writes().len(), writes);
    userside(&place)
        .line("resume input.journal --settle 0s")
        .to(&sandbox)
        .run()
        .exits(0)
        .results()
        .all_are("ok");
    all_is_there(&sandbox);
}

/// A booking that a proxy has sent twice is named, and the surplus can be taken back, whoever made its customer.
#[test]
fn a_booking_that_is_there_twice_is_taken_back() {
    for write in [3, 6] {
        let place = Place::new().with("input.csv", INPUT);
        let sandbox = Sandbox::with(&format!("--fault double@{write}"));
        let output = import(&place, &sandbox, "");
        assert_eq!(output.code, Some(1), "{write}\n{}", output.report());
        let row = output.results().rows[write / 3 - 1].clone();
        assert_eq!((row.result("status"), row.result("error_code")), ("ok", "booked_twice"));
        userside(&place).line("undo input.journal --surplus --output surplus.csv").run().exits(0);
        userside(&place).line("import change_balance surplus.csv").to(&sandbox).run().exits(0);
        let balances: Vec<String> =
            sandbox.balances().into_iter().filter(|(id, _)| *id > 1000).map(|(_, b)| b.to_string()).collect();
        assert_eq!(balances, ["1.1", "2.2"]);
    }
}

/// Of a journal from a backup the server knows more: nothing is made or booked again.
#[test]
fn a_journal_from_a_backup_finds_what_was_done_since() {
    for stopped in 2..=6 {
        let place = Place::new().with("input.csv", INPUT);
        let sandbox = Sandbox::with(&format!("--fault 403@{stopped}"));
        import(&place, &sandbox, "").exits(3);
        let backup = place.bytes("input.journal");
        let first = userside(&place).line("resume input.journal").to(&sandbox).run().results();
        place.write("input.journal", backup);
        let output = userside(&place).line("resume input.journal").to(&sandbox).run();
        let again = output.results();
        assert_eq!(again.statuses(), first.statuses(), "{stopped}\n{}", output.report());
        assert_eq!(again.column("result_id"), first.column("result_id"), "{stopped}");
        let customers = sandbox.balances().len() - 5;
        let refused_add = usize::from(stopped % 3 == 1);
        assert_eq!(customers, 2 - refused_add, "{stopped}\n{}", output.report());
        assert!(sandbox.bookings().len() <= 2, "{stopped}: {:?}", sandbox.bookings());
        let mut booked: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
        booked.dedup();
        assert_eq!(booked.len(), sandbox.bookings().len());
    }
}

/// Without a tag likeness never makes a booking ok; the row stays partial.
#[test]
fn without_a_tag_a_lost_booking_stays_unknown() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault drop-after@6");
    let output = import(&place, &sandbox, "--no-comment-tag").exits(1);
    let row = output.results().rows[1].clone();
    assert_eq!((row.result("status"), row.result("change_balance")), ("partial", "unknown"));
    assert_eq!(sandbox.bookings()[0].2, "opening");
    let journal = Journal::read(&place, "input.journal");
    assert_eq!(journal.value::<i64>("SELECT count(*) FROM row WHERE state = 'unknown'"), 1);
}

/// A history that can't be read keeps its row back, whole, and says why.
#[test]
fn a_row_whose_history_can_not_be_read_waits_whole() {
    let input = "id,edit.comment,amount,change_balance.comment\n1,one,1,a\n2,two,2,a\n";
    let place = Place::new().with("input.csv", input);
    let sandbox = Sandbox::with("--bookings 1 --fault read:html@3");
    let output = import(&place, &sandbox, "");
    let results = output.results();
    let row = &results.rows[1];
    assert_eq!(
        (row.result("status"), row.result("edit"), row.result("change_balance")),
        ("skipped", "skipped", "skipped")
    );
    assert_eq!(row.result("error_code"), "bad_answer", "{}", output.report());
    assert!(row.result("error").contains("history"), "{row:?}");
    assert_eq!(sandbox.writes().len(), 2);
}
