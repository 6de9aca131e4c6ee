//! A customer as the server sent it, made comparable: names in one spelling, texts without HTML's escapes, which
//! are taken off exactly once.

use std::borrow::Cow;
use std::collections::BTreeSet;

use html_escape::decode_html_entities;
use serde_json::{Map, Value};

use crate::catalogue::{CUSTOMER_ID, FIELDS, is_field};

/// Which fields of a customer are kept; the others are not written anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptFields {
    All,
    /// These, by the first name of their paths.
    Only(BTreeSet<String>),
}

impl KeptFields {
    fn keeps(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name) || name == CUSTOMER_ID,
        }
    }
}

/// The customer's own fields in one spelling, with their id among them.
pub fn tidy(id: u64, fields: Map<String, Value>, keep: &KeptFields) -> Map<String, Value> {
    let mut tidied = Map::with_capacity(fields.len() + 1);
    let has_id = fields.iter().any(|(name, value)| is_field(name, CUSTOMER_ID) && !value.is_null());
    if !has_id {
        tidied.insert(CUSTOMER_ID.to_owned(), id.into());
    }
    for (name, value) in fields {
        let spelt = spelling(&name).into_owned();
        let is_no_id = !has_id && spelt == CUSTOMER_ID;
        if keep.keeps(&spelt) && !is_no_id {
            insert(&mut tidied, spelt, &name, tidy_value(value));
        }
    }
    tidied
}

fn tidy_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(match decode_html_entities(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(decoded) => decoded,
        }),
        Value::Array(list) => list.into_iter().map(tidy_value).collect(),
        Value::Object(fields) => {
            let mut tidied = Map::with_capacity(fields.len());
            for (name, value) in fields {
                insert(&mut tidied, spelling(&name).into_owned(), &name, tidy_value(value));
            }
            Value::Object(tidied)
        }
        other => other,
    }
}

/// Two names that come to the same spelling both stay: the second one as it came.
fn insert(fields: &mut Map<String, Value>, spelt: String, name: &str, value: Value) {
    let free = if fields.contains_key(&spelt) { name.to_owned() } else { spelt };
    fields.insert(free, value);
}

/// A name with capitals is the known one that it is another spelling of, or else the same in lower case.
fn spelling(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    let known = FIELDS.iter().flat_map(|field| field.path.split('.')).find(|known| is_field(name, known));
    known.map_or_else(|| Cow::Owned(name.to_ascii_lowercase()), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{KeptFields, tidy};

    fn fields(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(fields) => fields,
            other => panic!("{other}"),
        }
    }

    fn tidied(value: Value) -> String {
        Value::Object(tidy(7, fields(value), &KeptFields::All)).to_string()
    }

    #[test]
    fn names_come_in_one_spelling_and_in_the_servers_order() {
        let customer =
            json!({"Login": "x", "DateConnect": "y", "Nobody": {"Knows": 1}, "Agreement": [{"Number": 1}]});
        assert_eq!(
            tidied(customer),
            r#"{"id":7,"login":"x","date_connect":"y","nobody":{"knows":1},"agreement":[{"number":1}]}"#
        );
        assert_eq!(tidied(json!({"login": 1, "Login": 2, "id": 7})), r#"{"login":1,"Login":2,"id":7}"#);
    }

    #[test]
    fn whose_row_it_is_is_known_even_where_the_server_does_not_say() {
        assert_eq!(tidied(json!({"Id": null, "login": "x"})), r#"{"id":7,"login":"x"}"#);
    }

    #[test]
    fn escapes_are_taken_off_once_and_numbers_keep_their_digits() {
        let text = r#"{"id":7,"a":"&quot;&amp;quot;&#039;&#047;","b":[15.40,-0],"c":{"d":"&lt;"}}"#;
        let customer = serde_json::from_str(text).expect("JSON");
        assert_eq!(tidied(customer), r#"{"id":7,"a":"\"&quot;'/","b":[15.40,-0],"c":{"d":"<"}}"#);
    }

    #[test]
    fn what_is_not_kept_is_gone_and_the_id_stays() {
        let keep = KeptFields::Only(["login".to_owned()].into());
        let customer = fields(json!({"login": "x", "full_name": "y", "id": 7}));
        assert_eq!(Value::Object(tidy(7, customer, &keep)).to_string(), r#"{"login":"x","id":7}"#);
    }
}
