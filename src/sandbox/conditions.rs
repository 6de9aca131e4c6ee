//! Whether a customer meets the conditions of a search.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::Value;

use super::paths;
use crate::catalogue::{Meaning, Parameter, ValueKind};

/// The field that marks a former customer.
const FORMER: &str = "is_disable";

/// Whether the customer is a former one.
pub(super) fn is_former(customer: &Value) -> bool {
    paths::first(customer, FORMER).is_some_and(|flag| paths::text(flag) == "1")
}

/// Whether the customer meets one condition. `like` matches substrings. A parameter that is not a condition
/// is met by everybody.
pub(super) fn holds(customer: &Value, parameter: &Parameter, wanted: &str, like: bool) -> bool {
    match parameter.meaning {
        Meaning::Equals(path) => equals(&paths::all(customer, path), parameter.kind, wanted, like),
        Meaning::AtLeast(path) => compare(customer, path, parameter.kind, wanted).is_some_and(|o| o.is_ge()),
        Meaning::AtMost(path) => compare(customer, path, parameter.kind, wanted).is_some_and(|o| o.is_le()),
        Meaning::Former => is_former(customer) == (wanted == "1"),
        _ => true,
    }
}

fn equals(values: &[&Value], kind: ValueKind, wanted: &str, like: bool) -> bool {
    match kind {
        ValueKind::Flag => {
            let set = values.iter().any(|value| paths::text(value) == "1");
            set == (wanted == "1")
        }
        ValueKind::Id | ValueKind::Integer => {
            // 0 means none: no field, or an empty one.
            let is_none = || values.iter().all(|value| paths::text(value).trim().is_empty());
            let is_met = |one: &str| {
                values.iter().any(|value| same_number(&paths::text(value), one)) || one == "0" && is_none()
            };
            wanted.split(',').any(is_met)
        }
        _ => {
            let wanted = wanted.to_lowercase();
            values.iter().any(|value| {
                let value = paths::text(value).trim().to_lowercase();
                if like { value.contains(&wanted) } else { value == wanted }
            })
        }
    }
}

/// `007` and `7` name the same object.
fn same_number(one: &str, other: &str) -> bool {
    one == other || one.parse::<u64>().is_ok_and(|one| other.parse() == Ok(one))
}

fn compare(customer: &Value, path: &str, kind: ValueKind, wanted: &str) -> Option<std::cmp::Ordering> {
    let value = paths::text(paths::first(customer, path)?);
    match kind {
        ValueKind::Money => Some(Decimal::from_str(&value).ok()?.cmp(&Decimal::from_str(wanted).ok()?)),
        // ISO dates are in order as text.
        _ => is_date(&value).then(|| value.get(..10).unwrap_or_default().cmp(wanted)),
    }
}

/// Whether it is a date; `0000-00-00` and the first day of 1970 mean that there is none.
pub(super) fn is_date(text: &str) -> bool {
    text.len() >= 10 && !text.starts_with("0000-00-00") && !text.starts_with("1970-01-01")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::holds;
    use crate::catalogue::{Action, CUSTOMER, Meaning, Parameter};

    fn condition(meaning: Meaning) -> &'static Parameter {
        let search = CUSTOMER.subcategory(Action::Select).expect("a search");
        search.by_meaning(meaning).expect("the condition")
    }

    #[test]
    fn money_is_compared_as_money() {
        let (from, to) = (condition(Meaning::AtLeast("balance")), condition(Meaning::AtMost("balance")));
        let customer = json!({"balance": "-15.40"});
        assert!(holds(&customer, to, "-15.4", false));
        assert!(holds(&customer, from, "-100", false));
        assert!(!holds(&customer, from, "-9", false));
    }

    #[test]
    fn somebody_without_a_date_is_neither_before_nor_after_one() {
        let to = condition(Meaning::AtMost("date_connect"));
        assert!(holds(&json!({"date_connect": "2023-03-09 16:03:28"}), to, "2023-03-09", false));
        for none in [json!({}), json!({"date_connect": "0000-00-00"}), json!({"date_connect": ""})] {
            assert!(!holds(&none, to, "2030-01-01", false), "{none}");
        }
    }

    #[test]
    fn text_is_compared_without_case_and_by_substring_if_asked() {
        let name = condition(Meaning::Equals("full_name"));
        let customer = json!({"full_name": "Иванов Пётр"});
        assert!(holds(&customer, name, "ИВАНОВ пётр", false));
        assert!(!holds(&customer, name, "иванов", false));
        assert!(holds(&customer, name, "иванов", true));
    }

    #[test]
    fn nobody_is_0() {
        let manager = condition(Meaning::Equals("manager_id"));
        for none in
            [json!({}), json!({"manager_id": null}), json!({"manager_id": ""}), json!({"manager_id": "0"})]
        {
            assert!(holds(&none, manager, "0", false) && holds(&none, manager, "5,0", false), "{none}");
            assert!(!holds(&none, manager, "5", false), "{none}");
        }
        assert!(!holds(&json!({"manager_id": 5}), manager, "0", false));
    }

    #[test]
    fn a_missing_flag_is_not_set() {
        let corporate = condition(Meaning::Equals("flag_corporate"));
        assert!(holds(&json!({}), corporate, "0", false));
        assert!(!holds(&json!({}), corporate, "1", false));
    }
}
