//! Histories in every shape, and answers that are not histories.

use super::super::entry_time::EntryTime;
use super::super::history::{HistoryEntry, entries, shown};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(data: &Value) -> Option<Vec<HistoryEntry>> {
    entries(Some(data))
}

fn only(data: &Value) -> HistoryEntry {
    let mut found = read(data).unwrap_or_else(|| panic!("{data} is a history"));
    assert_eq!(found.len(), 1, "{data}");
    found.remove(0)
}

#[test]
fn every_shape_of_a_history_is_read() {
    let entry = json!({"Typer": "money", "DateDo": "2026-11-23 18:20:00", "Amount": "10.50",
        "Comment": "&quot;fee&quot;", "empoyee_id": 3});
    let modern = json!({"date_do": "2026-11-23 18:20:00", "AMOUNT": 10.50, "comment": "\"fee\""});
    for shape in [
        json!([entry]),
        json!({"17": entry}),
        json!({"list": [entry]}),
        json!({"count": 1, "list": {"a": entry}}),
        json!({"2026-11-23": [entry]}),
        json!([modern]),
        json!([{"Amount": "1", "DateDo": ""}, [entry]])[1].clone(),
    ] {
        let found = only(&shape);
        assert_eq!(found.amount.map(|money| money.to_string()).as_deref(), Some("10.50"), "{shape}");
        assert_eq!(found.note.as_deref(), Some("\"fee\""), "{shape}");
        assert_eq!(found.at, EntryTime::Local("2026-11-23 18:20:00".parse().expect("a time")), "{shape}");
        assert!(found.texts.iter().any(|text| text == "\"fee\""), "{shape}");
    }
}

/// Nothing happened to this customer; or it is not known, because the answer is something else.
#[test]
fn no_entries_are_not_no_history() {
    for empty in [json!([]), json!({}), json!({"list": []}), json!({"list": [], "total": 0})] {
        assert_eq!(read(&empty), Some(Vec::new()), "{empty}");
    }
    for other in [
        json!(null),
        json!(""),
        json!("nothing"),
        json!(0),
        json!(true),
        json!([1, 2]),
        json!({"count": 0}),
        json!({"id": 1002, "balance": "10.50"}),
        json!([{"id": 1}]),
    ] {
        assert_eq!(read(&other), None, "{other}");
    }
    assert_eq!(entries(None), None);
}

#[test]
fn everything_is_kept_as_it_was_written() {
    let read = |text: &str| only(&serde_json::from_str(text).expect("JSON"));
    let entry = read(
        r#"[{"Typer":"Money &amp; more","DateDo":"0000-00-00","Amount":12345678901234567.8900,"Comment":7,"empoyee_id":"3"}]"#,
    );
    assert_eq!(entry.kind.as_deref(), Some("Money & more"));
    assert_eq!(entry.amount_text.as_deref(), Some("12345678901234567.8900"));
    assert_eq!((entry.date_text.as_deref(), entry.at), (Some("0000-00-00"), EntryTime::Unreadable));
    assert_eq!((entry.note.as_deref(), entry.employee.as_deref()), (Some("7"), Some("3")));
    let entry = read(r#"[{"employee_id":null,"comment":"&amp;quot;","typer":"x"}]"#);
    assert_eq!((entry.employee, entry.amount_text), (None, None));
    assert_eq!(entry.note.as_deref(), Some("&quot;"), "escapes are taken off once");
}

#[test]
fn an_answer_that_is_no_history_in_part_is_not_whole() {
    let entry = json!({"Amount": "1", "DateDo": ""});
    for (data, whole) in [
        (json!([entry]), true),
        (json!([]), true),
        (json!({"count": 1, "list": [entry]}), true),
        (json!([entry, {"Typer": "pause"}]), true),
        (json!([entry, {"id": 1}]), false),
        (json!([entry, 1]), false),
        (json!([entry, "more"]), false),
    ] {
        assert!(read(&data).is_some(), "{data}");
        assert_eq!(shown(Some(&data)).map(|shown| shown.is_whole), Some(whole), "{data}");
    }
    assert_eq!(shown(None), None);
}

#[test]
fn an_amount_is_exact_or_it_is_none() {
    let amount = |value: Value| only(&json!([{"Amount": value}])).amount.map(|money| money.to_string());
    for (value, expected) in [
        (json!(10), Some("10.00")),
        (json!(-10.5), Some("-10.50")),
        (json!(0.1), Some("0.10")),
        (json!(1_234_567_890_123.45), Some("1234567890123.45")),
        (json!(12_345_678_901_234.567), None),
        (json!(12_345_678_901_234_567.8), None),
        (json!(1_234_567_890_123_456_789_i64), Some("1234567890123456789.00")),
        (json!("1 234,50"), Some("1234.50")),
        (json!("10.5000"), Some("10.50")),
        (json!("1.234"), Some("1.234")),
        (json!("1&nbsp;234.50"), Some("1234.50")),
        (json!("ten"), None),
        (json!(1e300), None),
        (json!(null), None),
    ] {
        assert_eq!(amount(value.clone()).as_deref(), expected, "{value}");
    }
}

#[test]
fn dates_are_read_in_every_notation() {
    let at = |value: Value| only(&json!([{"DateDo": value}])).at;
    let time = EntryTime::Local("2026-11-23 18:20:00".parse().expect("a time"));
    let second = EntryTime::At("2026-11-23T18:20:00Z".parse().expect("a moment"));
    for (value, expected) in [
        (json!("2026-11-23 18:20:00"), time),
        (json!("2026-11-23T18:20:00"), time),
        (json!("2026-11-23 18:20"), time),
        (json!("23.11.2026 18:20:00"), time),
        (json!(" 23.11.2026 18:20 "), time),
        (json!(1_795_458_000), second),
        (json!("1795458000"), second),
        (json!("2026-11-23T20:20:00+02:00"), second),
        (json!("2026-11-23"), EntryTime::Day("2026-11-23".parse().expect("a date"))),
        (json!("23.11.2026"), EntryTime::Day("2026-11-23".parse().expect("a date"))),
        (json!("0000-00-00 00:00:00"), EntryTime::Unreadable),
        (json!("yesterday"), EntryTime::Unreadable),
        (json!("99999999999999999999"), EntryTime::Unreadable),
        (json!(1.5), EntryTime::Unreadable),
        (json!(null), EntryTime::Unreadable),
    ] {
        assert_eq!(at(value.clone()), expected, "{value}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![Just("Amount"), Just("DateDo"), Just("Comment"), Just("list"), Just("7")];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        "[0-9. :-]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_answer_is_read_without_panic(data in any_json()) {
        let _ = read(&data);
    }
}
