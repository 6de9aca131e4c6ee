//! What a customer can be named by instead of the id: the kinds of value that a search finds customers by.

use std::fmt;

use super::answers::PARENT_ID;
use super::customer::{CUSTOMER, NEWER_FIND};
use super::fields::CUSTOMER_ID;
use super::lookup::choices;
use super::model::{Action, Choice, Effect, Identity, Meaning, Parameter, ValueKind};

/// A kind of value that customers are found by.
#[derive(Debug, Clone, Copy)]
pub struct KeyKind(&'static Choice);

/// Every kind, in the catalogue's order.
pub fn key_kinds() -> impl Iterator<Item = KeyKind> {
    choices(Action::Find).iter().map(KeyKind)
}

/// The names under which a table has its customers' ids: that of the field, and those under which calls that write take
/// them.
pub fn customer_id_names() -> Vec<&'static str> {
    let writes = CUSTOMER.subcategories.iter().filter(|subcategory| subcategory.effect != Effect::Reads);
    let taken = writes.filter_map(|subcategory| subcategory.customer_parameter(None)).map(|p| p.name);
    let mut names = vec![CUSTOMER_ID];
    for name in taken {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

impl KeyKind {
    /// The kind of this name, which may be the one that newer servers have for it. Case, and hyphens for underscores, do
    /// not matter.
    pub fn named(name: &str) -> Option<Self> {
        let wanted = name.trim().to_lowercase().replace('-', "_");
        key_kinds().find(|kind| kind.name() == wanted || kind.newer_name() == Some(&*wanted))
    }

    /// The kind whose values a customer's field at this path holds, such as `agreement.0.number`.
    pub fn of_field(path: &str) -> Option<Self> {
        let place = |known: &str, written: &str| {
            known == written || known == "*" && written.bytes().all(|b| b.is_ascii_digit())
        };
        key_kinds().find(|kind| {
            let (known, written) = (kind.0.field.split('.'), path.split('.'));
            known.clone().count() == written.clone().count()
                && known.zip(written).all(|(known, written)| place(known, written))
        })
    }

    /// The kind that a value of this parameter is found by, where it tells a customer from all others.
    pub fn of_identity(parameter: &Parameter) -> Option<Self> {
        let Meaning::Sets(path) = parameter.meaning else { return None };
        (parameter.identity == Identity::Needed).then(|| Self::of_field(path))?
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// What a search takes for it.
    pub const fn choice(self) -> &'static Choice {
        self.0
    }

    fn newer_name(self) -> Option<&'static str> {
        let ValueKind::Choice(newer) = NEWER_FIND.by_meaning(Meaning::Typer)?.kind else { return None };
        newer.iter().find(|newer| newer.field == self.0.field).map(|newer| newer.name)
    }
}

impl Parameter {
    /// Whether a value is the id of some customer, who may then be named by something else.
    pub fn names_customer(&self) -> bool {
        self.is_customer() || self.is_parent()
    }

    /// Whether a value is the id of the customer that another one belongs to.
    pub fn is_parent(&self) -> bool {
        self.meaning == Meaning::Sets(PARENT_ID)
    }
}

impl PartialEq for KeyKind {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for KeyKind {}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyKind, key_kinds};
    use crate::catalogue::operation;

    #[test]
    fn kinds_go_by_older_and_newer_names_and_by_the_fields_of_an_export() {
        let name = |kind: Option<KeyKind>| kind.map(KeyKind::name);
        assert_eq!(name(KeyKind::named(" Login ")), Some("login"));
        assert_eq!(name(KeyKind::named("billing-uid")), Some("billing_uid"));
        assert_eq!(name(KeyKind::named("agreement_number")), Some("dognumber"));
        assert_eq!(name(KeyKind::named("name")), None);
        assert_eq!(name(KeyKind::of_field("agreement.0.number")), Some("dognumber"));
        assert_eq!(name(KeyKind::of_field("account_number")), Some("account"));
        assert_eq!(name(KeyKind::of_field("phone.x.number")), None);
        assert_eq!(name(KeyKind::of_field("phone.0")), None);
        assert!(key_kinds().all(|kind| KeyKind::named(kind.name()) == Some(kind)));
    }

    #[test]
    fn the_code_in_the_billing_tells_a_customer_from_all_others() {
        let add = operation("add").expect("add");
        let kind = |name| KeyKind::of_identity(add.parameter(name).expect("a parameter")).map(KeyKind::name);
        assert_eq!((kind("codeti"), kind("billing_customer_id"), kind("fio")), (Some("codeti"), None, None));
    }
}
