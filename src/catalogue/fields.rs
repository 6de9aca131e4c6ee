//! The fields of a customer in the answer to a read, with the types of their values: what an export can ask
//! for by name. They were seen in real answers; any field may be missing, and newer servers have more.

use super::model::ValueKind;

/// A field of a customer.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Names joined by dots. `#` is a place in a list. `*` is a key that only tells one element from another,
    /// so the elements form a list as well. `?` is a key chosen by the installation; it means the same for
    /// every customer.
    pub path: &'static str,
    pub kind: ValueKind,
}

/// What is found below a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elements {
    /// A list, though PHP writes one with gaps as a map.
    List,
    /// Elements whose keys mean nothing.
    Own,
    /// Elements whose keys mean the same for all customers.
    Installation,
    /// Fields with names.
    Named,
}

/// Every field that is known, in the order in which a table has them.
pub const FIELDS: &[Field] = &[
    f("id", ID),
    f("login", TEXT),
    f("account_number", TEXT),
    f("full_name", TEXT),
    f("flag_corporate", FLAG),
    f("is_potential", FLAG),
    f("is_disable", FLAG),
    f("is_in_billing", FLAG),
    f("balance", MONEY),
    f("credit", MONEY),
    f("discount", MONEY),
    f("state_id", ID),
    f("billing_id", ID),
    f("billing.id", ID),
    f("billing.uuid", TEXT),
    f("crc_billing", TEXT),
    f("codeti", TEXT),
    f("manager_id", ID),
    f("parent_id", ID),
    f("dependence_device_id", ID),
    f("agreement.#.number", TEXT),
    f("agreement.#.date", ValueKind::Date),
    f("phone.#.number", ValueKind::Phone),
    f("phone.#.flag_main", FLAG),
    f("email.#.address", ValueKind::Email),
    f("email.#.flag_main", FLAG),
    f("address.#.type", TEXT),
    f("address.#.unit_id", ID),
    f("address.#.house_id", ID),
    f("address.#.apartment.full_name", TEXT),
    f("address.#.apartment.number", TEXT),
    f("address.#.apartment.block", TEXT),
    f("address.#.entrance", NUMBER_OR_TEXT),
    f("address.#.floor", NUMBER_OR_TEXT),
    f("coordinates", TEXT),
    f("date_create", DATE),
    f("date_connect", DATE),
    f("date_activity", DATE),
    f("date_activity_inet", DATE),
    f("date_activity_personal_area", DATE),
    f("date_positive_balance", DATE),
    f("group.*.id", ID),
    f("tariff.current.#.id", ID),
    f("mark.*.id", ID),
    f("tag.*.id", ID),
    f("tag.*.date_add", DATE),
    f("ip_mac.*.ip", ValueKind::Ip),
    f("ip_mac.*.mac", ValueKind::Mac),
    f("traffic.month.up", INTEGER),
    f("traffic.month.down", INTEGER),
    f("service.#.cost", MONEY),
    f("service.#.comment", TEXT),
    f("service.#.date_add", DATE),
    f("additional_data.?.id", ID),
    f("additional_data.?.value", TEXT),
    f("comment", TEXT),
    f("comment2", TEXT),
];

/// The columns of an export when none are named: what accounting needs.
pub const USUAL_COLUMNS: &[&str] = &[
    "id",
    "login",
    "account_number",
    "full_name",
    "flag_corporate",
    "balance",
    "state_id",
    "agreement.0.number",
    "agreement.0.date",
    "phone.0.number",
    "email.0.address",
    "address.0.house_id",
    "address.0.apartment.full_name",
    "date_connect",
    "date_activity",
    "comment",
];

/// What stands for a usual column where a customer's field is empty: some servers tell of a flat its number alone.
pub const STAND_INS: &[(&str, &str)] = &[("address.0.apartment.full_name", "address.0.apartment.number")];

/// The field that holds the customer's id.
pub const CUSTOMER_ID: &str = "id";

impl Field {
    /// Whether the path leads to this field or to something that contains it.
    fn is_at_or_below(&self, path: &[&str]) -> bool {
        let mut segments = self.path.split('.');
        path.iter().all(|wanted| segments.next().is_some_and(|known| fits(known, wanted)))
    }

    /// The path as a person may type it: the first element of a list, all elements of a map.
    pub fn example(&self) -> String {
        let segments = self.path.split('.').map(|segment| match segment {
            "#" => "0",
            "?" => "*",
            other => other,
        });
        segments.collect::<Vec<_>>().join(".")
    }
}

fn fits(known: &str, wanted: &str) -> bool {
    match known {
        "#" => wanted == "*" || !wanted.is_empty() && wanted.bytes().all(|b| b.is_ascii_digit()),
        "*" | "?" => !wanted.is_empty(),
        name => name == wanted,
    }
}

/// Whether there is a field at this path or below it.
pub fn is_known(path: &[&str]) -> bool {
    FIELDS.iter().any(|field| field.is_at_or_below(path))
        && !(0..path.len()).any(|depth| lacks_key(path, depth))
}

/// Whether the key of an element is left out, as in `ip_mac.mac`.
fn lacks_key(path: &[&str], depth: usize) -> bool {
    let (above, name) = (&path[..depth], path[depth]);
    matches!(elements(above), Elements::Own | Elements::Installation)
        && FIELDS
            .iter()
            .filter(|field| field.is_at_or_below(above))
            .any(|field| field.path.split('.').nth(depth + 1) == Some(name))
}

/// The first field of the elements of a list, such as `phone.#.number` of `phone`.
pub(super) fn first_of_elements(path: &str) -> Option<&'static str> {
    let is_below =
        |field: &&Field| field.path.strip_prefix(path).is_some_and(|below| below.starts_with(".#."));
    FIELDS.iter().find(is_below).map(|field| field.path)
}

/// The position of a path in [`FIELDS`]; none for an unknown path.
pub fn place(path: &[&str]) -> Option<usize> {
    FIELDS.iter().position(|field| field.is_at_or_below(path))
}

/// What is found below this path; an unknown path has named fields.
pub fn elements(path: &[&str]) -> Elements {
    let below = FIELDS.iter().find(|field| field.is_at_or_below(path));
    match below.and_then(|field| field.path.split('.').nth(path.len())) {
        Some("#") => Elements::List,
        Some("*") => Elements::Own,
        Some("?") => Elements::Installation,
        _ => Elements::Named,
    }
}

/// The type of the value at this path. An unknown field is text, unless it is named `date` or `date_…`: then
/// it is a date.
pub fn kind_at(path: &[&str]) -> ValueKind {
    let is_whole = |field: &&Field| field.path.split('.').count() == path.len();
    if let Some(field) = FIELDS.iter().filter(|field| field.is_at_or_below(path)).find(is_whole) {
        return field.kind;
    }
    match path.last() {
        Some(name) if *name == "date" || name.starts_with("date_") => DATE,
        _ => TEXT,
    }
}

const ID: ValueKind = ValueKind::Id;
const FLAG: ValueKind = ValueKind::Flag;
/// Dates in answers may have a time of day. That of an agreement says nothing: it is a day.
const DATE: ValueKind = ValueKind::DateTime;
const MONEY: ValueKind = ValueKind::Money;
const INTEGER: ValueKind = ValueKind::Integer;
const NUMBER_OR_TEXT: ValueKind = ValueKind::NumberOrText;
const TEXT: ValueKind = ValueKind::Text;

const fn f(path: &'static str, kind: ValueKind) -> Field {
    Field { path, kind }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Elements, FIELDS, USUAL_COLUMNS, elements, is_known, kind_at};
    use crate::catalogue::model::{Meaning, ValueKind};
    use crate::catalogue::{BALANCE, CUSTOMER};

    fn split(path: &str) -> Vec<&str> {
        path.split('.').collect()
    }

    #[test]
    fn no_field_stands_twice_and_every_usual_column_is_one() {
        let mut seen = HashSet::new();
        assert!(FIELDS.iter().all(|field| seen.insert(field.path)));
        for column in USUAL_COLUMNS {
            assert!(FIELDS.iter().any(|field| field.example() == *column), "{column}");
        }
        assert!(is_known(&[BALANCE]));
    }

    /// Every field that a parameter sets or searches by can be exported.
    #[test]
    fn what_parameters_are_about_are_fields() {
        for parameter in CUSTOMER.subcategories.iter().flat_map(|subcategory| subcategory.parameters) {
            if let Meaning::Sets(path)
            | Meaning::Equals(path)
            | Meaning::AtLeast(path)
            | Meaning::AtMost(path) = parameter.meaning
            {
                assert!(is_known(&split(path)), "{path}");
            }
        }
    }

    #[test]
    fn paths_are_known_whole_or_in_part() {
        for known in ["id", "phone", "phone.0", "phone.1.number", "phone.*.number", "group.51.id", "billing"]
        {
            assert!(is_known(&split(known)), "{known}");
        }
        for unknown in [
            "",
            "ids",
            "phone.number",
            "phone.0.numbr",
            "id.x",
            "billing.0",
            "ip_mac.mac",
            "group.id",
            "additional_data.value",
            "tag.date_add",
            "agreement..number",
            "phone.",
            "group.",
        ] {
            assert!(!is_known(&split(unknown)), "{unknown}");
        }
    }

    #[test]
    fn only_names_that_begin_as_dates_do_are_dates() {
        for (path, kind) in [
            ("agreement.3.date", ValueKind::Date),
            ("new.date_of_birth", ValueKind::DateTime),
            ("update", ValueKind::Text),
            ("dates", ValueKind::Text),
            ("service.0.cost", ValueKind::Money),
            ("ip_mac.7.ip", ValueKind::Ip),
            ("balance", ValueKind::Money),
        ] {
            assert_eq!(kind_at(&split(path)), kind, "{path}");
        }
    }

    #[test]
    fn elements_are_lists_or_maps_as_the_list_says() {
        assert_eq!(elements(&["phone"]), Elements::List);
        assert_eq!(elements(&["ip_mac"]), Elements::Own);
        assert_eq!(elements(&["additional_data"]), Elements::Installation);
        assert_eq!(elements(&["billing"]), Elements::Named);
        assert_eq!(elements(&["nobody", "knows"]), Elements::Named);
    }
}
