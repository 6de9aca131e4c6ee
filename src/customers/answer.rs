//! Which customers an answer to `get_data` holds. An answer to a question for several is believed only where every customer in
//! it was asked for, under their own id, once: servers that do not know lists answer with some customer.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::catalogue::{CUSTOMER_ID, FIELDS, is_field};

pub(super) type CustomerFields = Map<String, Value>;

/// The answer is not one to what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unbelievable;

/// The customers in an answer to a question for several of them; some may be missing.
pub(super) fn several(
    data: Option<Value>,
    asked: &[u64],
) -> Result<HashMap<u64, CustomerFields>, Unbelievable> {
    let asked: HashSet<u64> = asked.iter().copied().collect();
    let mut found = HashMap::new();
    let mut take = |key: Option<u64>, value: Value| {
        let Value::Object(fields) = value else { return Err(Unbelievable) };
        let own = own_id(&fields)?;
        let id = match (key, own) {
            (Some(key), Some(own)) if key != own => return Err(Unbelievable),
            (key, own) => key.or(own).ok_or(Unbelievable)?,
        };
        let is_new = asked.contains(&id) && found.insert(id, fields).is_none();
        if is_new { Ok(()) } else { Err(Unbelievable) }
    };
    match data {
        None | Some(Value::Null) => {}
        Some(Value::Array(list)) => list.into_iter().try_for_each(|value| take(None, value))?,
        Some(Value::Object(entries)) => {
            for (key, value) in entries {
                let key = id_of(&key).ok_or(Unbelievable)?;
                // A customer who does not exist may be there as an empty value.
                if !is_nothing(&value) {
                    take(Some(key), value)?;
                }
            }
        }
        Some(_) => return Err(Unbelievable),
    }
    Ok(found)
}

/// What an answer to a question for one customer holds.
#[derive(Debug, PartialEq)]
pub(super) enum SingleAnswer {
    /// Their fields.
    Customer(CustomerFields),
    Nobody,
    Another(u64),
    /// Not a customer.
    Unreadable,
}

/// The customer in an answer to a question for one: by themselves, alone in a list, or under their id.
pub(super) fn one(data: Option<Value>, asked: u64) -> SingleAnswer {
    match data {
        None => SingleAnswer::Nobody,
        Some(value) if is_nothing(&value) => SingleAnswer::Nobody,
        Some(Value::Array(mut list)) if list.len() == 1 => one(list.pop(), asked),
        Some(Value::Object(mut fields)) => {
            let under_id = if fields.len() == 1 { fields.get_mut(&asked.to_string()) } else { None };
            if let Some(inner @ Value::Object(_)) = under_id {
                return one(Some(inner.take()), asked);
            }
            match own_id(&fields) {
                Ok(Some(id)) if id != asked => SingleAnswer::Another(id),
                Ok(Some(_)) => SingleAnswer::Customer(fields),
                // Any field may be missing, the id too; but something must be there that a customer has.
                Ok(None) if fields.keys().any(|name| is_customers(name)) => SingleAnswer::Customer(fields),
                Ok(None) | Err(Unbelievable) => SingleAnswer::Unreadable,
            }
        }
        Some(_) => SingleAnswer::Unreadable,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// The id that the customer's own fields name; none where they name none.
fn own_id(fields: &CustomerFields) -> Result<Option<u64>, Unbelievable> {
    let own = fields.iter().find(|(name, _)| is_field(name, CUSTOMER_ID)).map(|(_, value)| value);
    match own {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => number.as_u64().map(Some).ok_or(Unbelievable),
        Some(Value::String(text)) => id_of(text).map(Some).ok_or(Unbelievable),
        Some(_) => Err(Unbelievable),
    }
}

fn is_customers(name: &str) -> bool {
    FIELDS.iter().filter_map(|field| field.path.split('.').next()).any(|known| is_field(name, known))
}

fn id_of(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{SingleAnswer, Unbelievable, one, several};

    fn ids(data: Value) -> Result<Vec<u64>, Unbelievable> {
        several(Some(data), &[7, 8]).map(|found| {
            let mut ids: Vec<u64> = found.into_keys().collect();
            ids.sort_unstable();
            ids
        })
    }

    #[test]
    fn several_customers_come_as_a_map_or_a_list_and_some_may_be_missing() {
        for both in [
            json!({"7": {"id": 7}, "8": {"id": "8"}}),
            json!({"8": {"login": "x"}, "7": {"Id": 7}}),
            json!([{"id": 8}, {"id": 7}]),
        ] {
            assert_eq!(ids(both.clone()), Ok(vec![7, 8]), "{both}");
        }
        for one in [json!({"8": {"id": 8}}), json!({"7": null, "8": {"id": 8}}), json!([{"id": 8}])] {
            assert_eq!(ids(one.clone()), Ok(vec![8]), "{one}");
        }
        for none in [json!([]), json!({}), json!(null)] {
            assert_eq!(ids(none.clone()), Ok(vec![]), "{none}");
        }
    }

    /// A server that sees only the first id of a list answers with that customer's fields.
    #[test]
    fn whatever_else_comes_is_not_believed() {
        for wrong in [
            json!({"id": 7, "login": "x"}),
            json!({"id": 7}),
            json!({"7": {"id": 8}, "8": {"id": 7}}),
            json!({"7": {"id": 7}, "9": {"id": 9}}),
            json!([{"id": 7}, {"id": 7}]),
            json!([{"login": "x"}, {"login": "y"}]),
            json!([{"id": 9}]),
            json!({"7": {"id": [7]}}),
            json!("7,8"),
            json!({"7": "x"}),
        ] {
            assert_eq!(ids(wrong.clone()), Err(Unbelievable), "{wrong}");
        }
    }

    #[test]
    fn one_customer_comes_in_every_shape_and_must_be_the_one() {
        for shape in [
            json!({"id": 7, "login": "x"}),
            json!({"Id": "7", "login": "x"}),
            json!({"login": "x"}),
            json!([{"id": 7}]),
            json!({"7": {"id": 7}}),
        ] {
            assert!(matches!(one(Some(shape.clone()), 7), SingleAnswer::Customer(_)), "{shape}");
        }
        for nobody in [json!([]), json!({}), json!(null), json!(""), json!(false), json!({"7": {}})] {
            assert_eq!(one(Some(nobody.clone()), 7), SingleAnswer::Nobody, "{nobody}");
        }
        assert_eq!(one(None, 7), SingleAnswer::Nobody);
        assert_eq!(one(Some(json!({"id": 8})), 7), SingleAnswer::Another(8));
        for none in [json!("x"), json!(7), json!([{"id": 7}, {"id": 7}]), json!({"x": 1}), json!({"id": {}})]
        {
            assert_eq!(one(Some(none.clone()), 7), SingleAnswer::Unreadable, "{none}");
        }
    }
}
