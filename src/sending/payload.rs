//! Where an answer keeps what was asked for, and the ids in it.

use std::borrow::Cow;

use serde_json::Value;

/// Where an answer keeps what was asked for; newer answers have the first, some older ones the second.
pub(super) fn is_payload(name: &str) -> bool {
    ["data", "list"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The ids in a number, a numeric string, or several of either: in a list, in a list with gaps, which PHP
/// writes as a map, or in one string with commas. 0, 00, "" and false are not ids, and neither is other text:
/// whatever a server writes there, only digits get into the results. Also whether there was such other text.
pub(super) fn ids(value: Option<&Value>) -> (Vec<String>, bool) {
    let (mut ids, mut is_odd) = (Vec::new(), false);
    let values: Vec<&Value> = match value {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(Value::Object(map)) => map.values().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    };
    for value in values {
        let text = match value {
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Null | Value::Bool(false) => continue,
            _ => {
                is_odd = true;
                continue;
            }
        };
        let is_none = |id: &str| id.bytes().all(|b| b == b'0');
        for id in text.split(',').map(str::trim).filter(|id| !is_none(id)) {
            if id.bytes().all(|b| b.is_ascii_digit()) {
                ids.push(id.to_owned());
            } else {
                is_odd = true;
            }
        }
    }
    (ids, is_odd)
}

/// The number of an id; none for 0, and for anything that is not a number.
pub(super) fn id_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let are_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if are_digits { text.parse().ok().filter(|id| *id != 0) } else { None }
}
