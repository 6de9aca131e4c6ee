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
fn noise_comes_before_the_json_of_any_answer() {
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

/// The answers of a mixed server to the same request, again and again.
fn many(sandbox: &Running, action: Action, parameters: &[(Meaning, &str)]) -> Vec<(Option<u16>, String)> {
    let answers = (0..60).map(|_| sandbox.call(action, parameters));
    answers.map(|answer| (answer.status, answer.text())).collect()
}

#[track_caller]
fn shown(answers: &[(Option<u16>, String)], forms: &[&str]) {
    for form in forms {
        assert!(answers.iter().any(|(_, body)| body.contains(form)), "{form} in {answers:?}");
    }
}

#[test]
fn a_mixed_history_is_a_list_or_a_map_with_amounts_of_either_kind() {
    let sandbox = Running::start(shaped("mixed"));
    let booking = [(Meaning::Customer, "1"), (Meaning::Amount, "-7.50"), (Meaning::BookingNote, "a/b")];
    sandbox.call(Action::ChangeBalance, &booking);
    let answers = many(&sandbox, Action::History, ONE);
    shown(
        &answers,
        &[":[{", r#"{"1":{"#, r#":"-7.50""#, ":-7.5,", r#":"-7.5""#, "a/b", "a&#047;b", "empoyee"],
    );
}

#[test]
fn mixed_ids_are_a_list_or_one_text() {
    let sandbox = Running::start(|settings| {
        shaped("mixed")(settings);
        settings.customers = 2;
    });
    let answers = many(&sandbox, Action::Select, &[(Meaning::AtLeast("balance"), "-99999999")]);
    shown(&answers, &[r#""list":"1,2""#, "[1,2]"]);
}

#[test]
fn mixed_answers_say_in_every_way_that_nobody_was_found_and_never_the_wrong_one() {
    let sandbox = Running::start(shaped("mixed"));
    let ValueKind::Choice(choices) = parameter(Action::Find, Meaning::Typer).kind else {
        panic!("a closed list");
    };
    let answers =
        many(&sandbox, Action::Find, &[(Meaning::Typer, choices[0].name), (Meaning::Sought, "nobody")]);
    shown(&answers, &[":0}", r#":""}"#, ":[]}", ":null}", "customer not found"]);
    let statuses: std::collections::BTreeSet<_> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [Some(200), Some(404)].into());
    // An error under status 200 always has its verdict.
    let silent = |(status, body): &(Option<u16>, String)| {
        *status == Some(200) && body.contains("not found") && !body.to_lowercase().contains("result")
    };
    assert!(!answers.iter().any(silent), "{answers:?}");
}
