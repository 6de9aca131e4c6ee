//! `migrate`: all calls of a row, one after the other, and what the results say of each.

use crate::support::{Entry, Place, Results, Sandbox, userside};

const INPUT: &str = "\
id,fio,codeti,phone0,edit.date_connect,change_date_connect.value,amount,change_balance.comment
,Іван,c/1,+380671112233,2023-01-02,,10.50,opening
,Петро,c/2,,,,,opening
2,,,+380671112234,,,5,opening
3,,,,,,7,opening
4,,,,,2020-02-03,0,opening
,Ольга,c/3,,,2020-02-04,-3,opening
";

/// What was sent, by the customer's place in the file's order of requests: the subcategory and whom it is about.
fn sent(sandbox: &Sandbox) -> Vec<String> {
    let whom = |entry: &Entry| {
        let of = |name: &str| entry.parameters.get(name).cloned();
        of("id").or(of("customer_id")).or(of("codeti")).unwrap_or_default()
    };
    let name = |entry: &Entry| entry.subcategory.clone().unwrap_or_default();
    sandbox.writes().iter().map(|entry| format!("{} {}", name(entry), whom(entry))).collect()
}

/// The statuses of the steps of a row, `-` for none.
fn steps(results: &Results, row: usize) -> String {
    let status = |step: &str| {
        match results.rows[row].result(step) {
            "" => "-",
            status => status,
        }
        .to_owned()
    };
    ["add", "edit", "change_date_connect", "change_balance"].map(status).join(" ")
}

#[test]
fn each_row_has_the_steps_it_needs_and_they_go_in_order() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    let before = sandbox.balances();
    let line = "import migrate input.csv --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0).says("6 rows, 6 ok");
    let results = output.results();
    results.all_are("ok");
    assert_eq!(results.column("result_id"), ["1001", "1002", "2", "3", "4", "1003"]);
    let told: Vec<String> = (0..6).map(|row| steps(&results, row)).collect();
    let expected = ["ok ok - ok", "ok - - -", "- ok - ok", "- - - ok", "- - ok -", "ok - ok ok"];
    assert_eq!(told, expected);
    assert_eq!(results.column("result_attempts"), ["3", "1", "2", "1", "1", "3"]);
    // Of each row, in the order of its steps, and none of it before the one before is done.
    let sent = sent(&sandbox);
    let place_of = |what: &str| {
        let found: Vec<usize> = (0..sent.len()).filter(|place| sent[*place] == what).collect();
        assert_eq!(found.len(), 1, "{what}: {sent:?}");
        found[0]
    };
    for row in [
        &["add c/1", "edit 1001", "change_balance 1001"][..],
        &["edit 2", "change_balance 2"],
        &["add c/3", "change_date_connect 1003", "change_balance 1003"],
    ] {
        assert!(row.iter().map(|what| place_of(what)).is_sorted(), "{row:?}: {sent:?}");
    }
    assert_eq!(sent.len(), 11, "{sent:?}");
    let customer = sandbox.customer(1001);
    assert_eq!((customer["full_name"].as_str(), customer["balance"].as_str()), (Some("Іван"), Some("10.50")));
    assert!(
        customer["date_connect"].as_str().is_some_and(|date| date.starts_with("2023-01-02")),
        "{customer}"
    );
    let moved = |id: usize| (sandbox.balances()[id - 1].1 - before[id - 1].1).normalize().to_string();
    assert_eq!([2, 3, 4].map(moved), ["5", "7", "0"]);
    // The key of a booking is known once its customer is.
    let keys = results.column("result_key");
    let has_key: Vec<bool> = keys.iter().map(|key| !key.is_empty()).collect();
    assert_eq!(has_key, [true, false, true, true, false, true]);
}

/// A value that only the last step takes is looked at before the first customer is made.
#[test]
fn every_value_of_every_step_is_checked_before_the_first_request() {
    for (cell, column) in
        [("12,3x", "amount"), ("2023-13-01", "change_date_connect.value"), ("abc@", "email")]
    {
        let text = format!(
            "fio,codeti,{column},change_balance.comment\nІван,c/1,,opening\nПетро,c/2,\"{cell}\",opening\n"
        );
        let (place, sandbox) = (Place::new().with("input.csv", text), Sandbox::start());
        let output = userside(&place).line("import migrate input.csv").to(&sandbox).run().exits(2);
        assert_eq!(output.results().statuses(), ["skipped", "invalid"], "{column}");
        assert_eq!(sandbox.requests(), 0, "{column}");
        assert!(!place.exists("input.journal"));
        let output = userside(&place).line("validate migrate input.csv").run().exits(2);
        output.says(column);
    }
}

#[test]
fn a_row_without_any_step_is_invalid() {
    let text = "id,phone0,amount,change_balance.comment\n1,,,x\n2,,0,x\n3,+380671112233,,x\n";
    let (place, sandbox) = (Place::new().with("input.csv", text), Sandbox::start());
    let output = userside(&place).line("import migrate input.csv --skip-invalid").to(&sandbox).run().exits(1);
    assert_eq!(output.results().statuses(), ["invalid", "invalid", "ok"]);
    assert_eq!(sent(&sandbox), ["edit 3"]);
}

#[test]
fn expectations_count_rows_and_the_bookings_that_will_be_sent() {
    let place = Place::new().with("input.csv", INPUT);
    for (options, code) in [
        ("--expect-rows 6 --expect-total 19.50 --expect-credit 22.50 --expect-debit 3", 0),
        ("--expect-rows 4", 2),
        ("--expect-total 22.50", 2),
    ] {
        userside(&place).line(&format!("validate migrate input.csv {options}")).run().exits(code);
        let sandbox = Sandbox::start();
        userside(&place)
            .line(&format!("import migrate input.csv --new-run {options}"))
            .to(&sandbox)
            .run()
            .exits(code);
        assert_eq!(sandbox.writes().is_empty(), code == 2, "{options}");
    }
}

#[test]
fn rows_of_standard_input_go_into_a_workbook() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--fault drop-before@3"));
    let line = "import migrate - --journal in.journal --results out.xlsx --failed failed.xlsx --concurrency 1 --retries 0 --settle 0s";
    let output = userside(&place).line(line).stdin(INPUT).to(&sandbox).run();
    assert!(matches!(output.code, Some(1)), "{}", output.report());
    // The journal holds the rows too.
    let line = "resume in.journal --results out.csv --resend";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.results_in("out.csv").all_are("ok");
    assert_eq!(sandbox.bookings().len(), 4);
    assert!(place.exists("out.xlsx"));
}

#[test]
fn the_template_can_be_filled_in_and_imported() {
    let place = Place::new();
    let header = userside(&place).line("template migrate").run().exits(0).stdout;
    let names: Vec<&str> = header.trim().split(',').collect();
    let cell = |name: &&str| match *name {
        "fio" => "Іван",
        "codeti" => "c/1",
        "edit.comment" => "новий",
        "amount" => "1.00",
        "change_balance.comment" => "opening",
        "date_connect" => "2023-01-02",
        _ => "",
    };
    let row: Vec<&str> = names.iter().map(cell).collect();
    place.write("input.csv", format!("{}\n{}\n", header.trim(), row.join(",")));
    let sandbox = Sandbox::start();
    let output = userside(&place).line("import migrate input.csv").to(&sandbox).run().exits(0);
    assert_eq!(steps(&output.results(), 0), "ok ok - ok");
    assert_eq!(sandbox.customer(1001)["comment"], "новий");
}
