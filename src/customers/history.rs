//! A customer's history in every shape that was seen: a list, a map under any keys, either of them inside
//! another, fields in any case, amounts as numbers or text, dates in several notations, text escaped for HTML.

use serde_json::{Map, Value};

use super::amount::{decoded, exact};
use super::entry_time::EntryTime;
use crate::catalogue::{
    HISTORY_AMOUNT, HISTORY_DATE, HISTORY_EMPLOYEE, HISTORY_KIND, HISTORY_NOTE, is_field,
};
use crate::validating::Money;

/// One operation of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// How much was booked; none where the entry has no amount, or none that can be read exactly.
    pub amount: Option<Money>,
    /// The note, without HTML's escapes.
    pub note: Option<String>,
    pub at: EntryTime,
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

/// What an answer shows of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownHistory {
    pub entries: Vec<HistoryEntry>,
    /// Whether every entry of the answer could be read.
    pub is_whole: bool,
    /// Every text of an answer of which a part can't be read.
    pub texts: Vec<String>,
}

/// The answer's entries; none where it is not a history, which is not the same as a history without entries.
#[cfg(test)]
pub fn entries(data: Option<&Value>) -> Option<Vec<HistoryEntry>> {
    let mut found = Vec::new();
    let is_history = collect(data?, DEEPEST, &mut found);
    (is_history || !found.is_empty()).then_some(found)
}

/// What can be read of the answer, and whether that is all of it; none where it is not a history.
pub(super) fn shown(data: Option<&Value>) -> Option<ShownHistory> {
    let (mut entries, mut texts) = (Vec::new(), Vec::new());
    let is_whole = collect(data?, DEEPEST, &mut entries);
    if !is_whole {
        gather(data?, 2 * DEEPEST, &mut texts);
    }
    (is_whole || !entries.is_empty()).then_some(ShownHistory { entries, is_whole, texts })
}

/// A list inside a map inside a map was never seen.
const DEEPEST: usize = 4;

/// Takes the entries out of a container, and says whether it is one: every element is an entry or another
/// container, so that an empty one is the history of a customer to whom nothing happened.
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

/// Takes the entries out of all of them, also after one that has none.
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
    let known = [HISTORY_DATE, HISTORY_AMOUNT, HISTORY_NOTE, HISTORY_KIND[0]];
    fields.iter().any(|(name, value)| {
        !value.is_array() && !value.is_object() && known.iter().any(|known| is_field(name, known))
    })
}

fn entry(fields: &Map<String, Value>) -> HistoryEntry {
    let field = |known| fields.iter().find(|(name, _)| is_field(name, known)).map(|(_, value)| value);
    let mut texts = Vec::new();
    fields.values().for_each(|value| gather(value, DEEPEST, &mut texts));
    HistoryEntry {
        amount: field(HISTORY_AMOUNT).and_then(exact),
        note: field(HISTORY_NOTE).and_then(plain),
        at: field(HISTORY_DATE).map_or(EntryTime::Unreadable, EntryTime::read),
        kind: HISTORY_KIND.into_iter().find_map(field).and_then(plain),
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
