//! The comparison of results and server on small lies: one that sees nothing would never fail.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::case::{Case, Operation, Row};
use super::mishap::{Mishap, Turns};
use super::truth::{Stage, compare};
use super::world::World;
use crate::support::{Entry, Results};

fn case(operation: Operation, header: &'static [&'static str], rows: &[&str]) -> Case {
    let row = |word: &&str| Row { cells: vec!["1".to_owned(), (*word).to_owned()], word: (*word).to_owned() };
    Case {
        operation,
        header,
        rows: rows.iter().map(row).collect(),
        sandbox: String::new(),
        options: String::new(),
        settle: Duration::ZERO,
        requests: 0,
        kills: 0,
        decidable: true,
        mostly_decidable: false,
        tagged: true,
        world: World::Lossy,
        mishap: Mishap::Nothing,
    }
}

fn write(name: &str, column: &str, text: &str, applied: bool) -> Entry {
    Entry {
        t_ms: 0.0,
        method: "POST".to_owned(),
        selector: None,
        subcategory: Some(name.to_owned()),
        parameters: BTreeMap::from([(column.to_owned(), text.to_owned())]),
        key_in_query: false,
        fault: None,
        applied,
        status: None,
    }
}

fn results(header: &[&str], lines: &[&str]) -> Results {
    let columns = "result_status,result_id,result_error_code,result_error,result_http_status,result_attempts";
    let text = format!("{},{columns}\n{}\n", header.join(","), lines.join("\n"));
    Results::read(text.as_bytes(), String::new())
}

/// The faults of a case with one row of this operation, which was written as often as `applied` says.
fn told(operation: Operation, line: &str, applied: &[&str], ledger: &Value) -> String {
    let header: &[&str] = match operation {
        Operation::Add => &["fio", "codeti"],
        Operation::ChangeBalance => &["customer_id", "comment"],
        Operation::Edit => &["id", "comment"],
    };
    let case = case(operation, header, &["case1-1#"]);
    let log: Vec<Entry> = applied.iter().map(|text| write(operation.name(), header[1], text, true)).collect();
    compare(&case, (&Turns::default(), 0), &results(header, &[line]), ledger, &log, Stage::End).join("; ")
}

const HEADER: &[&str] = &["id", "comment"];

#[test]
fn a_true_account_has_no_faults() {
    let added = json!({"customers": [{"id": 1001, "codeti": "case1-1#"}]});
    assert_eq!(told(Operation::Add, "1,case1-1#,ok,1001,,,200,1", &["case1-1#"], &added), "");
    let booked = json!({"bookings": [{"customer": 1, "comment": "case1-1# tag"}]});
    assert_eq!(told(Operation::ChangeBalance, "1,case1-1#,ok,,,,200,1", &["case1-1# tag"], &booked), "");
    let edited = json!({"customers": [{"id": 1, "comment": "case1-1#"}]});
    assert_eq!(told(Operation::Edit, "1,case1-1#,ok,,,,200,2", &["case1-1#"; 2], &edited), "");
    assert_eq!(told(Operation::Add, "1,case1-1#,failed,,not_applied,,,1", &[], &json!({})), "");
}

#[test]
fn every_lie_is_seen() {
    let word = "case1-1#";
    let added = |ids: &[u64]| json!({"customers": ids.iter().map(|id| json!({"id": id, "codeti": word})).collect::<Vec<_>>()});
    let add = |line, applied: &[&str], ids| told(Operation::Add, line, applied, &added(ids));
    for (found, fault) in [
        (add("1,case1-1#,ok,1001,,,200,1", &[word; 2], &[1001, 1002]), "carried out twice"),
        (add("1,case1-1#,ok,1002,,,200,1", &[word], &[1001]), "another id"),
        (add("1,case1-1#,ok,1001,,,200,1", &[], &[]), "ok and was not carried out"),
        (add("1,case1-1#,failed,,not_applied,,,1", &[word], &[1001]), "neither ok nor unknown"),
        (add("1,case1-1#,skipped,,stopped,,,0", &[word], &[1001]), "neither ok nor unknown"),
        (add("1,case1-1#,failed,1001,already_exists,,,0", &[], &[]), "what another run has done"),
        (add("1,case1-1#,unknown,,timeout,,,1", &[], &[]), "left unknown"),
        (add("1,case1-1#,skipped,,stopped,,,0", &[], &[]), "left skipped"),
        (add("1,case1-1#,ok,1001,,,200,1", &[word], &[]), "not in the ledger"),
        (add("2,case1-1#,ok,1001,,,200,1", &[word], &[1001]), "are not the 1 of the input"),
        (add("1,case1-1#,failed,,api_error,,200,1\n1,case1-1#,ok,,,,,", &[], &[]), "2 rows in the results"),
    ] {
        assert!(found.contains(fault), "{fault}: {found}");
    }
    let edit = |line, applied: &[&str], comment| {
        told(Operation::Edit, line, applied, &json!({"customers": [{"id": 1, "comment": comment}]}))
    };
    for (found, fault) in [
        (edit("1,case1-1#,ok,,,,200,1", &[], ""), "another value"),
        (edit("1,case1-1#,ok,,,,200,1", &[word], "other"), "another value"),
        (edit("1,case1-1#,failed,,api_error,,200,1", &[word], word), "failed and was carried out"),
        (edit("1,case1-1#,skipped,,stopped,,,0", &[word], word), "skipped and was carried out"),
    ] {
        assert!(found.contains(fault), "{fault}: {found}");
    }
}

/// Two rows that are the same have a tag each, and are carried out once each.
#[test]
fn a_pair_is_two_rows() {
    let header = &["customer_id", "comment"];
    let case = case(Operation::ChangeBalance, header, &["case1-1#"; 2]);
    let line = "1,case1-1#,ok,,,,200,1";
    let found = |tags: &[&str]| {
        let texts: Vec<String> = tags.iter().map(|tag| format!("case1-1# {tag}")).collect();
        let log: Vec<Entry> =
            texts.iter().map(|text| write("change_balance", "comment", text, true)).collect();
        let bookings: Vec<Value> = texts.iter().map(|text| json!({"customer": 1, "comment": text})).collect();
        compare(
            &case,
            (&Turns::default(), 0),
            &results(header, &[line; 2]),
            &json!({"bookings": bookings}),
            &log,
            Stage::End,
        )
    };
    assert!(found(&["a", "b"]).is_empty());
    assert!(found(&["a", "a"]).join("").contains("under one tag"));
    assert!(found(&["a"]).join("").contains("ok and was not carried out"));
    assert!(found(&["a", "b", "c"]).join("").contains("more ways than it has rows"));
}

/// A booking that a proxy has sent a second time is said to be there twice, and no other is.
#[test]
fn a_double_of_the_world_is_named() {
    let case = case(Operation::ChangeBalance, &["customer_id", "comment"], &["case1-1#"]);
    let found = |code: &str, fault: Option<&str>, times: usize| {
        let entry = Entry {
            fault: fault.map(str::to_owned),
            ..write("change_balance", "comment", "case1-1# a", true)
        };
        let bookings = vec![json!({"customer": 1, "comment": "case1-1# a"}); times];
        let results = results(case.header, &[&format!("1,case1-1#,ok,,{code},,200,1")]);
        compare(
            &case,
            (&Turns::default(), 0),
            &results,
            &json!({"bookings": bookings}),
            &vec![entry; times],
            Stage::End,
        )
        .join("; ")
    };
    assert_eq!(found("booked_twice", Some("double"), 2), "");
    assert!(found("", Some("double"), 2).contains("nobody says so"));
    assert!(found("booked_twice", None, 1).contains("said to be there twice and is not"));
    assert!(found("booked_twice", None, 2).contains("was carried out twice"));
}

/// What another import has done is said to be there already, if it is.
#[test]
fn what_is_there_already_is_there() {
    let found = |mishap, bookings: usize| {
        let case =
            Case { mishap, ..case(Operation::ChangeBalance, &["customer_id", "comment"], &["case1-1#"]) };
        let log = vec![write("change_balance", "comment", "case1-1# a", true); bookings];
        let ledger = json!({"bookings": vec![json!({"customer": 1, "comment": "case1-1# a"}); bookings]});
        let results = results(case.header, &["1,case1-1#,failed,,already_booked,,,0"]);
        compare(&case, (&Turns::default(), 0), &results, &ledger, &log, Stage::End).join("; ")
    };
    assert_eq!(found(Mishap::Restored, 1), "");
    assert!(found(Mishap::Restored, 0).contains("said to be there and is not"));
    assert!(found(Mishap::Nothing, 1).contains("what another run has done"));
}

/// Before a run is over, a row may be open; what is told of it must be true all the same.
#[test]
fn between_runs_rows_may_be_open() {
    let case = case(Operation::Add, &["fio", "codeti"], &["case1-1#"]);
    let between = |line| {
        let log = [write("add", "codeti", "case1-1#", true)];
        let results = results(&["fio", "codeti"], &[line]);
        compare(&case, (&Turns::default(), 0), &results, &json!({}), &log, Stage::Between).join("")
    };
    assert_eq!(between("1,case1-1#,unknown,,,,,1"), "");
    assert!(between("1,case1-1#,skipped,,,,,0").contains("neither ok nor unknown"));
    let case = self::case(Operation::Edit, HEADER, &["case1-1#"]);
    let log = [write("edit", "comment", "case1-1#", true)];
    let results = results(HEADER, &["1,case1-1#,skipped,,,,,0"]);
    assert!(compare(&case, (&Turns::default(), 0), &results, &json!({}), &log, Stage::Between).is_empty());
}
