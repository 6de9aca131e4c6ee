//! Every subcategory, as a client sees it.

use serde_json::{Value, json};

use super::support::{Running, encode, envelope, form, parameter};
use crate::catalogue::{Action, ApiSelector, CUSTOMER, Choice, Meaning, ValueKind};
use crate::sandbox::paths::first;
use Meaning::{Amount, BookingNote, Customer, Employee, Equals, Former, Limit, Sets, SkipTriggers, Sought};
use Meaning::{AtLeast, AtMost, Substring, Typer};

const NAME: Meaning = Sets("full_name");

fn read(sandbox: &Running, id: &str) -> Value {
    sandbox.call(Action::Read, &[(Customer, id)]).ok()["Data"].clone()
}

fn ids(sandbox: &Running, conditions: &[(Meaning, &str)]) -> Vec<u64> {
    let answer = sandbox.call(Action::Select, conditions).ok();
    answer["Data"].as_array().expect("a list").iter().map(|id| id.as_u64().expect("an id")).collect()
}

fn typers(action: Action) -> &'static [Choice] {
    match parameter(action, Typer).kind {
        ValueKind::Choice(choices) => choices,
        other => panic!("{other:?}"),
    }
}

#[test]
fn add_returns_an_id_and_keeps_the_values() {
    let sandbox = Running::start(|_| {});
    let parameters = [
        (NAME, "Новый \"Клиент\""),
        (Sets("codeti"), "A-77"),
        (Sets("billing_id"), "3"),
        (SkipTriggers, "1"),
    ];
    assert_eq!(sandbox.call(Action::Add, &parameters).ok()["Id"], 1001);
    assert_eq!(sandbox.call(Action::Add, &[(NAME, "Ещё один")]).ok()["Id"], 1002);
    let customer = read(&sandbox, "1001");
    assert_eq!(customer["full_name"], "Новый \"Клиент\"");
    assert_eq!((&customer["balance"], &customer["billing"]["id"]), (&json!("0"), &json!(3)));
    let typer = typers(Action::Find).iter().find(|choice| choice.field == "codeti").expect("a typer");
    assert_eq!(sandbox.call(Action::Find, &[(Typer, typer.name), (Sought, "a-77")]).ok()["Id"], 1001);
}

#[test]
fn edit_writes_every_field_that_the_catalogue_says_it_does() {
    let sandbox = Running::start(|_| {});
    let edit = CUSTOMER.subcategory(Action::Edit).expect("edit");
    for parameter in edit.parameters {
        let Sets(path) = parameter.meaning else { continue };
        let value = match parameter.kind {
            ValueKind::Flag => "1",
            ValueKind::Date => "2024-02-29",
            ValueKind::DateTime => "2024-02-29 10:20:30",
            ValueKind::Email => "new@example.org",
            ValueKind::Phone => "+380501234567",
            _ => "77",
        };
        sandbox.call(Action::Edit, &[(Customer, "3"), (parameter.meaning, value)]).ok();
        let customer = read(&sandbox, "3");
        let found = first(&customer, path).unwrap_or_else(|| panic!("{path} in {customer}"));
        assert_eq!(found.as_str().map_or_else(|| found.to_string(), str::to_owned), value, "{path}");
    }
}

#[test]
fn an_empty_value_clears_a_field() {
    let sandbox = Running::start(|_| {});
    sandbox.call(Action::Edit, &[(Customer, "3"), (Sets("group.*.id"), ""), (Sets("login"), "")]).ok();
    let customer = read(&sandbox, "3");
    assert_eq!((&customer["group"], &customer["login"]), (&json!({}), &json!("")));
}

#[test]
fn the_date_of_connection_and_the_billing_can_be_changed() {
    let sandbox = Running::start(|_| {});
    sandbox.call(Action::ChangeDateConnect, &[(Customer, "2"), (Sets("date_connect"), "2020-01-31")]).ok();
    let billing = [(Customer, "2"), (Sets("billing_id"), "9"), (Sets("billing.uuid"), "u-9")];
    sandbox.call(Action::ChangeBilling, &billing).ok();
    let customer = read(&sandbox, "2");
    assert_eq!(customer["date_connect"], "2020-01-31");
    assert_eq!(
        (&customer["billing_id"], &customer["billing"]),
        (&json!(9), &json!({"id": 9, "uuid": "u-9"}))
    );
}

#[test]
fn money_is_booked_and_remembered() {
    let sandbox = Running::start(|_| {});
    let before: rust_decimal::Decimal = sandbox.balance(5).parse().expect("money");
    let booking = [(Customer, "5"), (Amount, "-15.40"), (BookingNote, "коррекция #1"), (Employee, "12")];
    sandbox.call(Action::ChangeBalance, &booking).ok();
    sandbox.call(Action::ChangeBalance, &[(Customer, "5"), (Amount, "0.10"), (BookingNote, "ещё")]).ok();
    let after: rust_decimal::Decimal = sandbox.balance(5).parse().expect("money");
    assert_eq!(after - before, "-15.30".parse().expect("money"));
    let history = sandbox.call(Action::History, &[(Customer, "5")]).ok()["Data"].clone();
    assert_eq!(history.as_array().map(Vec::len), Some(2));
    let employee = parameter(Action::ChangeBalance, Employee).name;
    assert_eq!((&history[0]["Amount"], &history[0][employee]), (&json!("-15.40"), &json!(12)));
    assert_eq!(history[0]["Comment"], "коррекция #1");
    assert_eq!(history[0]["DateDo"].as_str().map(str::len), Some(19));
}

#[test]
fn a_customer_without_history_has_an_empty_list_under_either_name_of_the_parameter() {
    let sandbox = Running::start(|_| {});
    let history = CUSTOMER.subcategory(Action::History).expect("history");
    for parameter in history.parameters {
        let mut fields = envelope(Action::History, ApiSelector::Subcat);
        fields.push((parameter.name, "5"));
        assert_eq!(sandbox.post("/", &encode(&fields)).ok()["Data"], json!([]));
    }
}

#[test]
fn a_deleted_customer_is_gone() {
    let sandbox = Running::start(|_| {});
    sandbox.call(Action::Delete, &[(Customer, "4")]).ok();
    for action in [Action::Delete, Action::Read, Action::History] {
        assert_eq!(sandbox.call(action, &[(Customer, "4")]).error(404), "customer not found");
    }
    sandbox.call(Action::Edit, &[(Customer, "4"), (NAME, "x")]).error(404);
    sandbox.call(Action::ChangeBalance, &[(Customer, "4"), (Amount, "1"), (BookingNote, "x")]).error(404);
    assert_eq!(sandbox.bookings(), 0);
}

#[test]
fn a_customer_is_read_by_account_number_and_billing() {
    let sandbox = Running::start(|_| {});
    let billing = read(&sandbox, "7")["billing_id"].to_string();
    let by_account = (Equals("account_number"), "000007");
    let answer = sandbox.call(Action::Read, &[by_account, (Equals("billing_id"), &billing)]).ok();
    assert_eq!(answer["Data"]["id"], 7);
    sandbox.call(Action::Read, &[by_account]).error(400);
}

#[test]
fn a_customer_is_found_by_every_typer() {
    let sandbox = Running::start(|_| {});
    // A customer with every value that can be searched for.
    let everything = |c: &Value| typers(Action::Find).iter().all(|choice| first(c, choice.field).is_some());
    let customer = (1..=30).map(|id| read(&sandbox, &id.to_string())).find(everything).expect("somebody");
    for choice in typers(Action::Find) {
        let value = first(&customer, choice.field).and_then(Value::as_str).expect("text");
        let answer = sandbox.call(Action::Find, &[(Typer, choice.name), (Sought, value)]).ok();
        assert_eq!(answer["Id"], customer["id"], "{}", choice.name);
        let nobody = sandbox.call(Action::Find, &[(Typer, choice.name), (Sought, "nobody")]).ok();
        assert_eq!(nobody["Id"], "", "{}", choice.name);
    }
}

#[test]
fn several_are_found_as_a_list_and_former_ones_can_be_left_out() {
    let sandbox = Running::start(|_| {});
    let former = ids(&sandbox, &[(Former, "1")])[0];
    let present = ids(&sandbox, &[(Former, "0")])[0];
    for id in [former, present] {
        let phone = (Sets("phone.0.number"), "380441112233");
        sandbox.call(Action::Edit, &[(Customer, &id.to_string()), phone]).ok();
    }
    let typer = typers(Action::Find).iter().find(|choice| choice.field == "phone.*.number").expect("a typer");
    let sought = [(Typer, typer.name), (Sought, "+38 (044) 111-22-33"), (Former, "1")];
    let mut both = [former, present];
    both.sort_unstable();
    assert_eq!(sandbox.call(Action::Find, &sought[..2]).ok()["Id"], json!(both));
    assert_eq!(sandbox.call(Action::Find, &sought).ok()["Id"], present);
}

#[test]
fn every_condition_selects_those_who_meet_it() {
    let sandbox = Running::start(|_| {});
    let customer = read(&sandbox, "9");
    let select = CUSTOMER.subcategory(Action::Select).expect("select");
    for condition in select.parameters {
        let (Equals(path) | AtLeast(path) | AtMost(path)) = condition.meaning else { continue };
        let value = first(&customer, path).unwrap_or_else(|| panic!("{path}"));
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let found = ids(&sandbox, &[(condition.meaning, &value)]);
        assert!(found.contains(&9), "{}={value}: {found:?}", condition.name);
        assert!(found.is_sorted());
    }
}

#[test]
fn conditions_are_joined_limited_and_may_be_compared_by_substring() {
    let sandbox = Running::start(|_| {});
    let poor = ids(&sandbox, &[(AtMost("balance"), "-0.01")]);
    let not_poor = ids(&sandbox, &[(AtLeast("balance"), "0")]);
    assert_eq!(poor.len() + not_poor.len(), 30);
    let none = ids(&sandbox, &[(AtMost("balance"), "-0.01"), (AtLeast("balance"), "0")]);
    assert!(none.is_empty());
    assert_eq!(ids(&sandbox, &[(AtLeast("balance"), "0"), (Limit, "2")]), not_poor[..2]);
    let name = read(&sandbox, "1")["full_name"].as_str().expect("text").to_lowercase();
    let part = name.chars().skip(1).take(4).collect::<String>();
    assert!(!ids(&sandbox, &[(Equals("full_name"), &part)]).contains(&1));
    assert!(ids(&sandbox, &[(Equals("full_name"), &part), (Substring, "1")]).contains(&1));
}

#[test]
fn a_search_wants_a_condition() {
    let sandbox = Running::start(|_| {});
    for parameters in [&[][..], &[(Limit, "5")], &[(Substring, "1")], &[(SkipTriggers, "1")]] {
        assert!(sandbox.call(Action::Select, parameters).error(400).contains("at least one condition"));
    }
}

#[test]
fn active_customers_are_counted_for_every_counter() {
    let sandbox = Running::start(|_| {});
    let counts = typers(Action::Count).iter().map(|choice| {
        sandbox.call(Action::Count, &[(Typer, choice.name)]).ok()["Data"].as_u64().expect("a number")
    });
    assert_eq!(counts.collect::<Vec<_>>(), [30, 30, 0]);
}

#[test]
fn what_the_catalogue_does_not_know_or_misses_is_refused() {
    let sandbox = Running::start(|_| {});
    let booking = form(Action::ChangeBalance, &[(Customer, "1"), (Amount, "1"), (BookingNote, "x")]);
    assert!(sandbox.post("/", &format!("{booking}&summa=1")).error(400).contains("unknown parameter: summa"));
    assert!(sandbox.call(Action::Add, &[]).error(400).contains("missing"));
    assert!(
        sandbox.call(Action::ChangeBalance, &[(Customer, "1"), (Amount, "1")]).error(400).contains("missing")
    );
    for (meaning, value) in
        [(Customer, "0"), (Customer, "1,2"), (Amount, "1,5"), (Employee, "x"), (SkipTriggers, "yes")]
    {
        let mut call = vec![(Customer, "1"), (Amount, "1"), (BookingNote, "x")];
        call.retain(|(other, _)| *other != meaning);
        call.push((meaning, value));
        assert!(sandbox.call(Action::ChangeBalance, &call).error(400).contains("wrong value"), "{value}");
    }
    assert!(
        sandbox
            .call(Action::Find, &[(Typer, "shoe_size"), (Sought, "44")])
            .error(400)
            .contains("wrong value")
    );
    assert_eq!(sandbox.bookings(), 0);
}

#[test]
fn the_version_decides_what_is_known() {
    for (version, expected) in
        [("3.11", [400, 400, 200, 400]), ("3.16", [200, 200, 200, 400]), ("3.17", [200, 200, 400, 200])]
    {
        let sandbox = Running::start(|settings| settings.version = version.parse().ok());
        let history = CUSTOMER.subcategory(Action::History).expect("history");
        let by = |name| {
            let mut fields = envelope(Action::History, ApiSelector::Subcat);
            fields.push((name, "1"));
            sandbox.post("/", &encode(&fields)).status
        };
        let booking = [(Customer, "1"), (Amount, "1"), (BookingNote, "x"), (Employee, "1")];
        let statuses = [
            sandbox.call(Action::Edit, &[(Customer, "1"), (NAME, "x")]).status,
            sandbox.call(Action::ChangeBalance, &booking).status,
            by(history.parameters[0].name),
            by(history.parameters[1].name),
        ];
        assert_eq!(statuses, expected.map(Some), "{version}");
    }
}
