//! Reading and writing a customer's fields by paths such as `phone.0.number` or `group.*.id`.
//!
//! A number is a place in a list, `*` is every element of a list or an object, anything else is a field. A
//! value that is written through `*` becomes the only element, with itself as the key, as the API stores
//! groups and marks.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Every value at the path.
pub(super) fn all<'v>(root: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![root];
    for segment in path.split('.') {
        found = found.into_iter().flat_map(|value| step(value, segment)).collect();
    }
    found
}

/// The first value at the path.
pub(super) fn first<'v>(root: &'v Value, path: &str) -> Option<&'v Value> {
    all(root, path).into_iter().next()
}

fn step<'v>(value: &'v Value, segment: &str) -> Vec<&'v Value> {
    match (value, segment) {
        (Value::Array(list), "*") => list.iter().collect(),
        (Value::Object(fields), "*") => fields.values().collect(),
        (Value::Array(list), place) => {
            place.parse().ok().and_then(|at: usize| list.get(at)).into_iter().collect()
        }
        (Value::Object(fields), name) => fields.get(name).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Writes the value, and creates the lists and objects on the way.
pub(super) fn set(root: &mut Value, path: &str, value: Value) {
    let (segment, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let place = match segment {
        "*" => {
            let mut fields = Map::new();
            let key = text(&value).into_owned();
            // An empty value and 0 mean none.
            if !key.is_empty() && key != "0" {
                let mut element = Value::Null;
                match rest {
                    Some(rest) => set(&mut element, rest, value),
                    None => element = value,
                }
                fields.insert(key, element);
            }
            *root = Value::Object(fields);
            return;
        }
        _ => match segment.parse::<usize>() {
            Ok(at) => element(root, at),
            Err(_) => field(root, segment),
        },
    };
    match rest {
        Some(rest) => set(place, rest, value),
        None => *place = value,
    }
}

fn element(root: &mut Value, at: usize) -> &mut Value {
    if !root.is_array() {
        *root = Value::Array(Vec::new());
    }
    if let Value::Array(list) = root
        && list.len() <= at
    {
        list.resize(at + 1, Value::Object(Map::new()));
    }
    // Indexing a list that is long enough cannot fail.
    &mut root[at]
}

fn field<'v>(root: &'v mut Value, name: &str) -> &'v mut Value {
    if !root.is_object() {
        *root = Value::Object(Map::new());
    }
    // Indexing an object by a name creates the field.
    &mut root[name]
}

/// A simple value as text; lists, objects and `null` are empty.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Bool(flag) => Cow::Borrowed(if *flag { "1" } else { "0" }),
        Value::Null | Value::Array(_) | Value::Object(_) => Cow::Borrowed(""),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{all, first, set};

    #[test]
    fn a_place_in_a_list_is_made_when_it_is_missing() {
        let mut customer = json!({});
        set(&mut customer, "a.1.b", json!("x"));
        assert_eq!(customer, json!({"a": [{}, {"b": "x"}]}));
        assert_eq!(first(&customer, "a.1.b"), Some(&json!("x")));
    }

    #[test]
    fn a_star_keys_the_only_element_by_its_value() {
        let mut customer = json!({"g": {"7": {"n": 7}}});
        set(&mut customer, "g.*.n", json!(51));
        assert_eq!(customer, json!({"g": {"51": {"n": 51}}}));
        set(&mut customer, "g.*.n", json!(0));
        assert_eq!(customer, json!({"g": {}}));
    }

    #[test]
    fn a_star_reads_lists_and_objects() {
        let customer = json!({"l": [{"n": 1}, {"n": 2}], "o": {"x": {"n": 3}}, "t": "text"});
        assert_eq!(all(&customer, "l.*.n"), [&json!(1), &json!(2)]);
        assert_eq!(all(&customer, "o.*.n"), [&json!(3)]);
        assert_eq!(all(&customer, "t.*.n"), Vec::<&Value>::new());
    }
}
