//! Key, section, selector, method and path: what surrounds the parameters of a call.

use super::support::{Answer, RIGHT_KEY, Running, encode, envelope, form, parameter};
use crate::catalogue::{Action, ApiSelector, CUSTOMER, KEY, Meaning, SECTION};
use crate::sandbox::Selectors;

#[test]
fn a_wrong_or_missing_key_is_forbidden() {
    let sandbox = Running::start(|_| {});
    let body = form(Action::Read, &[(Meaning::Customer, "1")]);
    assert!(sandbox.post("/", &body.replace(RIGHT_KEY, "another")).error(403).contains("wrong"));
    assert!(sandbox.post("/", &body.replace(RIGHT_KEY, "")).error(403).contains("missing"));
    assert!(sandbox.post("/", "").error(403).contains("missing"));
    sandbox.post("/", &body).ok();
}

#[test]
fn any_path_and_either_method_will_do() {
    let sandbox = Running::start(|_| {});
    let body = form(Action::Read, &[(Meaning::Customer, "1")]);
    for path in ["/", "/api.php", "/x/api.php"] {
        assert_eq!(sandbox.get(path, &body).ok()["Data"]["id"], 1);
        assert_eq!(sandbox.post(path, &body).ok()["Data"]["id"], 1);
    }
}

#[test]
fn the_form_overrides_the_query() {
    let sandbox = Running::start(|_| {});
    let customer = parameter(Action::Read, Meaning::Customer).name;
    let query = form(Action::Read, &[(Meaning::Customer, "1")]);
    let answer = sandbox.post(&format!("/?{query}"), &encode(&[(customer, "2")])).ok();
    assert_eq!(answer["Data"]["id"], 2);
}

#[test]
fn each_selector_is_taken_where_it_is_known() {
    let answers = |selectors| {
        let sandbox = Running::start(|settings| settings.selectors = selectors);
        ApiSelector::ALL.map(|selector| {
            let mut fields = envelope(Action::Read, selector);
            fields.push((parameter(Action::Read, Meaning::Customer).name, "1"));
            sandbox.post("/", &encode(&fields)).status
        })
    };
    assert_eq!(answers(Selectors::Either), [Some(200), Some(200)]);
    assert_eq!(answers(Selectors::Only(ApiSelector::Subcat)), [Some(200), Some(400)]);
    assert_eq!(answers(Selectors::Only(ApiSelector::Action)), [Some(400), Some(200)]);
}

#[test]
fn unknown_sections_and_subcategories_are_errors() {
    let sandbox = Running::start(|_| {});
    let selector = ApiSelector::Subcat.field();
    let ask = |section, name| {
        sandbox.post("/", &encode(&[(KEY, RIGHT_KEY), (SECTION, section), (selector, name)])).error(400)
    };
    assert!(ask("nodes", "x").contains("nodes"));
    assert!(ask(CUSTOMER.name, "destroy").contains("destroy"));
    let unnamed = encode(&[(KEY, RIGHT_KEY), (SECTION, CUSTOMER.name)]);
    assert!(sandbox.post("/", &unnamed).error(400).contains("no subcategory"));
}

#[test]
fn writes_must_be_post_where_that_is_the_rule() {
    let write = form(Action::Delete, &[(Meaning::Customer, "1")]);
    let read = form(Action::Read, &[(Meaning::Customer, "1")]);
    for sandbox in [
        Running::start(|settings| settings.post_only = true),
        Running::start(|settings| settings.version = "3.21".parse().ok()),
    ] {
        sandbox.get("/", &write).error(405);
        sandbox.get("/", &read).ok();
        sandbox.post("/", &write).ok();
    }
    Running::start(|settings| settings.version = "3.20".parse().ok()).get("/", &write).ok();
}

#[test]
fn other_methods_are_refused() {
    let sandbox = Running::start(|_| {});
    assert_eq!(Answer::read(&mut sandbox.send("PUT", "/", "")).status, Some(403));
    let query = form(Action::Read, &[(Meaning::Customer, "1")]);
    assert_eq!(Answer::read(&mut sandbox.send("PUT", &format!("/?{query}"), "")).status, Some(405));
}

#[test]
fn a_form_that_is_too_long_is_refused() {
    let sandbox = Running::start(|_| {});
    let long = format!("{KEY}={}", "x".repeat(1024 * 1024));
    sandbox.post("/", &long).error(413);
}
