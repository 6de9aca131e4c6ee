//! Every field that any customer has: the columns of `--columns all`, in an order that does not depend on who
//! comes first. It grows with the number of different fields, not with the number of customers.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::natural;
use super::path::{EVERY, FieldPath};
use crate::catalogue::{Elements, elements, place};

/// How many elements of a list, or of a map with unknown keys, have columns of their own. Beyond that the keys are data,
/// not names, and the elements share their columns.
const APART: usize = 64;

/// More columns than a sheet has.
const MOST: usize = 16_384;

/// The fields that were seen.
#[derive(Debug, Default)]
pub(super) struct Union {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    /// Whether any customer has a simple value here.
    is_value: bool,
    below: BTreeMap<String, Node>,
    /// Whether the elements share their columns.
    is_shared: bool,
}

/// No spreadsheet can open a table this wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the customers have {0} different fields, and a sheet has no more than 16384 columns; name the columns with --columns"
)]
pub struct TooWide(usize);

impl Union {
    /// Takes a customer's fields in.
    pub fn take(&mut self, customer: &Map<String, Value>) {
        let mut path = Vec::new();
        for (name, value) in customer {
            path.push(name.as_str());
            self.root.below.entry(name.clone()).or_default().take(value, &mut path);
            path.pop();
        }
    }

    /// Takes a column of an earlier export in: what no customer has any more has changed for those who had it.
    pub fn take_column(&mut self, column: &FieldPath) {
        let mut node = &mut self.root;
        for segment in column.segments() {
            if segment == EVERY {
                node.share();
            }
            let key = if node.is_shared { EVERY } else { segment };
            node = node.below.entry(key.to_owned()).or_default();
        }
        node.is_value = true;
    }

    /// The columns: the known fields in their order, then the others by name.
    pub fn columns(&self) -> Result<Vec<FieldPath>, TooWide> {
        let mut columns = Vec::new();
        self.root.columns(&mut Vec::new(), &mut columns);
        if columns.len() > MOST { Err(TooWide(columns.len())) } else { Ok(columns) }
    }
}

impl Node {
    fn take<'v>(&mut self, value: &'v Value, path: &mut Vec<&'v str>) {
        match value {
            Value::Array(list) => {
                for (at, element) in list.iter().enumerate() {
                    // A list where names were due is what PHP makes of an empty map, or an unknown list.
                    self.element(at.to_string(), EVERY, element, path, elements(path) == Elements::Own);
                }
            }
            Value::Object(fields) => {
                let kind = elements(path);
                if kind == Elements::List {
                    for (at, (_, element)) in super::path::in_order(fields).enumerate() {
                        self.element(at.to_string(), EVERY, element, path, false);
                    }
                } else {
                    for (key, element) in fields {
                        self.element(key.clone(), key, element, path, kind == Elements::Own);
                    }
                }
            }
            _ => self.is_value = true,
        }
    }

    fn element<'v>(
        &mut self,
        key: String,
        step: &'v str,
        value: &'v Value,
        path: &mut Vec<&'v str>,
        is_shared: bool,
    ) {
        if is_shared || self.below.len() >= APART && !self.below.contains_key(&key) {
            self.share();
        }
        let key = if self.is_shared { EVERY.to_owned() } else { key };
        path.push(step);
        self.below.entry(key).or_default().take(value, path);
        path.pop();
    }

    /// From now on all elements share their columns; those that are there are made one.
    fn share(&mut self) {
        if self.is_shared {
            return;
        }
        self.is_shared = true;
        let apart = std::mem::take(&mut self.below);
        if apart.is_empty() {
            return;
        }
        let mut shared = Node::default();
        apart.into_values().for_each(|node| shared.merge(node));
        self.below.insert(EVERY.to_owned(), shared);
    }

    fn merge(&mut self, other: Node) {
        self.is_value |= other.is_value;
        if other.is_shared {
            self.share();
        }
        for (key, node) in other.below {
            let key = if self.is_shared { EVERY.to_owned() } else { key };
            self.below.entry(key).or_default().merge(node);
        }
        if self.below.len() > APART {
            self.share();
        }
    }

    fn columns<'n>(&'n self, path: &mut Vec<&'n str>, columns: &mut Vec<FieldPath>) {
        if self.is_value {
            columns.push(FieldPath::of(path.iter().map(|segment| (*segment).to_owned()).collect()));
        }
        let mut below: Vec<(&str, &Node)> =
            self.below.iter().map(|(key, node)| (key.as_str(), node)).collect();
        below.sort_by(|(one, _), (other, _)| order(path, one, other));
        for (key, node) in below {
            path.push(key);
            node.columns(path, columns);
            path.pop();
        }
    }
}

fn order(path: &[&str], one: &str, other: &str) -> Ordering {
    let rank = |key: &str| {
        let full: Vec<&str> = path.iter().copied().chain([key]).collect();
        place(&full).unwrap_or(usize::MAX)
    };
    rank(one).cmp(&rank(other)).then_with(|| natural::compare(one, other))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{APART, Union};
    use crate::exporting::FieldPath;

    fn columns(customers: &[Value]) -> Vec<String> {
        let mut union = Union::default();
        customers.iter().for_each(|customer| union.take(customer.as_object().expect("a customer")));
        union.columns().expect("columns").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn known_fields_come_in_their_order_and_others_behind_them_by_name() {
        let customers = [
            json!({"zeta": 1, "comment": "", "balance": "0", "id": 1, "10": 0, "9": 0}),
            json!({"phone": [{"flag_main": 1, "number": "a"}, {"number": "b"}], "alpha": {"b": 1, "a": null}}),
        ];
        let wanted = [
            "id",
            "balance",
            "phone.0.number",
            "phone.0.flag_main",
            "phone.1.number",
            "comment",
            "9",
            "10",
            "alpha.a",
            "alpha.b",
            "zeta",
        ];
        assert_eq!(columns(&customers), wanted);
        let reversed: Vec<Value> = customers.into_iter().rev().collect();
        assert_eq!(columns(&reversed), wanted);
    }

    #[test]
    fn elements_whose_keys_mean_nothing_share_their_columns() {
        let customers = [
            json!({"ip_mac": {"1": {"ip": 1, "mac": "x"}}, "group": {"51": {"id": 51}}, "mark": [{"id": 1}]}),
            json!({"ip_mac": {"2": {"ip": 2}}, "additional_data": {"7": {"id": 7, "value": "x"}}}),
        ];
        assert_eq!(
            columns(&customers),
            [
                "group.*.id",
                "mark.*.id",
                "ip_mac.*.ip",
                "ip_mac.*.mac",
                "additional_data.7.id",
                "additional_data.7.value"
            ]
        );
    }

    #[test]
    fn keys_that_are_data_do_not_make_a_table_without_end() {
        let mut customers: Vec<Value> =
            (0..APART).map(|n| json!({"new": {format!("k{n}"): {"v": 1}}})).collect();
        assert_eq!(columns(&customers).len(), APART);
        customers.push(json!({"new": {"one more": {"w": 1}}}));
        assert_eq!(columns(&customers), ["new.*.v", "new.*.w"]);
        customers.reverse();
        assert_eq!(columns(&customers), ["new.*.v", "new.*.w"]);
    }

    #[test]
    fn a_list_with_gaps_has_the_columns_of_a_list() {
        let gaps = json!({"phone": {"3": {"number": "a"}, "12": {"number": "b"}}});
        assert_eq!(columns(&[gaps]), ["phone.0.number", "phone.1.number"]);
    }

    #[test]
    fn columns_of_an_earlier_export_stay_in_their_place() {
        let mut union = Union::default();
        union.take(
            json!({"id": 1, "comment": "", "phone": [{"number": "a"}]}).as_object().expect("a customer"),
        );
        for column in ["phone.1.number", "ip_mac.*.mac", "id"] {
            union.take_column(&FieldPath::parse(column).expect("a column"));
        }
        let columns: Vec<String> =
            union.columns().expect("columns").iter().map(ToString::to_string).collect();
        assert_eq!(columns, ["id", "phone.0.number", "phone.1.number", "ip_mac.*.mac", "comment"]);
    }

    #[test]
    fn nothing_has_no_column() {
        assert_eq!(columns(&[json!({"tag": {}, "phone": [], "id": 1})]), ["id"]);
    }
}
