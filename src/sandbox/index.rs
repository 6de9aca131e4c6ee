//! An index of the fields by which one customer can be searched for, kept up to date with every write. So a
//! search among many customers is as fast as one among few.

use std::collections::{BTreeSet, HashMap};
use std::net::Ipv4Addr;

use serde_json::Value;

use super::paths;
use crate::catalogue::{Action, CUSTOMER, Meaning, ValueKind};

/// For every searchable field: its values and the customers that have them.
#[derive(Debug)]
pub(super) struct Index(Vec<FieldIndex>);

#[derive(Debug)]
struct FieldIndex {
    path: &'static str,
    kind: Option<ValueKind>,
    customers: HashMap<String, BTreeSet<u64>>,
}

impl Index {
    /// An empty index over the fields that the catalogue can search for one customer.
    pub(super) fn new() -> Self {
        let typer = CUSTOMER.subcategory(Action::Find).and_then(|find| find.by_meaning(Meaning::Typer));
        let choices = match typer.map(|parameter| parameter.kind) {
            Some(ValueKind::Choice(choices)) => choices,
            _ => &[],
        };
        let field = |path| FieldIndex { path, kind: kind_of(path), customers: HashMap::new() };
        Self(choices.iter().map(|choice| field(choice.field)).collect())
    }

    /// The customers with this value in this field.
    pub(super) fn find(&self, path: &str, value: &str) -> impl Iterator<Item = u64> {
        let field = self.0.iter().find(|field| field.path == path);
        let found = field.and_then(|field| field.customers.get(&canonical(field.kind, value)));
        found.into_iter().flatten().copied()
    }

    /// Adds the customer's values.
    pub(super) fn insert(&mut self, id: u64, customer: &Value) {
        for field in &mut self.0 {
            for value in values(field.path, field.kind, customer) {
                field.customers.entry(value).or_default().insert(id);
            }
        }
    }

    /// Removes the customer's values.
    pub(super) fn remove(&mut self, id: u64, customer: &Value) {
        for field in &mut self.0 {
            for value in values(field.path, field.kind, customer) {
                if let Some(ids) = field.customers.get_mut(&value) {
                    ids.remove(&id);
                    if ids.is_empty() {
                        field.customers.remove(&value);
                    }
                }
            }
        }
    }
}

fn values(path: &str, kind: Option<ValueKind>, customer: &Value) -> Vec<String> {
    let values = paths::all(customer, path).into_iter().map(|value| canonical(kind, &paths::text(value)));
    values.filter(|value| !value.is_empty()).collect()
}

/// The type of a field, from the parameter that writes it; `*` in the path matches any one segment.
fn kind_of(path: &str) -> Option<ValueKind> {
    let same = |written: &str| {
        let (mut one, mut other) = (path.split('.'), written.split('.'));
        loop {
            match (one.next(), other.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a == b || a == "*" => {}
                _ => return false,
            }
        }
    };
    let parameters = CUSTOMER.subcategories.iter().flat_map(|subcategory| subcategory.parameters);
    parameters.filter(|p| matches!(p.meaning, Meaning::Sets(written) if same(written))).map(|p| p.kind).next()
}

/// One form for all values that mean the same.
fn canonical(kind: Option<ValueKind>, value: &str) -> String {
    let value = value.trim();
    match kind {
        Some(ValueKind::Phone) => value.chars().filter(char::is_ascii_digit).collect(),
        Some(_) => value.to_lowercase(),
        // No parameter writes it: it is a network address, in the API's own form.
        None => address(value).unwrap_or_else(|| value.to_lowercase()),
    }
}

/// An IPv4 address as a decimal integer, a hardware address as twelve hex digits.
fn address(value: &str) -> Option<String> {
    if let Ok(ip) = value.parse::<Ipv4Addr>() {
        return Some(u32::from(ip).to_string());
    }
    let digits: String = value.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    (digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then(|| digits.to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Index, ValueKind, canonical};

    #[test]
    fn a_customer_is_found_by_what_they_have_now() {
        let mut index = Index::new();
        let (before, after) = (json!({"login": "Ivan"}), json!({"login": "petr"}));
        let path = index.0.iter().map(|field| field.path).find(|path| before.get(path).is_some());
        let path = path.expect("can be looked for by it");
        index.insert(1, &before);
        assert_eq!(index.find(path, " IVAN ").collect::<Vec<_>>(), [1]);
        index.remove(1, &before);
        index.insert(1, &after);
        assert_eq!(index.find(path, "ivan").count(), 0);
        assert_eq!(index.find(path, "petr").count(), 1);
    }

    #[test]
    fn what_means_the_same_is_found_however_it_is_written() {
        assert_eq!(canonical(Some(ValueKind::Phone), "+7 (900) 123-45-67"), "79001234567");
        assert_eq!(canonical(None, "10.160.244.163"), "178320547");
        assert_eq!(canonical(None, "00:1A:2b-3c.4D5e"), "001a2b3c4d5e");
        assert_eq!(canonical(Some(ValueKind::Text), "Д-12"), "д-12");
    }

    #[test]
    fn phones_are_known_as_phones_by_the_parameter_that_writes_them() {
        let index = Index::new();
        assert_eq!(index.0.iter().filter(|field| field.kind == Some(ValueKind::Phone)).count(), 1);
        assert_eq!(index.0.iter().filter(|field| field.kind.is_none()).count(), 2);
    }
}
