//! Every operation, with the files of `samples/` as their README describes them, checked against what the
//! sandbox holds afterwards.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::{Place, Results, Sandbox, userside};

/// As many invented customers as the samples speak of, so that no file has to be imported before another.
const CUSTOMERS: &str = "--customers 1240";

fn customers(sandbox: &Sandbox) -> BTreeMap<u64, Value> {
    let ledger = sandbox.ledger();
    let all = ledger["customers"].as_array().expect("a list");
    all.iter().map(|customer| (customer["id"].as_u64().expect("an id"), customer.clone())).collect()
}

fn money(value: &Value) -> Decimal {
    Decimal::from_str_exact(value.as_str().expect("money is text")).expect("a decimal")
}

fn rows(place: &Place, name: &str) -> Vec<HashMap<String, String>> {
    let text = place.text(name);
    let text = text.trim_start_matches('\u{FEFF}');
    let delimiter = if text.lines().next().expect("a header").contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let records = reader.records().map(|record| record.expect("a row"));
    records
        .map(|record| header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect())
        .collect()
}

fn import(place: &Place, sandbox: &Sandbox, line: &str) -> Results {
    let file = line.split_whitespace().nth(1).expect("a file");
    let results = format!("{}.results.csv", file.rsplit_once('.').expect("an ending").0);
    userside(place).line("import").line(line).to(sandbox).run().exits(0).results_in(&results)
}

#[test]
fn add_creates_every_customer_once_and_names_its_id() {
    let (place, sandbox) = (Place::new().with_sample("customers.csv"), Sandbox::start());
    let results = import(&place, &sandbox, "add customers.csv --expect-rows 240");
    results.all_are("ok");
    let created = customers(&sandbox);
    assert_eq!((results.rows.len(), created.len()), (240, 245));
    let mut ids = Vec::new();
    for row in &results.rows {
        let id: u64 = row.result("id").parse().expect("an id");
        assert_eq!(created[&id]["full_name"], row.get("fio"));
        assert_eq!(created[&id]["codeti"], row.get("codeti"));
        ids.push(id);
    }
    ids.sort_unstable();
    assert_eq!(ids, (1001..=1240).collect::<Vec<_>>());
}

#[test]
fn edit_changes_what_the_file_has_and_leaves_the_rest() {
    let (place, sandbox) = (Place::new().with_sample("edit.csv"), Sandbox::with(CUSTOMERS));
    let before = customers(&sandbox);
    import(&place, &sandbox, "edit edit.csv").all_are("ok");
    let after = customers(&sandbox);
    for row in rows(&place, "edit.csv") {
        let id: u64 = row["id"].parse().expect("an id");
        for (column, pointer) in
            [("name", "/full_name"), ("comment", "/comment"), ("account_number", "/account_number")]
        {
            let expected = match row[column].trim() {
                "" => &before[&id].pointer(pointer).cloned().expect("a field"),
                text => &Value::from(text),
            };
            assert_eq!(after[&id].pointer(pointer), Some(expected), "{column} of {id}");
        }
        let digits: String = row["phone0"].chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        if !digits.is_empty() {
            assert_eq!(after[&id]["phone"][0]["number"], digits, "{id}");
        }
    }
    assert_eq!(after[&1001]["agreement"][0]["date"], "2019-07-31");
    assert_eq!(after[&1001]["date_connect"], "2019-08-25");
    assert_eq!(after[&1001]["account_number"], "00000455");
    assert_eq!(after[&1003]["phone"][0]["number"], "+380670004465");
    let lines = after.values().filter_map(|c| c["comment"].as_str()).filter(|c| c.lines().count() == 3);
    assert_eq!(lines.count(), 1);
    assert_eq!(after[&1121], before[&1121]);
}

#[test]
fn change_balance_books_every_row_to_the_kopeck() {
    let (place, sandbox) = (Place::new().with_sample("balances.csv"), Sandbox::with(CUSTOMERS));
    let before = customers(&sandbox);
    let results =
        import(&place, &sandbox, "change_balance balances.csv --expect-rows 150 --expect-total 12345.67");
    results.all_are("ok");
    let mut due: HashMap<u64, Decimal> = HashMap::new();
    for row in rows(&place, "balances.csv") {
        let amount = Decimal::from_str_exact(&row["amount"].replace(',', ".")).expect("an amount");
        *due.entry(row["customer_id"].parse().expect("an id")).or_default() += amount;
    }
    let ledger = sandbox.ledger();
    let bookings = ledger["bookings"].as_array().expect("a list");
    let sum: Decimal = bookings.iter().map(|booking| money(&booking["amount"])).sum();
    assert_eq!((bookings.len(), sum), (150, Decimal::new(1_234_567, 2)));
    for (id, customer) in customers(&sandbox) {
        let expected = money(&before[&id]["balance"]) + due.get(&id).copied().unwrap_or_default();
        assert_eq!(money(&customer["balance"]), expected, "balance of {id}");
    }
}

#[test]
fn change_date_connect_takes_what_excel_saves() {
    let (place, sandbox) = (Place::new().with_sample("connection-dates.csv"), Sandbox::with(CUSTOMERS));
    let results = import(&place, &sandbox, "change-date-connect connection-dates.csv");
    results.all_are("ok");
    let after = customers(&sandbox);
    assert_eq!(results.rows.len(), 100);
    for row in &results.rows {
        let id: u64 = row.get("customer_id").parse().expect("an id");
        let (day, month, year) = (&row.get("value")[..2], &row.get("value")[3..5], &row.get("value")[6..]);
        assert_eq!(after[&id]["date_connect"], format!("{year}-{month}-{day}"));
    }
}

#[test]
fn change_billing_moves_customers() {
    let (place, sandbox) = (Place::new().with_sample("billing.csv"), Sandbox::with(CUSTOMERS));
    let results = import(&place, &sandbox, "change_billing billing.csv");
    results.all_are("ok");
    let after = customers(&sandbox);
    assert_eq!(results.rows.len(), 30);
    for row in &results.rows {
        let customer = &after[&row.get("customer_id").parse().expect("an id")];
        assert_eq!(customer["billing_id"], 2);
        assert_eq!(customer["billing"]["uuid"], row.get("billing_user_id"));
    }
}

#[test]
fn delete_removes_exactly_those_in_the_file() {
    let (place, sandbox) = (Place::new().with_sample("delete.csv"), Sandbox::with(CUSTOMERS));
    import(&place, &sandbox, "delete delete.csv").all_are("ok");
    let left: Vec<u64> = customers(&sandbox).into_keys().collect();
    assert_eq!(left, (1..=1200).chain(1213..=1240).collect::<Vec<_>>());
}

/// The command at the top of `legacy.toml`, word for word.
#[test]
fn the_legacy_export_goes_in_by_one_command() {
    let place = Place::new().with_sample("legacy-cp1251.csv").with_sample("legacy.toml");
    let sandbox = Sandbox::with("--customers 1000");
    let text = place.text("legacy.toml");
    let mut commands = text.lines().filter_map(|line| line.strip_prefix("#   userside-bulk "));
    let command = commands.next().expect("a command");
    assert_eq!(commands.next(), None);
    let output = userside(&place).line(command).line("--expect-total 199909.26").to(&sandbox).run().exits(0);
    output.says("126 rows, 126 ok").says("those of 117 customers differ by what was booked");
    let ledger = sandbox.ledger();
    let bookings = ledger["bookings"].as_array().expect("a list");
    let sum: Decimal = bookings.iter().map(|booking| money(&booking["amount"])).sum();
    assert_eq!((bookings.len(), sum), (117, Decimal::new(19_990_926, 2)));
    let customers = ledger["customers"].as_array().expect("a list");
    assert_eq!(customers.len(), 1123);
    let of = |code: &str| customers.iter().find(|customer| customer["codeti"] == code).expect("a customer");
    let first = of("001326");
    assert_eq!(first["full_name"], "ООО \"Агро; семена, удобрения\"");
    assert_eq!(first["account_number"], "0000004351");
    assert_eq!(first["flag_corporate"], 1);
    assert_eq!(first["agreement"][0]["date"], "2008-02-17");
    assert_eq!(first["date_connect"], "2008-02-22");
    assert_eq!(money(&first["balance"]), Decimal::new(-195_035, 2));
    // Who was there before is the same customer, with a new telephone.
    assert_eq!((&of("000199")["id"], &of("000199")["login"]), (&199.into(), &"sydorov_d".into()));
    let phones = |code: &str| of(code)["phone"].as_array().expect("a list").clone();
    assert_eq!(phones("001484")[2]["number"], "0500001484");
    assert_eq!((phones("005512").len(), phones("042610").len()), (0, 1));
    // A child above its parent, a grandchild, and a child of somebody who was there before.
    let ids = |code: &str| (of(code)["id"].clone(), of(code)["parent_id"].clone());
    for (child, parent) in [("003148", "027626"), ("013579", "003148"), ("032997", "000690")] {
        assert_eq!(ids(child).1, ids(parent).0, "{child}");
    }
    // The same list again makes nobody and books nothing.
    userside(&place).line(command).line("--booked skip").to(&sandbox).run().exits(0);
    let after = sandbox.ledger();
    assert_eq!(
        (&after["bookings"], after["customers"].as_array().map(Vec::len)),
        (&ledger["bookings"], Some(1123))
    );
}

#[test]
fn both_sheets_of_the_workbook_go_in() {
    let (place, sandbox) = (Place::new().with_sample("customers.xlsx"), Sandbox::start());
    let added = import(&place, &sandbox, "add customers.xlsx");
    added.all_are("ok");
    assert_eq!((added.rows.len(), sandbox.ledger()["customers"].as_array().map(Vec::len)), (40, Some(45)));
    // The ids of the second sheet are those that the sandbox gives to the rows of `customers.csv`.
    let sandbox = Sandbox::with(CUSTOMERS);
    let booked =
        import(&place, &sandbox, "change_balance customers.xlsx --sheet Балансы --expect-total 3176.05");
    booked.all_are("ok");
    let ledger = sandbox.ledger();
    let bookings = ledger["bookings"].as_array().expect("a list");
    let sum: Decimal = bookings.iter().map(|booking| money(&booking["amount"])).sum();
    assert_eq!((bookings.len(), sum), (25, Decimal::new(317_605, 2)));
}

/// The table of `samples/README.md`, line by line.
#[test]
fn the_broken_sample_is_wrong_where_its_description_says() {
    let (place, sandbox) = (Place::new().with_sample("customers-broken.csv"), Sandbox::start());
    let output = userside(&place).line("import add customers-broken.csv").to(&sandbox).run().exits(2);
    for (line, found) in [
        (6, "fio"),
        (9, "мабуть"),
        (12, "перший"),
        (15, "'2'"),
        (20, "line 7"),
        (23, "cell"),
        (27, "-1"),
        (31, "fio"),
        (34, "700167"),
        (38, "не знаю"),
    ] {
        let place = format!("customers-broken.csv, line {line}, ");
        let told = output.stderr.lines().filter(|told| told.contains(&place)).collect::<Vec<_>>();
        assert!(told.iter().any(|told| told.contains(found)), "line {line}: {found}\n{}", output.report());
    }
    let told = |what: &str| output.stderr.matches(&format!("invalid: customers-broken.csv, {what}")).count();
    // One by one, after the kinds of them.
    assert_eq!((told("line "), told("")), (12, 18), "{}", output.report());
    let results = output.results_in("customers-broken.results.csv");
    assert_eq!((results.count("invalid"), results.count("skipped")), (10, 30));
    assert!(sandbox.log().is_empty(), "an invalid file sends nothing");

    let output = userside(&place).line("import add customers-broken.csv --skip-invalid").to(&sandbox).run();
    let results = output.exits(1).results_in("customers-broken.results.csv");
    assert_eq!((results.count("ok"), results.count("invalid"), sandbox.applied()), (30, 10, 30));
}
