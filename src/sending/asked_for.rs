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
        Action::Count => counted(data).is_some(),
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

/// The number that a counter's answer holds.
pub(super) fn counted(data: Option<&Value>) -> Option<u64> {
    match data? {
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
