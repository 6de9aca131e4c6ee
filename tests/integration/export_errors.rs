//! Customers who cannot be read: each is retried, named with a reason, and costs nobody else anything.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Answer, Place, Responder, Sandbox, userside};

/// Everybody, with those who cannot be read in a file.
const LINE: &str = "export --is-ex 0 --is-ex 1 --columns id -o out.csv --errors bad.csv";

/// The ids in a file, behind its header.
fn ids(place: &Place, name: &str) -> Vec<u64> {
    let text = place.text(name);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row")[0].parse().expect("an id")).collect()
}

#[test]
fn who_cannot_be_read_is_listed_and_the_rest_is_written() {
    for options in ["", "--batch 1", "--batch 3", "--batch auto --concurrency 1"] {
        let (place, sandbox) = (Place::new(), Sandbox::with("--customers 60 --unreadable 7,20-25,60"));
        let output = userside(&place).line(LINE).line(options).to(&sandbox).run().exits(1);
        let bad: Vec<u64> = [7].into_iter().chain(20..=25).chain([60]).collect();
        assert_eq!(ids(&place, "bad.csv"), bad, "{options}");
        assert_eq!(ids(&place, "out.csv"), (1..=60).filter(|id| !bad.contains(id)).collect::<Vec<_>>());
        assert_eq!(place.text("bad.csv").lines().next(), Some("id,reason"));
        assert!(place.text("bad.csv").contains("500"), "{}", place.text("bad.csv"));
        let output = output.says("8 customers could not be read").says("customer 7: ");
        output.says("60 customers, 52 ok, 8 failed");
        assert_eq!(place.names(), ["bad.csv", "out.csv"]);
    }
}

/// The customer alone, and as often as was promised; in company only until the company is halved.
#[test]
fn who_cannot_be_read_is_retried() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 40 --unreadable 17"));
    userside(&place).line(LINE).line("--retries 4").to(&sandbox).run().exits(1);
    let log = sandbox.log();
    let of =
        |ids: &str| log.iter().filter(|e| e.parameters.get("customer_id").is_some_and(|i| i == ids)).count();
    assert_eq!(of("17"), 5);
    let together: Vec<&str> = log
        .iter()
        .filter_map(|entry| entry.parameters.get("customer_id"))
        .map(String::as_str)
        .filter(|ids| ids.contains(',') && ids.split(',').any(|id| id == "17"))
        .collect();
    assert_eq!(together.len(), together.iter().collect::<BTreeSet<_>>().len(), "{together:?}");
    // 38 are halved five times.
    assert!((4..=6).contains(&together.len()), "{together:?}");
}

/// A fault that passes leaves no trace.
#[test]
fn who_is_read_in_the_end_is_no_error() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 30 --fault read:500@5-6"));
    userside(&place).line(LINE).line("--batch 1").to(&sandbox).run().exits(0).says_not("warning");
    assert_eq!((ids(&place, "out.csv").len(), ids(&place, "bad.csv").len()), (30, 0));
}

#[test]
fn without_a_file_the_first_of_them_are_named() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 60 --unreadable 20-39"));
    let line = "export --is-ex 0 --is-ex 1 --columns id --retries 0";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = output.says("20 customers could not be read").says("customer 20: ").says("--errors FILE");
    let output = output.says_not("customer 39");
    assert_eq!(output.stdout.lines().count(), 41);
    let output = userside(&place).line(line).line("--quiet").to(&sandbox).run().exits(1);
    output.says("20 customers could not be read").says_not("done:");
}

#[test]
fn who_is_not_there_says_so() {
    let (place, sandbox) = (Place::new().with("ids.txt", "1\n77\n2\n"), Sandbox::start());
    for shape in ["classic", "modern", "mixed"] {
        let sandbox = Sandbox::with(&format!("--shape {shape}"));
        let line = "export --ids ids.txt --columns id -o out.csv --errors bad.csv";
        userside(&place).line(line).to(&sandbox).run().exits(1).says("customer 77: ").says("not found");
        assert_eq!((ids(&place, "out.csv"), ids(&place, "bad.csv")), (vec![1, 2], vec![77]));
    }
    // It is not asked for again: the answer would be the same.
    let line = "export --ids ids.txt --columns id --batch 1 --retries 5 --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    assert_eq!(sandbox.requests(), 4);
}

#[test]
fn nobody_can_be_read() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 4 --unreadable 1-4"));
    let output = userside(&place).line(LINE).to(&sandbox).run().exits(1).says("none ok");
    output.says("4 customers could not be read");
    assert_eq!((place.text("out.csv").as_str(), ids(&place, "bad.csv").len()), ("id\r\n", 4));
}

/// Many of them side by side are no reason to think that the server is gone.
#[test]
fn many_in_a_row_do_not_end_the_export() {
    for options in ["", "--batch 1"] {
        let (place, sandbox) = (Place::new(), Sandbox::with("--customers 120 --unreadable 11-100"));
        let output =
            userside(&place).line(LINE).line(options).line("--retries 0").to(&sandbox).run().exits(1);
        assert_eq!(ids(&place, "out.csv").len(), 30, "{}", output.report());
        assert_eq!(ids(&place, "bad.csv"), (11..=100).collect::<Vec<_>>());
    }
}

#[test]
fn the_summary_counts_them_in_json() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 10 --unreadable 3"));
    let line = format!("{LINE} --json --total balance");
    let output = userside(&place).line(&line).to(&sandbox).run().exits(1);
    let summary: Value = serde_json::from_str(&output.stdout).expect("one object");
    assert_eq!((&summary["rows"], &summary["ok"], &summary["failed"]), (&10.into(), &9.into(), &1.into()));
    let requests = sandbox.log().len();
    assert_eq!(summary["requests"], requests);
    assert!(summary["retries"].as_u64().is_some_and(|retries| retries >= 3), "{summary}");
}

/// A server that answers with somebody else is not believed, alone or in company.
#[test]
fn an_answer_with_another_customer_is_not_taken() {
    let server = Responder::start(|_, body| {
        let text = |ids: &str| format!(r#"{{"Result":"OK","data":{{"id":{ids},"login":"x"}}}}"#);
        let ids = body.split('&').find_map(|pair| pair.strip_prefix("customer_id="));
        Some(match ids {
            Some("3") => Answer::new(200, text("4")),
            Some(ids) => Answer::new(200, text(ids.split("%2C").next().unwrap_or("1"))),
            None => Answer::ok(),
        })
    });
    let place = Place::new().with("ids.txt", "1\n2\n3\n5\n");
    let line = "export --ids ids.txt --columns id -o out.csv --errors bad.csv";
    let output = userside(&place).line(line).at_url(server.url()).run().exits(1).says("customer 4");
    assert_eq!(ids(&place, "out.csv"), [1, 2, 5], "{}", output.report());
    assert_eq!(ids(&place, "bad.csv"), [3]);
}

/// What a server says of a customer may repeat the key.
#[test]
fn a_reason_does_not_hold_the_key() {
    let server = Responder::start(|_, body| {
        let is_customer = body.contains("customer_id=");
        let key = crate::support::KEY.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!(r#"{{"Result":"ERROR","ErrorText":"no, {key}"}}"#);
        Some(if is_customer { Answer::new(200, text) } else { Answer::ok() })
    });
    let place = Place::new().with("ids.txt", "1\n");
    let line = "export --ids ids.txt --columns id -o out.csv --errors bad.csv";
    userside(&place).line(line).at_url(server.url()).run().exits(1).says("[key]");
    assert!(place.text("bad.csv").contains("[key]"));
}

/// The file is one of this export, also where everybody was read.
#[test]
fn errors_of_last_month_do_not_stay() {
    let (place, sandbox) = (Place::new().with("bad.csv", "id,reason\r\n9,old\r\n"), Sandbox::start());
    userside(&place).line(LINE).to(&sandbox).run().exits(0);
    assert_eq!(place.text("bad.csv").trim_end(), "id,reason");
}

/// Those who cannot be read are the first who are missing when it goes on; that the server takes many at once must
/// not be judged by them.
#[test]
fn an_export_that_goes_on_reads_many_at_once_whoever_was_broken() {
    let options = "--customers 400 --unreadable 1-6 --fault read:403@25";
    let (place, sandbox) = (Place::new(), Sandbox::with(options));
    let line = "export --is-ex 0 --is-ex 1 --columns id -o out.csv --batch 20 --concurrency 1 --retries 0";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    let before = sandbox.requests();
    let output = userside(&place).line("resume out.csv.journal").run().exits(1);
    let output = output.says_not("one customer per request");
    assert!(sandbox.requests() - before < 60, "{}", output.report());
    assert_eq!(ids(&place, "out.csv"), (7..=400).collect::<Vec<_>>());
}
