//! `undo`: a file that takes a run back. It sends nothing itself; imported, it brings every balance back to
//! where it was.

use crate::support::{Journal, Place, Sandbox, userside};

#[test]
fn undo_and_import_bring_every_balance_back() {
    for (name, options) in
        [("balances.csv", ""), ("input.csv", "--delimiter ; --map Сумма=amount --allow-duplicates")]
    {
        let content = "customer_id;Сумма;comment;employee_id\n1;0,10;\"a;b\";3\n1;0,10;\"a;b\";3\n2;-7,35;y;\n3;1 234,56;Ж;\n4;0,0500;x;\n";
        let place = Place::new().with_sample("balances.csv").with("input.csv", content);
        let faults = "--fault error@2 --fault drop-after@3 --fault drop-before@4";
        let sandbox = Sandbox::with(&format!("--customers 1240 {faults}"));
        let before = sandbox.balances();
        let line = format!("import change_balance {name} --settle 0s {options}");
        userside(&place).line(&line).to(&sandbox).run().exits(1);
        let booked = sandbox.bookings().len();
        assert!(sandbox.balances() != before, "nothing was booked, so nothing is proven");
        let (stem, requests) = (name.trim_end_matches(".csv"), sandbox.requests());
        let output = userside(&place).without_key().line(&format!("undo {stem}.journal")).run().exits(0);
        output.says("nothing was sent").says("import change_balance");
        assert_eq!(sandbox.requests(), requests);
        assert_eq!(place.text(&format!("{stem}.undo.csv")).lines().count(), 1 + booked);
        let line = format!("import change_balance {stem}.undo.csv");
        userside(&place).line(&line).to(&sandbox).run().exits(0);
        assert_eq!(sandbox.balances(), before);
    }
}

/// The file as a person looks at it: the input's delimiter, its columns, the booking's key in every comment.
#[test]
fn the_file_names_the_bookings() {
    let content =
        "\u{FEFF}customer_id;amount;comment;Тариф\n1;5,5;Абонплата;a\n77;1;nobody;b\n2;-0,30;\"x;y\";c\n";
    let (place, sandbox) = (Place::new().with("input.csv", content), Sandbox::start());
    let line = "import change_balance input.csv --ignore-unknown-columns --set employee_id=3";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = userside(&place).line("undo input.journal").run().exits(0);
    output.says("undo: 2 rows, together -5.20, in ").says("input.undo.csv");
    let journal = Journal::read(&place, "input.journal");
    let key = |row: u32| journal.value::<String>(&format!("SELECT key FROM row WHERE number = {row}"));
    let text = place.text("input.undo.csv").replace('\r', "");
    let text = text.trim_start_matches('\u{FEFF}');
    let lines: Vec<&str> = text.lines().collect();
    let header: Vec<&str> = lines[0].split(';').collect();
    for column in ["customer_id", "amount", "comment", "employee_id"] {
        assert!(header.contains(&column), "{header:?}");
    }
    assert_eq!((header.len(), lines.len()), (4, 3), "{text}");
    for (line, row, parts) in
        [(lines[1], 1, ["1;", "-5.5", "Абонплата"]), (lines[2], 3, ["2;", "0.3", "x;y"])]
    {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
        assert!(line.contains(&format!("undo of {}: ", key(row))), "{line}");
    }
    // A second one does not take the place of the first.
    let first = place.bytes("input.undo.csv");
    userside(&place).line("undo input.journal").run().exits(0).says("input.undo.1.csv");
    assert_eq!((place.bytes("input.undo.1.csv"), place.bytes("input.undo.csv")), (first.clone(), first));
    // The rows can be imported as they are.
    userside(&place).line("validate change_balance input.undo.csv").run().exits(0);
}

#[test]
fn it_may_go_to_standard_output_or_elsewhere() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::start());
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    let names = place.names();
    let output = userside(&place).line("undo input.journal --output -").run().exits(0);
    assert_eq!(output.stdout.lines().count(), 4, "{}", output.report());
    assert_eq!(place.names().into_iter().filter(|n| !n.contains('-')).collect::<Vec<_>>(), names);
    userside(&place).line("undo input.journal --output back.csv --quiet").run().exits(0).says_not("undo:");
    assert_eq!(place.text("back.csv"), output.stdout);
    for taken in ["input.csv", "input.journal"] {
        let line = format!("undo input.journal --output {taken}");
        userside(&place).line(&line).run().exits(2).says("--output");
    }
}

/// What is not known cannot be taken back.
#[test]
fn unknown_rows_are_left_out_and_told_of() {
    let (place, sandbox) = (Place::new().with_bookings(3), Sandbox::with("--fault drop-after@2"));
    let line = "import change_balance input.csv --no-reconcile --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = userside(&place).line("undo input.journal").run().exits(1);
    output.says("1 row of the run is unknown").says("`userside-bulk reconcile input.journal`");
    assert_eq!(place.text("input.undo.csv").lines().count(), 3);
    userside(&place).line("reconcile input.journal").to(&sandbox).run().exits(0);
    userside(&place).line("undo input.journal").run().exits(0);
    assert_eq!(place.text("input.undo.csv").lines().count(), 4);
}

#[test]
fn what_cannot_be_taken_back_is_refused() {
    let input = "id,fio,billing_id,value\n1,x,1,2020-01-02\n";
    for (operation, columns) in [
        ("add", "--map id= --map value="),
        ("edit", "--map fio=comment --map billing_id= --map value="),
        ("delete", "--map fio= --map billing_id= --map value="),
        ("change_billing", "--map fio= --map value="),
        ("change_date_connect", "--map fio= --map billing_id="),
    ] {
        let (place, sandbox) = (Place::new().with("input.csv", input), Sandbox::start());
        let line = format!("import {operation} input.csv {columns}");
        userside(&place).line(&line).to(&sandbox).run().exits(0);
        let output = userside(&place).line("undo input.journal").run().exits(2);
        output.says(operation).says("cannot be taken back");
        assert!(!place.exists("input.undo.csv"));
    }
}

#[test]
fn a_run_from_standard_input_can_be_taken_back() {
    let (place, sandbox) = (Place::new(), Sandbox::start());
    let before = sandbox.balances();
    let line = "import change_balance - --results out.csv --journal run.journal";
    let program = userside(&place).stdin("customer_id,amount,comment\n1,5,x\n").line(line);
    program.to(&sandbox).run().exits(0);
    userside(&place).line("undo run.journal").run().exits(0).says("run.undo.csv");
    userside(&place).line("import change_balance run.undo.csv").to(&sandbox).run().exits(0);
    assert_eq!(sandbox.balances(), before);
}

/// Two runs that have doubled the same bookings both name them, and both runs' files take them back. What takes a booking
/// back is the same booking in both, so that it is made once.
#[test]
fn two_runs_take_the_same_booking_back_once() {
    let content = "customer_id,amount,comment\n1,5.5,fee\n2,-0.3,other\n";
    let (place, sandbox) = (Place::new().with("one.csv", content).with("two.csv", content), Sandbox::start());
    userside(&place).line("import change_balance one.csv").to(&sandbox).run().exits(0);
    // Another server does not know that the bookings are made already.
    userside(&place).line("import change_balance two.csv").to(&Sandbox::start()).run().exits(0);
    for journal in ["one.journal", "two.journal"] {
        userside(&place).line(&format!("undo {journal}")).run().exits(0);
    }
    userside(&place).line("import change_balance one.undo.csv").to(&sandbox).run().exits(0);
    let second = userside(&place).line("import change_balance two.undo.csv").to(&sandbox).run().exits(1);
    second.says("2 rows: already_booked");
    assert_eq!(sandbox.bookings().len(), 4);
}
