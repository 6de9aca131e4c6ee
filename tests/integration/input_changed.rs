//! `resume` and its kin refuse an input that is not the one of the run: nobody could tell which row is which.

use crate::support::{Place, Sandbox, userside};

const COMMANDS: [&str; 4] =
    ["resume input.journal", "reconcile input.journal", "results input.journal", "undo input.journal"];

/// A run that was stopped at its second row, whose first one nobody knows about.
fn stopped() -> (Place, Sandbox) {
    let place = Place::new().with_bookings(4);
    let sandbox = Sandbox::with("--fault drop-after@1 --fault 403@2");
    let line = "import change_balance input.csv --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    (place, sandbox)
}

#[track_caller]
fn all_refuse(place: &Place, sandbox: &Sandbox, said: &[&str]) {
    let (requests, results) = (sandbox.requests(), place.bytes("input.results.csv"));
    for command in COMMANDS {
        let program = userside(place).line(command);
        let sends = command.starts_with("re") && !command.starts_with("results");
        let mut output = if sends { program.to(sandbox).run() } else { program.run() }.exits(2);
        for text in said {
            output = output.says(text);
        }
    }
    assert_eq!((sandbox.requests(), place.bytes("input.results.csv")), (requests, results));
    assert!(!place.exists("input.undo.csv"));
}

#[test]
fn another_size_is_refused_and_both_are_named() {
    let (place, sandbox) = stopped();
    let content = place.text("input.csv");
    place.write("input.csv", format!("{content}5,1.00,row 5\n"));
    let (was, is) = (format!("{} bytes", content.len()), format!("{} bytes", content.len() + 13));
    all_refuse(&place, &sandbox, &["has changed since the run began", &was, &is, "sha256"]);
}

#[test]
fn the_same_size_with_other_bytes_is_refused_and_both_are_named() {
    let (place, sandbox) = stopped();
    let content = place.text("input.csv");
    let hash = |text: &str| {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(text.as_bytes());
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let other = content.replace("3,1.00", "3,9.00");
    assert_eq!(other.len(), content.len());
    place.write("input.csv", &other);
    all_refuse(&place, &sandbox, &["has changed", &hash(&content), &hash(&other)]);
    // The old file goes on.
    place.write("input.csv", content);
    let output = userside(&place).line("resume input.journal --settle 0s").to(&sandbox).run().exits(1);
    assert_eq!(output.results().statuses(), ["ok", "failed", "ok", "ok"]);
}

#[test]
fn a_missing_input_is_refused() {
    let (place, sandbox) = stopped();
    std::fs::remove_file(place.path("input.csv")).expect("an input");
    all_refuse(&place, &sandbox, &["input.csv", "No such file"]);
}

/// The time of a file says nothing about what is in it.
#[test]
fn the_same_bytes_under_a_new_date_are_the_same_input() {
    let (place, sandbox) = stopped();
    let content = place.bytes("input.csv");
    std::fs::remove_file(place.path("input.csv")).expect("an input");
    place.write("input.csv", content);
    userside(&place).line("resume input.journal --settle 0s").to(&sandbox).run().exits(1);
}
