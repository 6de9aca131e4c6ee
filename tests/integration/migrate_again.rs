//! `migrate` of a list whose customers and bookings are there already, all of them or some: `--existing`, `--booked`,
//! and the same command once more.

use crate::support::{Place, Results, Sandbox, userside};

const INPUT: &str = "\
id,fio,codeti,edit.comment,amount,change_balance.comment
,Іван,c/1,from the list,10.50,opening
,Петро,c/2,from the list,,opening
2,,,from the list,5,opening
3,,,,7,opening
";
const FILE: &str = "migrate input.csv --concurrency 1";

fn fates(results: &Results) -> Vec<String> {
    let tell = |row: &crate::support::Row| {
        let of = |name: &str| match row.result(name) {
            "" => "-".to_owned(),
            text => text.to_owned(),
        };
        format!(
            "{} {} | {} {} {}",
            of("status"),
            of("error_code"),
            of("add"),
            of("edit"),
            of("change_balance")
        )
    };
    results.rows.iter().map(tell).collect()
}

/// A server where a first import has done everything.
fn done() -> (Place, Sandbox) {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    userside(&place).line(&format!("import {FILE}")).to(&sandbox).run().exits(0).results().all_are("ok");
    (place, sandbox)
}

#[test]
fn the_same_command_again_changes_nothing_and_books_nothing() {
    let (place, sandbox) = done();
    let (ledger, writes) = (sandbox.ledger(), sandbox.writes().len());
    let output = userside(&place).line(&format!("import {FILE}")).to(&sandbox).run().exits(1);
    let expected = [
        "failed already_exists | failed skipped skipped",
        "failed already_exists | failed skipped -",
        "failed already_booked | - skipped failed",
        "failed already_booked | - - failed",
    ];
    assert_eq!(fates(&output.results()), expected);
    assert_eq!(sandbox.writes().len(), writes);
    for options in ["--existing skip --booked skip", "--existing update --booked skip", "--existing update"] {
        let line = format!("import {FILE} {options}");
        let output = userside(&place).line(&line).to(&sandbox).run();
        assert_eq!(output.code, Some(i32::from(options == "--existing update")), "{}", output.report());
        for list in ["customers", "bookings"] {
            assert_eq!(sandbox.ledger()[list], ledger[list], "{options}");
        }
    }
}

#[test]
fn every_pair_of_existing_and_booked_does_what_it_says() {
    for (options, expected, booked) in [
        (
            "--existing skip --booked skip",
            [
                "skipped already_exists | skipped skipped skipped",
                "skipped already_exists | skipped skipped -",
                "ok already_booked | - ok skipped",
                "skipped already_booked | - - skipped",
            ],
            3,
        ),
        (
            "--existing update --booked skip",
            [
                "ok already_booked | - ok skipped",
                "ok - | - ok -",
                "ok already_booked | - ok skipped",
                "skipped already_booked | - - skipped",
            ],
            3,
        ),
        (
            "--existing update --booked fail",
            [
                "failed already_booked | - skipped failed",
                "ok - | - ok -",
                "failed already_booked | - skipped failed",
                "failed already_booked | - - failed",
            ],
            3,
        ),
        (
            "--existing update --booked ignore",
            ["ok - | - ok ok", "ok - | - ok -", "ok - | - ok ok", "ok - | - - ok"],
            6,
        ),
        (
            "--existing ignore --booked skip",
            [
                "ok - | ok ok ok",
                "ok - | ok ok -",
                "ok already_booked | - ok skipped",
                "skipped already_booked | - - skipped",
            ],
            4,
        ),
    ] {
        let (place, sandbox) = done();
        let output = userside(&place).line(&format!("import {FILE} {options}")).to(&sandbox).run();
        assert_eq!(fates(&output.results()), expected, "{options}\n{}", output.report());
        let is_ok = expected.iter().all(|fate| !fate.starts_with("failed"));
        assert_eq!(output.code, Some(i32::from(!is_ok)), "{options}\n{}", output.report());
        assert_eq!(sandbox.bookings().len(), booked, "{options}");
    }
}

/// However many customers are there: each of their bookings is looked for, the last ones too.
#[test]
fn the_booking_of_every_customer_who_is_found_is_looked_for() {
    let rows: String = (1..=300).map(|n| format!("Customer {n},c/{n},{n}.00,opening\n")).collect();
    let input = format!("fio,codeti,amount,change_balance.comment\n{rows}");
    let (place, sandbox) = (Place::new().with("input.csv", input), Sandbox::start());
    userside(&place).line("import migrate input.csv").to(&sandbox).run().exits(0);
    let line = "import migrate input.csv --existing update --booked skip";
    for _ in 0..3 {
        let results = userside(&place).line(line).to(&sandbox).run().exits(0).results();
        assert_eq!(results.column("result_error_code"), ["already_booked"; 300]);
    }
    assert_eq!(sandbox.bookings().len(), 300);
}

/// What a first import could not do, the second does: the file is the same, and the customers are there.
#[test]
fn a_customer_who_is_there_gets_what_is_not_there_yet() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    sandbox.call("add", &[("fio", "Іван"), ("codeti", "c/1")]);
    let line = format!("import {FILE} --existing update");
    let results = userside(&place).line(&line).to(&sandbox).run().exits(0).results();
    let expected = ["ok - | - ok ok", "ok - | ok ok -", "ok - | - ok ok", "ok - | - - ok"];
    assert_eq!(fates(&results), expected);
    assert_eq!(results.rows[0].result("id"), "1001");
    assert_eq!(
        (sandbox.customer(1001)["comment"].as_str(), sandbox.bookings().len()),
        (Some("from the list"), 3)
    );
}

/// Two customers have the row's id in the billing: nobody knows which of them is meant.
#[test]
fn with_two_customers_update_does_nothing() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    for _ in 0..2 {
        sandbox.call("add", &[("fio", "Іван"), ("codeti", "c/1")]);
    }
    let line = format!("import {FILE} --existing update");
    let results = userside(&place).line(&line).to(&sandbox).run().exits(1).results();
    assert_eq!(fates(&results)[0], "failed already_exists | failed skipped skipped");
    assert_eq!(results.rows[0].result("id"), "1001;1002");
    assert_eq!(sandbox.bookings().len(), 2);
}

/// Rows that a customer's own list repeats are sent one after the other, and each books once.
#[test]
fn the_same_customer_twice_is_refused_or_sent_in_the_order_of_the_file() {
    let input = "id,edit.comment,amount,change_balance.comment\n1,first,1,a\n2,other,1,a\n1,second,2,b\n1,third,1,a\n";
    let place = Place::new().with("input.csv", input);
    let sandbox = Sandbox::start();
    userside(&place).line("import migrate input.csv").to(&sandbox).run().exits(2).says("duplicate");
    let line = "import migrate input.csv --allow-duplicates";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.customer(1)["comment"], "third");
    assert_eq!(sandbox.bookings().len(), 4);
    let line = "import migrate input.csv --allow-duplicates --booked skip";
    let results = userside(&place).line(line).to(&sandbox).run().exits(0).results();
    assert_eq!(results.column("result_change_balance"), ["skipped"; 4]);
    assert_eq!((sandbox.customer(1)["comment"].as_str(), sandbox.bookings().len()), (Some("third"), 4));
}

/// The later row has the last word in each of its steps, although an earlier one is gone on with after it.
#[test]
fn a_later_row_of_the_same_customer_has_the_last_word_in_every_step() {
    let input = "id,edit.comment,change_date_connect.value\n1,first,2020-01-01\n1,second,2020-02-02\n";
    let (place, sandbox) = (Place::new().with("input.csv", input), Sandbox::with("--fault drop-after@1"));
    // The first row is sent again at the end, from the step on that is not known to be done.
    let line = "import migrate input.csv --concurrency 1 --allow-duplicates --retries 0";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.writes().len(), 7);
    let customer = sandbox.customer(1);
    assert_eq!(customer["comment"], "second");
    assert!(
        customer["date_connect"].as_str().is_some_and(|date| date.starts_with("2020-02-02")),
        "{customer}"
    );
}

/// Whose customer was found has the key of its booking, also where nothing was sent for it.
#[test]
fn a_booking_that_was_found_has_the_key_that_it_was_made_with() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    let first = userside(&place).line(&format!("import {FILE}")).to(&sandbox).run().exits(0).results();
    let line = format!("import {FILE} --existing update --booked skip");
    let again = userside(&place).line(&line).to(&sandbox).run().exits(0).results();
    assert_eq!(again.column("result_key"), first.column("result_key"));
    assert_eq!(first.column("result_key").iter().filter(|key| !key.is_empty()).count(), 3);
}

/// Two rows that turn out to be one customer would be one booking by their key: only one of them is sent.
#[test]
fn rows_that_turn_out_to_be_one_customer_are_not_both_sent() {
    let sandbox = Sandbox::start();
    let code = sandbox.customer(1)["codeti"].as_str().expect("a code").to_owned();
    for (rows, statuses) in [
        (format!(",X,{code},5\n1,,,5\n"), ["failed", "ok"]),
        (format!("1,,,6\n,X,{code},6\n"), ["ok", "failed"]),
    ] {
        let before = sandbox.bookings().len();
        let place = Place::new().with("input.csv", format!("id,fio,codeti,amount\n{rows}"));
        let line =
            "import migrate input.csv --existing update --set change_balance.comment=x --concurrency 1";
        let output = userside(&place).line(line).to(&sandbox).run().exits(1);
        let results = output.results();
        assert_eq!(results.statuses(), statuses, "{}", output.report());
        assert!(results.column("result_error_code").contains(&"duplicate_row"), "{}", output.report());
        assert_eq!(sandbox.bookings().len(), before + 1);
    }
}

/// What `add` would have set is set by `edit` where the customer was there.
#[test]
fn a_customer_who_is_found_gets_every_value_of_its_row() {
    let sandbox = Sandbox::start();
    let code = sandbox.customer(1)["codeti"].as_str().expect("a code").to_owned();
    let text = format!("fio,codeti,is_corporate\nНове ім'я,{code},так\n");
    let place = Place::new().with("input.csv", text);
    let line = "import migrate input.csv --existing update";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    assert_eq!(fates(&output.results()), ["ok - | - ok -"]);
    let customer = sandbox.customer(1);
    let flag = customer["flag_corporate"].to_string();
    assert_eq!((customer["full_name"].as_str(), flag.trim_matches('"')), (Some("Нове ім'я"), "1"));
    // And once more: it is the same.
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.customer(1), customer);
}
