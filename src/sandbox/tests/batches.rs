//! Reads of several customers: what each kind of server answers, and which customers it cannot read.

use std::num::NonZeroUsize;

use serde_json::{Value, json};

use super::support::{Running, form, parameter};
use crate::catalogue::{Action, Meaning};
use crate::sandbox::{BatchAnswer, Settings};
use Meaning::{Customer, Equals, Sets};

fn answering(batches: BatchAnswer) -> Running {
    Running::start(|settings| settings.batches = batches)
}

fn read(sandbox: &Running, ids: &str) -> Value {
    sandbox.call(Action::Read, &[(Customer, ids)]).ok()["Data"].clone()
}

/// The ids in a list of customers.
fn listed(data: &Value) -> Vec<u64> {
    let customers = data.as_array().unwrap_or_else(|| panic!("no list: {data}"));
    customers.iter().map(|customer| customer["id"].as_u64().expect("an id")).collect()
}

/// The keys of a map of customers, each of which must be the customer's id.
fn keyed(data: &Value) -> Vec<u64> {
    let customers = data.as_object().unwrap_or_else(|| panic!("no map: {data}"));
    let key = |(key, customer): (&String, &Value)| {
        assert_eq!(*key, customer["id"].to_string());
        key.parse().expect("an id")
    };
    customers.iter().map(key).collect()
}

#[test]
fn a_map_has_everybody_who_exists_under_their_ids() {
    for sandbox in [answering(BatchAnswer::Map), Running::start(|_| {})] {
        assert_eq!(keyed(&read(&sandbox, "9,2,999999,5")), [9, 2, 5]);
        assert_eq!(keyed(&read(&sandbox, "3,999999")), [3]);
        assert_eq!(read(&sandbox, "999998,999999"), json!([]));
        assert_eq!(read(&sandbox, "9")["id"], 9);
    }
}

#[test]
fn a_list_has_everybody_who_exists_once_and_in_the_order_asked() {
    let sandbox = answering(BatchAnswer::List);
    assert_eq!(listed(&read(&sandbox, "9,2,999999,5,002")), [9, 2, 5]);
    assert_eq!(listed(&read(&sandbox, "3,999999")), [3]);
    assert_eq!(read(&sandbox, "999998,999999"), json!([]));
    assert_eq!(read(&sandbox, "9")["id"], 9);
}

#[test]
fn where_an_integer_is_made_of_them_the_first_is_answered_as_if_alone() {
    let sandbox = answering(BatchAnswer::First);
    assert_eq!(read(&sandbox, "9,2,5"), read(&sandbox, "9"));
    assert_eq!(sandbox.call(Action::Read, &[(Customer, "999999,2")]).error(404), "customer not found");
}

#[test]
fn several_may_be_a_wrong_value_and_one_is_still_read() {
    let sandbox = answering(BatchAnswer::Refuse);
    let error = sandbox.call(Action::Read, &[(Customer, "1,2")]).error(400);
    let name = parameter(Action::Read, Customer).name;
    assert!(error.contains("wrong value") && error.contains(name) && error.contains("1,2"), "{error}");
    assert_eq!(read(&sandbox, "2")["id"], 2);
}

#[test]
fn only_so_many_of_several_are_looked_at() {
    let limited = |batches| {
        Running::start(|settings| {
            settings.batches = batches;
            settings.batch_limit = NonZeroUsize::new(2);
        })
    };
    // The ids are counted, not the customers.
    for (ids, expected) in [("9,2,5", &[9, 2][..]), ("999999,2,5", &[2]), ("9,2", &[9, 2])] {
        assert_eq!(keyed(&read(&limited(BatchAnswer::Map), ids)), expected);
        assert_eq!(listed(&read(&limited(BatchAnswer::List), ids)), expected);
    }
    assert_eq!(read(&limited(BatchAnswer::First), "9,2,5")["id"], 9);
}

/// How often a mixed server answers the same read with a list, and how often with a map.
fn mixture(batches: BatchAnswer) -> (usize, usize) {
    let sandbox = Running::start(|settings| {
        settings.shape = "mixed".parse().expect("a shape");
        settings.batches = batches;
    });
    let answers = (0..60).map(|_| sandbox.call(Action::Read, &[(Customer, "9,2,5")]).json());
    let (lists, maps): (Vec<Value>, Vec<Value>) = answers
        .map(|answer| answer.get("Data").or_else(|| answer.get("data")).expect("customers").clone())
        .partition(Value::is_array);
    assert!(lists.iter().all(|list| list.as_array().map(Vec::len) == Some(3)), "{lists:?}");
    assert!(maps.iter().all(|map| map.as_object().map(serde_json::Map::len) == Some(3)), "{maps:?}");
    (lists.len(), maps.len())
}

#[test]
fn a_mixed_map_is_a_list_as_often_and_a_list_stays_one() {
    let (lists, maps) = mixture(BatchAnswer::Map);
    assert!(lists > 10 && maps > 10, "{lists} lists, {maps} maps");
    assert_eq!(mixture(BatchAnswer::List), (60, 0));
}

fn unreadable(change: impl FnOnce(&mut Settings)) -> Running {
    Running::start(|settings| {
        settings.unreadable = Some("7,20-25".parse().expect("ids"));
        change(settings);
    })
}

#[test]
fn a_read_that_names_somebody_unreadable_breaks_down_every_time() {
    let sandbox = unreadable(|_| {});
    for ids in ["7", "07", "20", "1,2,25", "22,1", "999999,7", "7", "6,8,19,26,7"] {
        let answer = sandbox.call(Action::Read, &[(Customer, ids)]);
        assert_eq!(answer.status, Some(500), "{ids}");
        assert!(answer.text().contains("<html>"), "{ids}");
    }
    assert_eq!(keyed(&read(&sandbox, "6,8,19,26")), [6, 8, 19, 26]);
    assert_eq!(read(&sandbox, "8")["id"], 8);
    let query = form(Action::Read, &[(Customer, "1,7")]);
    assert_eq!(sandbox.get("/", &query).status, Some(500));
}

#[test]
fn somebody_unreadable_can_be_written_found_and_asked_for_their_history() {
    let sandbox = unreadable(|_| {});
    sandbox.call(Action::Edit, &[(Customer, "7"), (Sets("full_name"), "x")]).ok();
    sandbox.call(Action::History, &[(Customer, "7")]).ok();
    let selected = sandbox.call(Action::Select, &[(Equals("full_name"), "x")]).ok();
    assert_eq!(selected["Data"], json!([7]));
}

#[test]
fn nothing_else_saves_a_read_of_somebody_unreadable() {
    for batches in [BatchAnswer::Map, BatchAnswer::List, BatchAnswer::First, BatchAnswer::Refuse] {
        let sandbox = unreadable(|settings| {
            settings.batches = batches;
            settings.batch_limit = NonZeroUsize::new(1);
            settings.faults = vec!["read:404=100%".parse().expect("a fault")];
        });
        assert_eq!(sandbox.call(Action::Read, &[(Customer, "1,7")]).status, Some(500), "{batches:?}");
        assert_eq!(sandbox.call(Action::Read, &[(Customer, "1")]).status, Some(404), "{batches:?}");
    }
}

#[test]
fn a_break_down_is_a_fault_in_the_log_and_counts_as_a_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let sandbox = unreadable(|settings| {
        settings.faults = vec!["read:503@2".parse().expect("a fault")];
        settings.log = Some(log.clone());
    });
    for ids in ["1,7", "1", "1"] {
        sandbox.call(Action::Read, &[(Customer, ids)]);
    }
    let text = std::fs::read_to_string(log).expect("the log");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let told: Vec<_> = lines.iter().map(|line| (&line["fault"], &line["applied"], &line["status"])).collect();
    let no = &json!(false);
    assert_eq!(
        told,
        [(&json!("500"), no, &json!(500)), (&json!("503"), no, &json!(503)), (&Value::Null, no, &json!(200))]
    );
}

#[test]
fn a_wrong_key_is_reported_before_anything_breaks_down() {
    let sandbox = unreadable(|_| {});
    let body = form(Action::Read, &[(Customer, "7")]).replace("the-right-key", "wrong");
    sandbox.post("/", &body).error(403);
}
