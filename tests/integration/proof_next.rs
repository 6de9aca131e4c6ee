//! The one command to type next; and what `--failed` holds and what the program settles itself never overlap.

use serde_json::Value;

use crate::support::{Output, Place, Sandbox, userside};

/// The command that a summary ends with.
fn next(output: &Output) -> Option<String> {
    let line = output.stderr.lines().last()?.strip_prefix("next: ")?;
    Some(line.split('`').nth(1)?.strip_prefix("userside-bulk ")?.to_owned())
}

/// Whatever the summary says is typed, until it says nothing more.
#[test]
fn the_next_command_leads_to_the_end() {
    let (place, sandbox) = (
        Place::new().with_bookings(9),
        Sandbox::with(
            "--customers 9 --fault drop-after@2 --fault drop-before@3 --fault error@5 --fault 403@7",
        ),
    );
    let line = "import change_balance input.csv --no-reconcile --concurrency 1 --settle 0s";
    let mut output = userside(&place).line(line).to(&sandbox).run().exits(3);
    let mut typed = Vec::new();
    while let Some(command) = next(&output) {
        assert!(typed.len() < 9, "{typed:?}");
        // `status` says the same.
        let status = userside(&place).line("status").run().exits(0);
        assert!(status.stdout.contains(&command), "{command}: {}", status.stdout);
        let program = userside(&place).line(&command);
        output = if command.starts_with("results") { program } else { program.to(&sandbox) }.run();
        typed.push(command);
    }
    let failed = "results input.journal --failed input.failed.csv";
    assert_eq!(typed, ["reconcile input.journal", "resume input.journal --resend", failed]);
    let statuses = output.results().statuses().join(" ");
    assert_eq!(statuses, "ok ok ok ok failed ok failed ok ok", "{}", output.report());
    // The row that the key stopped needs another key, not a person's correction.
    assert_eq!(place.text("input.failed.csv").lines().count(), 2, "{}", place.text("input.failed.csv"));
    assert_eq!(sandbox.bookings().len(), 7);
}

/// Rows that the server's answers can't settle are a person's: they keep nothing else from being done, and nobody is sent
/// round in circles.
#[test]
fn what_stays_unknown_leaves_the_next_command_to_the_rest() {
    let names: String = (1..=6).map(|n| format!("Person {n},1\n")).collect();
    let place = Place::new().with("input.csv", format!("fio,billing_id\n{names}"));
    let sandbox = Sandbox::with("--fault drop-after@2 --fault 403@4 --fault error@6");
    let line = "import add input.csv --concurrency 1 --settle 0s";
    let mut output = userside(&place).line(line).to(&sandbox).run().exits(3).says("import just these rows");
    let mut typed = Vec::new();
    while let Some(command) = next(&output) {
        assert!(typed.len() < 5, "{typed:?}");
        let program = userside(&place).line(&command);
        output = if command.starts_with("results") { program } else { program.to(&sandbox) }.run();
        typed.push(command);
    }
    let failed = "results input.journal --failed input.failed.csv";
    assert_eq!(typed, ["reconcile input.journal", "resume input.journal", failed]);
    assert_eq!(output.results().statuses(), ["ok", "unknown", "ok", "failed", "ok", "failed"]);
    output.says("input.failed.csv and import that file").says("result_error says where to look");
}

/// Both ways out are followed, in either order: nothing is booked twice.
#[test]
fn failed_rows_and_resent_rows_do_not_overlap() {
    for failed_first in [true, false] {
        let place = Place::new().with_bookings(300);
        let faults = "--fault error@10,20 --fault drop-before@30,40 --fault drop-after@50";
        let sandbox = Sandbox::with(&format!("--customers 400 {faults}"));
        let line = "import change_balance input.csv --concurrency 4 --settle 0s --failed failed.csv";
        let output = userside(&place).line(line).to(&sandbox).run().exits(1);
        output.says("next: `userside-bulk resume input.journal --resend`").says("fix the rows in failed.csv");
        // Those that the server refused, and none that is proven not applied.
        let failed = place.text("failed.csv");
        assert_eq!(failed.lines().count(), 3, "{failed}");
        let resend = || userside(&place).line("resume input.journal --resend").to(&sandbox).run().exits(1);
        let import = || userside(&place).line("import change_balance failed.csv").to(&sandbox).run().exits(0);
        if failed_first {
            import();
            resend();
        } else {
            resend();
            import();
        }
        let mut booked: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
        booked.sort_unstable();
        assert_eq!(booked, (1..=300).collect::<Vec<_>>());
    }
}

/// In the input's own columns, with the reason at the end, which is passed over when the file is fed back.
#[test]
fn the_failed_file_says_why_and_can_be_fed_back() {
    let place = Place::new()
        .with("input.csv", "id;comment;result_status\n1;x;ok\n77;\"y;z\";failed\nq;w;ok\n2;v;ok\n");
    let sandbox = Sandbox::start();
    let line = "import edit input.csv --skip-invalid --failed failed.csv";
    userside(&place).line(line).to(&sandbox).run().exits(1).says("rows to fix: failed.csv");
    let text = place.text("failed.csv").replace('\r', "");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "id;comment;why");
    assert!(lines[1].starts_with("77;\"y;z\";") && lines[2].starts_with("q;w;"), "{text}");
    assert!(lines[1..].iter().all(|line| line.len() > 20), "{text}");
    place.write("fixed.csv", text.replace("77;", "3;").replace("q;", "4;"));
    userside(&place).line("import edit fixed.csv").to(&sandbox).run().exits(0);
    assert!(!place.text("fixed.results.csv").contains("why"));
    assert_eq!(sandbox.customer(3)["comment"], "y;z");
}

/// A run that stopped leaves to `resume` what `resume` sends.
#[test]
fn the_failed_file_of_an_open_run_holds_no_row_that_resume_sends() {
    let (place, sandbox) =
        (Place::new().with_bookings(5), Sandbox::with("--fault error@1 --fault drop-after@2 --fault 403@4"));
    let line = "import change_balance input.csv --no-reconcile --concurrency 1 --failed failed.csv";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    assert_eq!(place.text("failed.csv").lines().count(), 2, "{}", place.text("failed.csv"));
}

#[test]
fn the_object_names_the_next_command_and_counts_reads_and_writes() {
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with("--fault error@2"));
    let line = "import change_balance input.csv --json";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let object: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(object["next"], "userside-bulk results input.journal --failed input.failed.csv");
    let count = |is_read: bool| sandbox.log().iter().filter(|entry| entry.is_read() == is_read).count();
    assert_eq!((&object["reads"], &object["writes"]), (&count(true).into(), &count(false).into()));
    assert_eq!(object["requests"], sandbox.requests());
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::start());
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    let object: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(object["next"], Value::Null);
}

/// By journal, by folder and by file alike, and the exit code follows the rows.
#[test]
fn a_finished_run_says_how_many_rows_are_not_applied() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::with("--fault error@2"));
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(1);
    for line in ["resume input.journal", "resume", "resume input.csv", "resume ."] {
        let output = userside(&place).line(line).to(&sandbox).run().exits(1);
        output.says("this run is finished, and 1 row of it is not applied; there is nothing to go on with");
    }
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::start());
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    for line in ["resume input.journal", "resume"] {
        let output = userside(&place).line(line).to(&sandbox).run().exits(0);
        output.says("this run is finished; there is nothing to go on with");
    }
}
