//! A column's name: a path into a customer, such as `agreement.0.number`, `phone` or `ip_mac.*.mac`.

use std::fmt;

use serde_json::{Map, Value};

use super::cell;
use super::natural;
use crate::catalogue::{Elements, FIELDS, Nearest, ValueKind, elements, is_known, kind_at, nearest, place};

/// A path into a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPath {
    segments: Vec<String>,
    /// For every segment after the first: whether it is a place in a list.
    in_lists: Vec<bool>,
    kind: ValueKind,
    /// What is shown where there is nothing.
    stand_in: Option<Box<FieldPath>>,
}

/// No field has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no field of a customer is called '{name}'{nearest}. Columns are paths such as full_name, agreement.0.number or phone.*.number; `--columns all` has every field that the server sends"
)]
pub struct FieldPathError {
    name: String,
    nearest: Nearest,
}

pub(super) const EVERY: &str = "*";

impl FieldPath {
    /// Reads a column's name. Only what may be there is taken: a misspelt name would be an empty column.
    pub fn parse(text: &str) -> Result<Self, FieldPathError> {
        let name = text.trim().to_lowercase();
        let segments: Vec<&str> = name.split('.').collect();
        if is_known(&segments) {
            return Ok(Self::of(segments.iter().map(|segment| (*segment).to_owned()).collect()));
        }
        let examples: Vec<String> = FIELDS
            .iter()
            .flat_map(|field| {
                let example = field.example();
                let first = example.split('.').next().unwrap_or_default().to_owned();
                [first, example]
            })
            .collect();
        // `agreement.number` lacks the place in the list, and is meant all the same.
        let without_places =
            |path: &str| path.split('.').filter(|s| *s != "0" && *s != EVERY).collect::<Vec<_>>().join(".");
        let meant = examples.iter().find(|example| without_places(example) == without_places(&name));
        let candidates = match meant {
            Some(meant) => vec![meant.as_str()],
            None => examples.iter().map(String::as_str).collect(),
        };
        let typed =
            if meant.is_some() { candidates.first().copied().unwrap_or_default() } else { name.as_str() };
        Err(FieldPathError { nearest: nearest(typed, candidates), name: text.trim().to_owned() })
    }

    /// A path whose segments are known to be right.
    pub(super) fn of(segments: Vec<String>) -> Self {
        let borrowed: Vec<&str> = segments.iter().map(String::as_str).collect();
        let in_lists =
            (1..borrowed.len()).map(|depth| elements(&borrowed[..depth]) == Elements::List).collect();
        Self { kind: kind_at(&borrowed), in_lists, segments, stand_in: None }
    }

    /// The same, with another path for customers who have nothing here.
    pub(super) fn or(self, stand_in: Option<Self>) -> Self {
        Self { stand_in: stand_in.map(Box::new), ..self }
    }

    /// The type of what stands there.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The names and places that the path is made of.
    pub(super) fn segments(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(String::as_str)
    }

    /// The first name: the customer's own field that the path leads into.
    pub fn field(&self) -> &str {
        self.segments.first().map_or("", String::as_str)
    }

    /// Everything that stands there: at most one value, unless the path names every element.
    pub fn values<'v>(&self, customer: &'v Map<String, Value>) -> Vec<&'v Value> {
        let Some((first, rest)) = self.segments.split_first() else { return Vec::new() };
        let mut found: Vec<&Value> = customer.get(first).into_iter().collect();
        for (segment, is_list) in rest.iter().zip(&self.in_lists) {
            found = found.into_iter().flat_map(|value| step(value, segment, *is_list)).collect();
        }
        found
    }

    /// The cell: a value as its type is written; several, or a list as a whole, joined by `; `.
    pub fn cell(&self, customer: &Map<String, Value>) -> String {
        // Most columns are fields of the customer's own.
        if let [field] = self.segments.as_slice() {
            return match customer.get(field) {
                None => String::new(),
                Some(value) if cell::is_simple(value) => cell::text(value, self.kind),
                Some(value) => whole(value, &mut vec![field]),
            };
        }
        let mut path: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        let values = self.values(customer);
        if let Some(stand_in) = &self.stand_in
            && values.iter().all(|value| cell::is_simple(value) && cell::text(value, self.kind).is_empty())
        {
            return stand_in.cell(customer);
        }
        let cells = values.into_iter().map(|value| {
            if cell::is_simple(value) { cell::text(value, self.kind) } else { whole(value, &mut path) }
        });
        joined(cells)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.segments.join("."))
    }
}

fn step<'v>(value: &'v Value, segment: &str, is_list: bool) -> Vec<&'v Value> {
    match value {
        Value::Array(list) if segment == EVERY => list.iter().collect(),
        Value::Array(list) => segment.parse().ok().and_then(|at: usize| list.get(at)).into_iter().collect(),
        Value::Object(fields) if segment == EVERY => in_order(fields).map(|(_, value)| value).collect(),
        // PHP writes a list with gaps as a map.
        Value::Object(fields) if is_list => segment
            .parse()
            .ok()
            .and_then(|at: usize| in_order(fields).nth(at))
            .map(|(_, value)| value)
            .into_iter()
            .collect(),
        Value::Object(fields) => fields.get(segment).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The elements of a map in the order of their keys, numbers by their value: a server's own order may change from
/// one day to the next.
pub(super) fn in_order(fields: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let mut sorted: Vec<(&str, &Value)> = fields.iter().map(|(key, value)| (key.as_str(), value)).collect();
    sorted.sort_by(|(one, _), (other, _)| natural::compare(one, other));
    sorted.into_iter()
}

/// A list or a map in one cell: of every element the first value. A map of plain values is all of them.
fn whole<'v>(value: &'v Value, path: &mut Vec<&'v str>) -> String {
    match value {
        Value::Array(list) => {
            path.push(EVERY);
            let cells: Vec<String> = list.iter().map(|element| lead(element, path)).collect();
            path.pop();
            joined(cells.into_iter())
        }
        Value::Object(fields) => {
            let mut elements: Vec<(&str, &Value)> = in_order(fields).collect();
            elements.sort_by_cached_key(|(key, _)| rank(path, key));
            let cells: Vec<String> = elements
                .into_iter()
                .map(|(key, element)| {
                    path.push(key);
                    let cell = lead(element, path);
                    path.pop();
                    cell
                })
                .collect();
            joined(cells.into_iter())
        }
        simple => cell::text(simple, kind_at(path)),
    }
}

/// The first value of an element, in the order in which the fields are known, or else in the server's.
fn lead<'v>(element: &'v Value, path: &mut Vec<&'v str>) -> String {
    let Value::Object(fields) = element else { return whole(element, path) };
    let Some((key, value)) = fields.iter().min_by_key(|(key, _)| rank(path, key)) else {
        return String::new();
    };
    path.push(key);
    let cell = lead(value, path);
    path.pop();
    cell
}

/// The rank of a field among the known ones; an unknown one comes after all of them.
fn rank(path: &[&str], key: &str) -> usize {
    let full: Vec<&str> = path.iter().copied().chain([key]).collect();
    place(&full).unwrap_or(usize::MAX)
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for cell in cells.filter(|cell| !cell.is_empty()) {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&cell);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::FieldPath;

    fn customer(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(fields) => fields,
            other => panic!("{other}"),
        }
    }

    #[track_caller]
    fn cell(path: &str, value: Value) -> String {
        FieldPath::parse(path).unwrap_or_else(|error| panic!("{error}")).cell(&customer(value))
    }

    #[test]
    fn nested_values_are_found_by_path() {
        let all = json!({"agreement": [{"number": "Д-7", "date": "09.03.2023"}], "billing": {"id": 1, "uuid": "b"}});
        assert_eq!(cell("agreement.0.number", all.clone()), "Д-7");
        assert_eq!(cell("agreement.0.date", all.clone()), "2023-03-09");
        assert_eq!(cell("Agreement.1.Number", all.clone()), "");
        assert_eq!(cell("billing.uuid", all.clone()), "b");
        assert_eq!(cell("phone.0.number", all), "");
    }

    #[test]
    fn a_list_as_a_whole_is_the_first_value_of_each() {
        let phones =
            json!({"phone": [{"flag_main": 1, "number": "+380"}, {"number": "067"}, {"number": ""}]});
        assert_eq!(cell("phone", phones.clone()), "+380; 067");
        assert_eq!(cell("phone.*.number", phones.clone()), "+380; 067");
        assert_eq!(cell("phone.0", phones), "+380; 1");
        assert_eq!(cell("email", json!({"email": ["a@b.c", "d@e.f"]})), "a@b.c; d@e.f");
    }

    #[test]
    fn maps_are_lists_in_the_order_of_their_keys() {
        assert_eq!(
            cell("phone.0.number", json!({"phone": {"10": {"number": "b"}, "9": {"number": "a"}}})),
            "a"
        );
        assert_eq!(cell("group", json!({"group": {"51": {"id": 51}, "7": {"id": 7}}})), "7; 51");
        assert_eq!(cell("tariff", json!({"tariff": {"current": [{"id": 5}, {"id": 6}]}})), "5; 6");
        let network = json!({"ip_mac": {"1": {"mac": "001A2B3C4D5E", "ip": "178320547"}}});
        assert_eq!(cell("ip_mac", network.clone()), "10.160.244.163");
        assert_eq!(cell("ip_mac.*.mac", network), "00:1a:2b:3c:4d:5e");
        assert_eq!(cell("billing", json!({"billing": {"id": 1, "uuid": "b"}})), "1; b");
        // An empty map, as PHP writes it.
        assert_eq!(cell("group", json!({"group": []})), "");
    }

    #[test]
    fn a_name_that_no_field_has_is_refused_with_the_nearest() {
        for (typed, meant) in [
            ("fullname", "full_name"),
            ("agreement.number", "agreement.0.number"),
            ("phone.0.numbr", "phone.0.number"),
            ("balanc", "balance"),
            ("mail", "email"),
        ] {
            let error = FieldPath::parse(typed).expect_err(typed).to_string();
            assert!(error.contains(&format!("'{typed}' (did you mean '{meant}'?)")), "{error}");
        }
        let error = FieldPath::parse("qqqq").expect_err("no field").to_string();
        assert!(error.starts_with("no field of a customer is called 'qqqq'. Columns are"), "{error}");
    }
}
