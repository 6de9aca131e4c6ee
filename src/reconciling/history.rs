//! A customer's history in every shape that was seen: a list, a map under any keys, either of them inside
//! another, fields in any case, amounts as numbers or text, dates in several notations, text escaped for HTML.

use html_escape::decode_html_entities;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

use super::time_window::When;
use crate::catalogue::{
    ApiSelector, HISTORY_AMOUNT, HISTORY_DATE, HISTORY_EMPLOYEE, HISTORY_KIND, HISTORY_NOTE, Version,
    is_field,
};
use crate::sending::{Clock, Link, Transport, Unread};
use crate::validating::{Call, Money};

/// One operation of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// How much was booked; none where the entry names no amount, or none that can be read exactly.
    pub amount: Option<Money>,
    /// The note, without HTML's escapes.
    pub note: Option<String>,
    /// When.
    pub at: When,
    /// What sort of operation, without HTML's escapes.
    pub kind: Option<String>,
    /// The employee's id, as the server wrote it.
    pub employee: Option<String>,
    /// The amount as the server wrote it, every digit of it.
    pub amount_text: Option<String>,
    /// The date as the server wrote it.
    pub date_text: Option<String>,
    /// Every text of the entry, the note among them: as it came, and without HTML's escapes.
    pub texts: Vec<String>,
}

/// The answer's entries; none where it is no history, which is not the same as a history without entries.
pub fn entries(data: Option<&Value>) -> Option<Vec<HistoryEntry>> {
    let mut found = Vec::new();
    let is_history = collect(data?, DEEPEST, &mut found);
    (is_history || !found.is_empty()).then_some(found)
}

/// The same, and none where a part of the answer is no history either: for whoever must not leave anything out.
pub fn all_entries(data: Option<&Value>) -> Option<Vec<HistoryEntry>> {
    let mut found = Vec::new();
    collect(data?, DEEPEST, &mut found).then_some(found)
}

/// A list inside a map inside a map was never seen.
const DEEPEST: usize = 4;

/// Takes the entries out of a container, and says whether it is one: every element is an entry or another
/// container, so that an empty one is the history of somebody to whom nothing happened.
fn collect(value: &Value, depth: usize, found: &mut Vec<HistoryEntry>) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match value {
        Value::Array(list) => collect_all(list.iter(), depth, found),
        Value::Object(fields) if is_entry(fields) => {
            found.push(entry(fields));
            true
        }
        // Beside a container may stand what counts or names it.
        Value::Object(fields) => {
            let mut containers = fields.values().filter(|field| field.is_array() || field.is_object());
            let is_container = fields.is_empty() || containers.clone().next().is_some();
            collect_all(&mut containers, depth, found) && is_container
        }
        _ => false,
    }
}

/// Takes the entries out of all of them, also behind one that has none.
fn collect_all<'v>(
    values: impl Iterator<Item = &'v Value>,
    depth: usize,
    found: &mut Vec<HistoryEntry>,
) -> bool {
    let mut are_all = true;
    for value in values {
        are_all &= collect(value, depth, found);
    }
    are_all
}

fn is_entry(fields: &Map<String, Value>) -> bool {
    let known = [HISTORY_DATE, HISTORY_AMOUNT, HISTORY_NOTE, HISTORY_KIND];
    fields.iter().any(|(name, value)| {
        !value.is_array() && !value.is_object() && known.iter().any(|known| is_field(name, known))
    })
}

fn entry(fields: &Map<String, Value>) -> HistoryEntry {
    let field = |known| fields.iter().find(|(name, _)| is_field(name, known)).map(|(_, value)| value);
    let mut texts = Vec::new();
    fields.values().for_each(|value| gather(value, DEEPEST, &mut texts));
    HistoryEntry {
        amount: field(HISTORY_AMOUNT).and_then(money),
        note: field(HISTORY_NOTE).and_then(plain),
        at: field(HISTORY_DATE).map_or(When::Unreadable, when),
        kind: field(HISTORY_KIND).and_then(plain),
        employee: HISTORY_EMPLOYEE.into_iter().find_map(field).and_then(plain),
        amount_text: field(HISTORY_AMOUNT).and_then(plain),
        date_text: field(HISTORY_DATE).and_then(plain),
        texts,
    }
}

/// A value as text: numbers with every digit, text without HTML's escapes.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(decoded(text)),
        other => Some(other.to_string()),
    }
}

fn gather(value: &Value, depth: usize, texts: &mut Vec<String>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::String(text) => {
            let plain = decoded(text);
            if plain != *text {
                texts.push(plain);
            }
            texts.push(text.clone());
        }
        Value::Array(list) => list.iter().for_each(|value| gather(value, depth, texts)),
        Value::Object(fields) => fields.values().for_each(|value| gather(value, depth, texts)),
        _ => {}
    }
}

fn decoded(text: &str) -> String {
    decode_html_entities(text).into_owned()
}

/// An amount as a number or as text. A number with a point went through binary on its way out of the JSON;
/// its shortest notation is what the server wrote as long as it has no more than 15 digits, so that one with
/// more is not taken for an amount.
pub(super) fn money(value: &Value) -> Option<Money> {
    const EXACT: usize = 15;
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            (digits <= EXACT || !number.is_f64()).then(|| Money::written_by_server(&text))?
        }
        Value::String(text) => Money::written_by_server(&decoded(text)),
        _ => None,
    }
}

fn when(value: &Value) -> When {
    let seconds = |seconds: i64| Timestamp::from_second(seconds).map_or(When::Unreadable, When::At);
    match value {
        Value::Number(number) => number.as_i64().map_or(When::Unreadable, seconds),
        Value::String(text) => {
            let text = text.trim();
            // Below ten digits it may be a date without separators.
            if text.len() >= 10 && text.bytes().all(|b| b.is_ascii_digit()) {
                return text.parse().map_or(When::Unreadable, seconds);
            }
            written(text)
        }
        _ => When::Unreadable,
    }
}

fn written(text: &str) -> When {
    // Second 0, in whatever zone, stands for no date.
    if text.starts_with("1970-01-01") || text.starts_with("01.01.1970") {
        return When::Unreadable;
    }
    // With an offset it is a moment. Without one it is not, whatever stands in front of it.
    if let Ok(moment) = text.parse::<Timestamp>() {
        return When::At(moment);
    }
    const TIMES: [&str; 5] =
        ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"];
    if let Some(time) = TIMES.iter().find_map(|format| DateTime::strptime(format, text).ok()) {
        return When::Local(time);
    }
    let date = ["%Y-%m-%d", "%d.%m.%Y"].iter().find_map(|format| Date::strptime(format, text).ok());
    date.map_or(When::Unreadable, When::Day)
}

/// A customer's history could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoHistory {
    /// The read had no answer, or a refusal.
    Unread(Unread),
    /// The answer is no history.
    Unknown,
}

/// Reads a customer's history, as far as it can be read. Where nobody has said which version the server is, it is asked in the newest
/// way first, and in the older one if it says no, or shows nothing: a server that does not see the customer's
/// id may answer with an empty list.
pub async fn read_history<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    customer: &str,
) -> Result<Vec<HistoryEntry>, NoHistory> {
    read_as(link, selector, server, customer, entries).await
}

/// The same where nothing may be left out: an answer of which only a part can be read is none.
pub async fn read_whole_history<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    customer: &str,
) -> Result<Vec<HistoryEntry>, NoHistory> {
    read_as(link, selector, server, customer, all_entries).await
}

async fn read_as<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    customer: &str,
    entries: fn(Option<&Value>) -> Option<Vec<HistoryEntry>>,
) -> Result<Vec<HistoryEntry>, NoHistory> {
    let ways = Call::histories(customer, server).unwrap_or_default();
    let mut first = Err(NoHistory::Unknown);
    for (place, way) in ways.iter().enumerate() {
        let read = match link.read(selector, way).await {
            Ok(answer) => entries(answer.data.as_ref()).ok_or(NoHistory::Unknown),
            Err(unread) => Err(NoHistory::Unread(unread)),
        };
        let is_over = match &read {
            Ok(entries) => !entries.is_empty(),
            // What was lost may have been the answer; another way is no better.
            Err(NoHistory::Unread(Unread::Lost(_))) => true,
            // Refused the second time it is not the key, but the way of asking.
            Err(NoHistory::Unread(Unread::KeyRefused(_))) => place == 0,
            Err(_) => false,
        };
        if is_over {
            return read;
        }
        if place == 0 || first.is_err() && read.is_ok() {
            first = read;
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::{HistoryEntry, When, all_entries, entries};
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
            assert_eq!(found.at, When::Local("2026-11-23 18:20:00".parse().expect("a time")), "{shape}");
            assert!(found.texts.iter().any(|text| text == "\"fee\""), "{shape}");
        }
    }

    /// Nothing happened to this customer; or nobody knows, because the answer is something else.
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
        assert_eq!((entry.date_text.as_deref(), entry.at), (Some("0000-00-00"), When::Unreadable));
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
            assert_eq!(all_entries(Some(&data)).is_some(), whole, "{data}");
        }
        assert_eq!(all_entries(None), None);
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
        let time = When::Local("2026-11-23 18:20:00".parse().expect("a time"));
        let second = When::At("2026-11-23T18:20:00Z".parse().expect("a moment"));
        for (value, expected) in [
            (json!("2026-11-23 18:20:00"), time),
            (json!("2026-11-23T18:20:00"), time),
            (json!("2026-11-23 18:20"), time),
            (json!("23.11.2026 18:20:00"), time),
            (json!(" 23.11.2026 18:20 "), time),
            (json!(1_795_458_000), second),
            (json!("1795458000"), second),
            (json!("2026-11-23T20:20:00+02:00"), second),
            (json!("2026-11-23"), When::Day("2026-11-23".parse().expect("a date"))),
            (json!("23.11.2026"), When::Day("2026-11-23".parse().expect("a date"))),
            (json!("0000-00-00 00:00:00"), When::Unreadable),
            (json!("yesterday"), When::Unreadable),
            (json!("99999999999999999999"), When::Unreadable),
            (json!(1.5), When::Unreadable),
            (json!(null), When::Unreadable),
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
}
