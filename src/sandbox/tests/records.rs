//! What the sandbox keeps: the log, the ledger's page, and its own errors.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{RIGHT_KEY, Running, form};
use crate::catalogue::{Action, CUSTOMER, Meaning};
use crate::sandbox::{Sandbox, SandboxError, Settings};

fn lines(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the log");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

#[test]
fn the_log_has_a_line_for_every_request_and_never_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    let sandbox = Running::start(|settings| {
        settings.log = Some(path.clone());
        settings.faults = ["drop-after@2", "500@3"].iter().map(|f| f.parse().expect("a fault")).collect();
    });
    let name = (Meaning::Sets("full_name"), RIGHT_KEY);
    sandbox.call(Action::Add, &[name]).ok();
    sandbox.call(Action::Add, &[name]);
    sandbox.call(Action::Add, &[name]);
    sandbox.call(Action::Add, &[]).error(400);
    sandbox.get("/", &form(Action::Read, &[(Meaning::Customer, "1")])).ok();
    sandbox.post("/", "key=something-else").error(403);
    sandbox.post("/", &format!("key={}", "x".repeat(1024 * 1024))).error(413);

    let text = std::fs::read_to_string(&path).expect("the log");
    assert!(!text.contains(RIGHT_KEY) && !text.contains("something-else"), "{text}");
    let lines = lines(&path);
    let told = |name: &str| lines.iter().map(|line| line[name].clone()).collect::<Vec<_>>();
    assert_eq!(
        told("status"),
        [json!(200), Value::Null, json!(500), json!(400), json!(200), json!(403), json!(413)]
    );
    assert_eq!(told("applied"), [true, true, false, false, false, false, false]);
    assert_eq!(
        told("id"),
        [json!(1001), json!(1002), Value::Null, Value::Null, Value::Null, Value::Null, Value::Null]
    );
    assert_eq!(told("fault")[1..3], [json!("drop-after"), json!("500")]);
    assert_eq!(told("key_in_query"), [false, false, false, false, true, false, false]);
    assert_eq!(told("method")[3..5], [json!("POST"), json!("GET")]);
    assert_eq!(lines[0]["subcategory"], CUSTOMER.subcategory(Action::Add).expect("a subcategory").name);
    assert_eq!(lines[5]["subcategory"], Value::Null);
    let times: Vec<f64> = told("t_ms").iter().map(|time| time.as_f64().expect("a number")).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_second_sandbox_appends_to_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    for _ in 0..2 {
        let sandbox = Running::start(|settings| settings.log = Some(path.clone()));
        sandbox.call(Action::Read, &[(Meaning::Customer, "1")]).ok();
    }
    assert_eq!(lines(&path).len(), 2);
}

#[test]
fn the_ledger_shows_customers_bookings_and_the_number_of_requests() {
    let sandbox = Running::start(|settings| settings.customers = 2);
    let booking = [(Meaning::Customer, "2"), (Meaning::Amount, "-15.40"), (Meaning::BookingNote, "за март")];
    sandbox.call(Action::ChangeBalance, &booking).ok();
    let ledger = sandbox.ledger();
    assert_eq!((ledger["customers"].as_array().map(Vec::len), &ledger["requests"]), (Some(2), &json!(1)));
    let mut booked = ledger["bookings"][0].clone();
    assert!(booked["t_ms"].take().is_number());
    assert_eq!(booked, json!({"customer": 2, "amount": "-15.40", "comment": "за март", "t_ms": null}));
    assert_eq!(ledger["writes"], json!({"2": 1}));
}

#[test]
fn a_server_may_cut_comments() {
    let sandbox = Running::start(|settings| settings.comment_limit = std::num::NonZeroUsize::new(4));
    for note in ["за март", "x"] {
        let booking = [(Meaning::Customer, "2"), (Meaning::Amount, "1"), (Meaning::BookingNote, note)];
        sandbox.call(Action::ChangeBalance, &booking).ok();
    }
    let ledger = sandbox.ledger();
    assert_eq!(
        (&ledger["bookings"][0]["comment"], &ledger["bookings"][1]["comment"]),
        (&json!("за м"), &json!("x"))
    );
}

#[test]
fn latency_holds_back_the_answer_but_not_the_work() {
    let mut sandbox = Running::start(|settings| settings.latency = Duration::from_secs(3600));
    let mut waiting = sandbox.send("POST", "/", &form(Action::Delete, &[(Meaning::Customer, "1")]));
    while sandbox.ledger()["customers"].as_array().map(Vec::len) != Some(29) {}
    waiting.set_nonblocking(true).expect("a socket");
    assert!(std::io::Read::read(&mut waiting, &mut [0; 1]).is_err());
    waiting.set_nonblocking(false).expect("a socket");
    // A stop cuts the wait short; the answer still comes.
    sandbox.stop().expect("an orderly end");
    super::support::Answer::read(&mut waiting).ok();
}

#[tokio::test]
async fn what_cannot_be_begun_says_what_to_do() {
    let settings = || Settings::new(([127, 0, 0, 1], 0).into(), "k".to_owned().into());
    let first = Sandbox::bind(settings()).await.expect("a free port");
    let again = Settings { listen: first.address(), ..settings() };
    let error = Sandbox::bind(again).await.expect_err("in use");
    assert!(matches!(error, SandboxError::InUse { .. }));
    assert!(error.to_string().contains("--listen"), "{error}");

    let folder = tempfile::tempdir().expect("a folder");
    let log = Some(folder.path().join("no such folder").join("log"));
    let error = Sandbox::bind(Settings { log, ..settings() }).await.expect_err("no folder");
    assert!(matches!(error, SandboxError::OpenLog { .. }));
    assert!(error.to_string().contains("folder that exists"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_cannot_be_written_ends_the_sandbox() {
    let mut sandbox = Running::start(|settings| settings.log = Some("/dev/full".into()));
    sandbox.call(Action::Read, &[(Meaning::Customer, "1")]);
    let error = sandbox.wait().expect_err("a full disk");
    assert!(matches!(error, SandboxError::WriteLog { .. }));
}
