//! Whether an answer without a verdict shows what was asked for: then it speaks for itself. A login form or the page of
//! another program may be JSON as well, and must never pass for an empty result.

use serde_json::Value;

use super::payload::{id_of, ids};
use super::reply::Accepted;
use crate::catalogue::{Action, CUSTOMER_ID, HISTORY_DATE, is_field};
use crate::validating::Call;

/// Whether the answer has what this read asks for.
pub(super) fn shows_what_was_asked_for(call: &Call, accepted: &Accepted) -> bool {
    let data = accepted.data.as_ref();
    match call.action() {
        Action::Read => data.is_some_and(|data| is_a_customer(data, call.customer())),
        Action::Count => counted(accepted).is_some(),
        Action::Find | Action::Select => {
            let (listed, is_odd) = ids(data);
            !accepted.has_odd_id && (!accepted.ids.is_empty() || !listed.is_empty() && !is_odd)
        }
        Action::History => data.is_some_and(|data| {
            let entries = elements(data);
            !entries.is_empty() && entries.iter().all(|entry| field(entry, HISTORY_DATE).is_some())
        }),
        _ => false,
    }
}

/// The number that a counter's answer holds: as its data, alone in its data under whatever name, or beside the verdict
/// under a name of its own.
pub(super) fn counted(accepted: &Accepted) -> Option<u64> {
    let in_data = match &accepted.data {
        Some(Value::Object(fields)) if fields.len() == 1 => {
            fields.iter().find(|(name, _)| may_be_counted(name)).and_then(|(_, value)| whole(value))
        }
        Some(data) => whole(data),
        None => None,
    };
    in_data.or(accepted.counted)
}

/// Whether a number under this name may be what was counted, and not one of those that many answers have beside it.
pub(super) fn may_be_counted(name: &str) -> bool {
    const OTHERS: [&str; 8] = ["result", "error", "id", "code", "status", "time", "version", "memory"];
    let name = name.to_ascii_lowercase();
    !OTHERS.iter().any(|other| name.contains(other))
}

/// A whole number, which may be text.
pub(super) fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether this is one of the customers who were asked for, or several of them; where nobody was named by an id, whether
/// it is a customer at all.
fn is_a_customer(data: &Value, asked: Option<&str>) -> bool {
    let is_asked_for =
        |id: &str| asked.is_none_or(|asked| asked.split(',').any(|one| id_of(one) == id_of(id)));
    let has_own_id = |customer: &Value| {
        let own = field(customer, CUSTOMER_ID).map(|id| ids(Some(id)).0);
        own.is_some_and(|own| matches!(own.as_slice(), [id] if is_asked_for(id)))
    };
    has_own_id(data) || elements(data).into_iter().any(has_own_id)
}

/// The elements of a list, which PHP may write as a map.
fn elements(data: &Value) -> Vec<&Value> {
    match data {
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    }
}

fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(known, _)| is_field(known, name)).map(|(_, value)| value)
}
