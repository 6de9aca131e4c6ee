//! Files that are no journal, or not one that can be used: a clear word and exit code 2 before anything is
//! sent, and the file stays as it is.

use std::fs;

use crate::support::{Journal, Place, Sandbox, userside};

/// The journal of a run that was stopped after its first row.
fn stopped() -> (Place, Sandbox) {
    let (place, sandbox) = (Place::new().with_bookings(4), Sandbox::with("--fault 403@2"));
    let line = "import change_balance input.csv --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    (place, sandbox)
}

const COMMANDS: [&str; 5] = [
    "import change_balance input.csv",
    "resume input.journal",
    "reconcile input.journal",
    "results input.journal",
    "undo input.journal",
];

/// Every command refuses what lies there, with these words, and changes nothing.
#[track_caller]
fn all_refuse(place: &Place, sandbox: &Sandbox, said: &str) {
    // The database may leave its own two files beside the journal.
    let names = || -> Vec<_> { place.names().into_iter().filter(|name| !name.contains("-")).collect() };
    let (before, requests) = (names(), sandbox.requests());
    let content = fs::read(place.path("input.journal")).ok();
    for command in COMMANDS {
        let program = userside(place).line(command);
        let sends = !command.starts_with("results") && !command.starts_with("undo");
        let output = if sends { program.to(sandbox).run() } else { program.run() };
        output.exits(2).says(said).says("input.journal");
    }
    assert_eq!((names(), sandbox.requests()), (before, requests));
    assert_eq!(fs::read(place.path("input.journal")).ok(), content);
}

#[test]
fn a_foreign_file_is_named_as_such() {
    let (place, sandbox) = stopped();
    fs::remove_file(place.path("input.journal")).expect("a journal");
    let other = rusqlite::Connection::open(place.path("other.db")).expect("a database");
    other.execute_batch("CREATE TABLE run (id TEXT)").expect("a table");
    drop(other);
    let database = place.bytes("other.db");
    for content in [&b""[..], b"x", b"customer_id,amount\n1,5\n", &[0; 4096], &database] {
        place.write("input.journal", content);
        all_refuse(&place, &sandbox, "is not a userside-bulk journal");
    }
    // Who insists keeps it all the same.
    let line = "import change_balance input.csv --new-run --booked ignore";
    userside(&place).line(line).to(&sandbox).run().exits(0).says("input.1.journal");
    assert_eq!(place.bytes("input.1.journal"), database);
}

#[test]
fn a_truncated_or_damaged_journal_is_refused() {
    let (place, sandbox) = stopped();
    let whole = place.bytes("input.journal");
    let mut overwritten = whole.clone();
    overwritten[4096..].fill(0x5a);
    for content in [&whole[..whole.len() / 2], &whole[..5000], &overwritten] {
        place.write("input.journal", content);
        all_refuse(&place, &sandbox, "is damaged");
    }
    place.write("input.journal", &whole[..50]);
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(2);
    output.says("input.journal");
    // The whole one goes on as if nothing had been.
    place.write("input.journal", &whole);
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    assert_eq!(sandbox.applied(), 3);
}

#[test]
fn a_journal_of_another_version_is_refused() {
    let (place, sandbox) = stopped();
    Journal::spoil(&place, "input.journal").execute("PRAGMA user_version = 99");
    all_refuse(&place, &sandbox, "has version 99, and this program knows version 2");
    let program = userside(&place).line("resume input.journal").to(&sandbox);
    program.run().says(concat!("userside-bulk ", env!("CARGO_PKG_VERSION")));
    Journal::spoil(&place, "input.journal").execute("PRAGMA user_version = 2");
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
}

/// Nothing that stands in a journal is trusted.
#[test]
fn options_that_somebody_has_changed_are_refused() {
    let (place, sandbox) = stopped();
    let requests = sandbox.requests();
    for (change, said) in [
        ("'{'", "cannot be read"),
        ("replace(options, '\"url\"', '\"sudo\"')", "'sudo' or \"sudo\""),
        ("replace(options, 'change_balance', 'frobnicate')", "frobnicate"),
    ] {
        let before: String = Journal::read(&place, "input.journal").value("SELECT options FROM run");
        Journal::spoil(&place, "input.journal").rewrite(&format!("UPDATE run SET options = {change}"));
        let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(2);
        let is_said = said.split(" or ").any(|said| output.stderr.contains(said));
        assert!(is_said, "{said}\n{}", output.report());
        let before = before.replace('\'', "''");
        Journal::spoil(&place, "input.journal").rewrite(&format!("UPDATE run SET options = '{before}'"));
    }
    assert_eq!(sandbox.requests(), requests);
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
}

#[test]
fn a_folder_in_its_place_is_refused() {
    let (place, sandbox) = stopped();
    fs::remove_file(place.path("input.journal")).expect("a journal");
    fs::create_dir(place.path("input.journal")).expect("a folder");
    all_refuse(&place, &sandbox, "input.journal");
}

/// What cannot be written down must not be sent.
#[test]
fn a_place_where_no_journal_can_be_made_is_found_before_anything_is_sent() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::start());
    // Not even root can make files in the second one.
    for path in ["nowhere/run.journal", "/proc/self/run.journal"] {
        let line = format!("import change_balance input.csv --journal {path}");
        userside(&place).line(&line).to(&sandbox).run().exits(2).says("cannot make the journal").says(path);
    }
    assert!(sandbox.log().is_empty());
}

#[cfg(unix)]
#[test]
fn a_journal_that_may_not_be_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (place, sandbox) = stopped();
    let set = |mode| {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(place.path("input.journal"), permissions).expect("permissions");
    };
    for mode in [0o000, 0o400] {
        set(mode);
        if fs::OpenOptions::new().write(true).open(place.path("input.journal")).is_ok() {
            println!("skipped: whoever runs the tests may read and write everything");
            set(0o600);
            return;
        }
        let output = userside(&place).line("resume input.journal").to(&sandbox).run();
        set(0o600);
        output.exits(2).says("cannot open the journal input.journal");
    }
    assert_eq!(sandbox.applied(), 1);
}
