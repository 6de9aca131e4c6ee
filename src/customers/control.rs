//! Whether the search for one customer finds anybody at all: somebody who is known to be there is looked for. From a
//! search that never does, "nobody" says nothing.

use serde_json::{Map, Value};

use super::answer::{SingleAnswer, one};
use super::fields::{KeptFields, tidy};
use super::finder::CustomerFinder;
use super::search::SearchResult;
use crate::catalogue::{Action, ApiSelector, BILLING_CODES, Choice, choices};
use crate::sending::{Clock, Link, Transport};
use crate::validating::Call;

/// What the search for somebody who is there has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchControl {
    Found,
    /// The server says that there is nobody; who was looked for.
    Missed(String),
    /// Nobody is known who could be looked for.
    Untried,
}

/// So many customers are tried.
const MOST: usize = 2;

/// Looks for one of those who are where the customer will be that this call creates, by what the server says of them: first
/// by the kind of value that the call's own customer is looked for by.
pub async fn control_search<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    finder: &CustomerFinder,
    add: &Call,
) -> SearchControl {
    let Some(neighbours) = add.neighbours() else { return SearchControl::Untried };
    let own = add.find_same().and_then(|search| search.call.kind_of_search().map(str::to_owned));
    let ids = link.read_ids(selector, &neighbours).await.unwrap_or_default();
    let mut missed = SearchControl::Untried;
    for id in ids.into_iter().take(MOST) {
        let Ok(read) = Call::read_customers(&[id]) else { continue };
        let Ok(answer) = link.read(selector, &read).await else { continue };
        let SingleAnswer::Customer(fields) = one(answer.data, id) else { continue };
        let fields = tidy(id, fields, &KeptFields::All);
        let mut known = known_values(&fields);
        known.sort_by_key(|(choice, _)| own.as_deref() != Some(choice.name));
        for (choice, value) in known {
            let Ok(search) = Call::find(choice, &value, false) else { continue };
            match finder.find(link, selector, &search).await {
                Ok(SearchResult::One(found)) if found == id.to_string() => return SearchControl::Found,
                Ok(SearchResult::Several(found)) if found.contains(&id.to_string()) => {
                    return SearchControl::Found;
                }
                Ok(SearchResult::Nobody) => {
                    missed = SearchControl::Missed(format!(
                        "a search for {} {value} does not find customer {id}, who has it",
                        choice.name
                    ));
                }
                // Another one, or no answer: that says neither.
                _ => {}
            }
        }
    }
    missed
}

/// What a customer can be looked for by.
fn known_values(fields: &Map<String, Value>) -> Vec<(&'static Choice, String)> {
    // One value, whichever of its names the answer has.
    let codes = || BILLING_CODES.iter().find_map(|field| value_at(fields, field));
    let at = |field: &str| {
        value_at(fields, field).or_else(|| BILLING_CODES.contains(&field).then(codes).flatten())
    };
    let known = |choice: &'static Choice| Some((choice, at(choice.field)?));
    choices(Action::Find).iter().filter_map(known).collect()
}

/// The value under these names; none where it is empty, or stands in a list.
pub(super) fn value_at(fields: &Map<String, Value>, path: &str) -> Option<String> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match fields.get(first)? {
        Value::Object(inner) if !rest.is_empty() => value_at(inner, rest),
        Value::String(text) if rest.is_empty() => {
            let text = text.trim();
            (!text.is_empty() && text != "0").then(|| text.to_owned())
        }
        Value::Number(number) if rest.is_empty() && number.as_u64() != Some(0) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::known_values;
    use serde_json::{Value, json};

    #[test]
    fn what_stands_alone_can_be_looked_for() {
        let customer = json!({"id": 7, "login": " x ", "account_number": 0, "billing": {"id": 1, "uuid": "a/2"},
            "phone": [{"number": "1"}], "codeti": ""});
        let Value::Object(fields) = customer else { panic!("an object") };
        let known: Vec<_> =
            known_values(&fields).into_iter().map(|(choice, value)| (choice.field, value)).collect();
        assert_eq!(
            known,
            [("billing.uuid", "a/2".to_owned()), ("codeti", "a/2".to_owned()), ("login", "x".to_owned())]
        );
    }
}
