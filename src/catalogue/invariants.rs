//! Tests over the whole table, for what no single line of it can show.

use std::collections::HashSet;

use super::model::{Action, Effect, Meaning, Presence, ValueKind};
use super::{CUSTOMER, Provenance};

const ALL: [Action; 11] = [
    Action::Add,
    Action::History,
    Action::ChangeBalance,
    Action::ChangeBilling,
    Action::ChangeDateConnect,
    Action::Delete,
    Action::Edit,
    Action::Count,
    Action::Find,
    Action::Select,
    Action::Read,
];

#[test]
fn every_action_has_exactly_one_subcategory() {
    assert_eq!(CUSTOMER.subcategories.len(), ALL.len());
    for action in ALL {
        assert_eq!(CUSTOMER.subcategories.iter().filter(|s| s.action == action).count(), 1, "{action:?}");
    }
}

#[test]
fn names_are_unique_and_spelt_as_the_api_spells_names() {
    let well_spelt =
        |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let mut subcategories = HashSet::new();
    for subcategory in CUSTOMER.subcategories {
        assert!(subcategories.insert(subcategory.name), "{} twice", subcategory.name);
        assert!(well_spelt(subcategory.name));
        let mut parameters = HashSet::new();
        for parameter in subcategory.parameters {
            assert!(parameters.insert(parameter.name), "{}.{} twice", subcategory.name, parameter.name);
            assert!(well_spelt(parameter.name), "{}", parameter.name);
            assert!(!parameter.summary.is_empty());
        }
    }
}

#[test]
fn obligatory_parameters_come_first_and_are_never_from_a_newer_page() {
    for subcategory in CUSTOMER.subcategories {
        let required = subcategory.parameters.iter().take_while(|p| p.presence.is_required()).count();
        assert!(
            subcategory.parameters[required..].iter().all(|p| p.presence == Presence::Optional),
            "{}",
            subcategory.name
        );
        assert!(subcategory.parameters[..required].iter().all(|p| p.provenance == Provenance::Specification));
    }
}

#[test]
fn versions_do_not_contradict_each_other() {
    for subcategory in CUSTOMER.subcategories {
        for parameter in subcategory.parameters {
            if let (Some(since), Some(until)) = (parameter.since, parameter.until) {
                assert!(since < until, "{}.{}", subcategory.name, parameter.name);
            }
            if let (Some(added), Some(since)) = (subcategory.added, parameter.since) {
                assert!(added <= since, "{}.{}", subcategory.name, parameter.name);
            }
        }
    }
}

#[test]
fn money_and_new_customers_are_the_only_calls_that_must_not_be_repeated() {
    for subcategory in CUSTOMER.subcategories {
        let creates = matches!(subcategory.action, Action::Add | Action::ChangeBalance);
        assert_eq!(subcategory.effect == Effect::OnceOnly, creates, "{}", subcategory.name);
    }
}

#[test]
fn closed_lists_are_those_of_the_specification() {
    let names = |action| {
        let subcategory = CUSTOMER.subcategory(action).expect("in the section");
        match subcategory.by_meaning(Meaning::Typer).expect("a typer").kind {
            ValueKind::Choice(choices) => choices.iter().map(|c| c.name).collect::<Vec<_>>().join(" "),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(names(Action::Find), "account billing_uid codeti dognumber ip login mac mail phone");
    assert_eq!(names(Action::Count), "net internet personal_area");
}

#[test]
fn every_write_but_add_names_its_customer() {
    for (_, step) in super::operations().flat_map(super::Operation::steps) {
        let names_customer = step.customer_parameter(None).is_some();
        assert_eq!(names_customer, step.action != Action::Add, "{}", step.name);
    }
}

/// A row's first call may make the customer of the others; all later ones are about it. There is room for eight in a
/// journal's sets of steps.
#[test]
fn the_steps_of_an_operation_are_different_calls_about_one_customer() {
    for operation in super::operations() {
        assert!((1..=8).contains(&operation.step_count()), "{}", operation.name());
        let mut seen = HashSet::new();
        for (step, subcategory) in operation.steps() {
            assert!(seen.insert(subcategory.name) && subcategory.effect != Effect::Reads);
            assert!(step.place() == 0 || subcategory.customer_parameter(None).is_some());
        }
    }
}
