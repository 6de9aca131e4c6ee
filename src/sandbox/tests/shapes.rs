//! The spellings of an answer, over the wire.

use serde_json::json;

use super::support::{Running, form, parameter};
use crate::catalogue::{Action, Meaning, ValueKind};
use crate::sandbox::Settings;

fn shaped(shape: &str) -> impl FnOnce(&mut Settings) {
    let shape = shape.parse().expect("a shape");
    move |settings| settings.shape = shape
}

const ONE: &[(Meaning, &str)] = &[(Meaning::Customer, "1")];
const NOBODY: &[(Meaning, &str)] = &[(Meaning::Customer, "999")];

#[test]
fn modern_answers_leave_errors_to_the_status() {
    let sandbox = Running::start(shaped("modern"));
    let read = sandbox.call(Action::Read, ONE).json();
    assert_eq!((&read["result"], &read["data"]["id"]), (&json!("OK"), &json!(1)));
    let added = sandbox.call(Action::Add, &[(Meaning::Sets("full_name"), "x")]).json();
    assert_eq!(added, json!({"result": "OK", "id": 1001}));
    let missing = sandbox.call(Action::Read, NOBODY);
    assert_eq!((missing.status, missing.json()), (Some(404), json!({"error": "customer not found"})));
}

#[test]
fn noise_stands_before_the_json_and_comes_with_any_answer() {
    let sandbox = Running::start(shaped("modern,bom,warning"));
    for parameters in [ONE, NOBODY] {
        let answer = sandbox.call(Action::Read, parameters);
        let body = answer.body.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark");
        let text = std::str::from_utf8(body).expect("UTF-8");
        let (warning, _) = text.split_once('{').expect("an object");
        assert!(warning.contains("<b>Warning</b>"), "{warning}");
        assert!(serde_json::from_str::<serde_json::Value>(&text[warning.len()..]).is_ok());
    }
}

#[test]
fn mixed_answers_depend_on_the_request_and_the_seed_alone() {
    let bodies = |seed: u64| {
        let sandbox = Running::start(|settings| {
            shaped("mixed")(settings);
            settings.seed = seed;
            settings.customers = 0;
        });
        let ValueKind::Choice(choices) = parameter(Action::Find, Meaning::Typer).kind else {
            panic!("a closed list");
        };
        let body = form(Action::Find, &[(Meaning::Typer, choices[0].name), (Meaning::Sought, "nobody")]);
        (0..12).map(|_| sandbox.post("/", &body).text()).collect::<Vec<_>>()
    };
    let first = bodies(1);
    assert_eq!(first, bodies(1));
    assert_ne!(first, bodies(2));
    assert!(first.iter().any(|body| *body != first[0]), "{first:?}");
}
