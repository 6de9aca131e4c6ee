//! `check`: whether one can talk to a server, point by point, without a write.

use serde_json::Value;

use crate::support::{Answer, Output, Place, Responder, Sandbox, userside};

/// How each point stands: `ok address, warning TLS`.
fn points(output: &Output) -> String {
    let words = output.stdout.lines().map(|line| {
        let (status, rest) = line.split_once(' ').expect("a status");
        format!("{status} {}", rest.trim_start().split_once(": ").expect("a point").0)
    });
    words.collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn check(sandbox: &Sandbox, options: &str, code: i32) -> Output {
    let output = userside(&Place::new()).line("check").line(options).to(sandbox).run().exits(code);
    assert!(sandbox.log().iter().all(|entry| entry.is_read() && !entry.key_in_query), "a write");
    output
}

#[track_caller]
fn says(output: &Output, text: &str) {
    assert!(output.stdout.contains(text), "standard output lacks '{text}'\n{}", output.report());
}

const WELL: &str = "ok address, ok TLS, ok key, ok selector, ok batches, ok writes, ok latency, ok clock";

#[test]
fn a_good_server_is_good_in_every_point() {
    for (server, options, selector, writes) in [
        ("", "", "subcat and action are both accepted", "not known without --server-version"),
        (
            "--selector subcat",
            "--server-version 3.17",
            "subcat is accepted, action is not (",
            "may be sent by GET",
        ),
        (
            "--selector action --post-only",
            "--server-version 3.21",
            "action is accepted, subcat is not (",
            "must be sent by POST",
        ),
        ("--selector action", "--selector action", "action is accepted", "always uses POST"),
        ("--shape mixed --batches list --seed 3", "", "both accepted", "always uses POST"),
        ("--shape modern,bom", "", "both accepted", "always uses POST"),
    ] {
        let output = check(&Sandbox::with(server), options, 0);
        assert_eq!(points(&output), WELL, "{server}\n{}", output.report());
        says(&output, selector);
        says(&output, writes);
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn the_object_for_scripts_has_every_point() {
    let output = check(&Sandbox::start(), "--json --server-version 3.21", 0);
    let object: Value = serde_json::from_str(&output.stdout).expect("one object");
    assert_eq!(object["ok"], true);
    let list = object["points"].as_array().expect("a list");
    let point = |name: &str| list.iter().find(|p| p["point"] == name).unwrap_or_else(|| panic!("{object}"));
    assert_eq!(list.len(), 8);
    assert_eq!(point("selector")["found"], serde_json::json!({"subcat": true, "action": true}));
    assert_eq!(point("batches")["found"]["several"], true);
    assert_eq!(point("writes")["found"]["post_only"], true);
    let latency = &point("latency")["found"];
    assert_eq!((&latency["reads"], &latency["lost"]), (&10.into(), &0.into()));
    assert!(latency["least_ms"].as_f64() <= latency["most_ms"].as_f64() && latency["median_ms"].is_f64());
    assert!(point("clock")["found"]["seconds"].is_i64());
    let output = check(&Sandbox::with("--fault read:403@1-9"), "--json", 3);
    let object: Value = serde_json::from_str(&output.stdout).expect("one object");
    assert_eq!((&object["ok"], &object["points"][2]["status"]), (&false.into(), &"problem".into()));
    assert!(object["points"][2]["advice"].as_str().is_some_and(|advice| advice.contains("client addresses")));
}

#[test]
fn the_first_problem_is_the_last_line() {
    let place = Place::new();
    let output = userside(&place).line("check --url http://127.0.0.1:1").run().exits(3);
    assert_eq!(points(&output), "problem address");
    says(&output, "cannot connect to");
    for (server, options, expected, text) in [
        ("--fault read:403@1-9", "", "ok address, ok TLS, problem key", "list of allowed client addresses"),
        ("--fault read:error@1-9", "", "ok address, ok TLS, problem selector", "neither is accepted"),
        ("--fault read:html@1-9", "", "problem address", "not as a UserSide API"),
        ("--fault read:500@1-9", "--retries 1", "problem address", "Look in the web server's log"),
        ("--fault read:stall@1-9", "--retries 0 --timeout 1s", "problem address", "no answer within 1 s"),
        (
            "--fault read:302@1-9 --redirect-to https://x.example.com/",
            "",
            "problem address",
            "redirects to https://x.example.com/",
        ),
        (
            "--selector action",
            "--selector subcat",
            "ok address, ok TLS, ok key, problem selector",
            "say --selector action",
        ),
    ] {
        let sandbox = Sandbox::with(server);
        let output = check(&sandbox, options, 3);
        assert_eq!(points(&output), expected, "{server}\n{}", output.report());
        says(&output, text);
    }
    let server = Responder::start(|_, _| Some(Answer::new(404, "<title>404 Not Found</title>")));
    let output = userside(&place).line("check").at_url(server.url()).run().exits(3);
    assert_eq!(points(&output), "problem address");
    says(&output, "Check that --url leads to api.php");
    // Nobody speaks TLS there.
    let sandbox = Sandbox::start();
    let url = sandbox.url().replace("http://", "https://");
    let output = userside(&place).line("check --retries 0").at_url(&url).run().exits(3);
    assert_eq!(points(&output), "ok address, problem TLS");
}

#[test]
fn batches_are_believed_only_where_exactly_those_come_back() {
    for (server, options, expected) in [
        (
            "--batches first",
            "",
            "warning  batches: get_data reads one customer per request, named by customer_id. export works, but more slowly",
        ),
        ("--batches refuse", "", "warning  batches: get_data reads one customer per request"),
        ("--batch-limit 1", "", "warning  batches: get_data reads one customer per request"),
        ("--batch-limit 2", "", "ok       batches: get_data reads several"),
        ("--unreadable 1", "--retries 0", "ok       batches: get_data reads several"),
        ("--customers 1", "", "ok       batches: not known: there are fewer than two customers"),
        ("--customers 0", "", "ok       batches: not known: there are fewer than two customers"),
        // No limit there, and no condition that everybody meets.
        ("--server-version 3.16", "--server-version 3.16", "ok       batches: get_data reads several"),
        ("--server-version 3.15.26", "", "ok       batches: get_data reads several"),
        ("--server-version 3.15.26", "--server-version 3.15.26", "ok       batches: get_data reads several"),
        ("--server-version 3.15.25", "", "warning  batches: not known: customers cannot be searched for"),
    ] {
        let output = check(&Sandbox::with(server), options, 0);
        says(&output, expected);
    }
    // The search is lost: the rest works.
    let output = check(&Sandbox::with("--fault read:500@3"), "--retries 0", 1);
    says(&output, "problem  batches: the search for customers was not answered");
    assert!(points(&output).ends_with("ok writes, ok latency, ok clock"), "{}", output.report());
}

#[test]
fn reads_without_an_answer_are_told() {
    let output = check(&Sandbox::with("--fault read:500@5-7"), "--retries 0", 0);
    says(&output, "; 3 of 10 reads had no answer: HTTP 500");
    assert!(points(&output).contains("warning latency"));
    let output = check(&Sandbox::with("--fault read:500@5-99"), "--retries 0", 1);
    says(&output, "problem  latency: none of 10 reads was answered");
}

#[test]
fn clocks_are_compared() {
    for (date, expected) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "warning  clock: the server's is "),
        ("nonsense", "ok       clock: not known"),
    ] {
        let server = Responder::start(move |_, _| {
            let mut answer = Answer::new(200, r#"{"Result":"OK","Data":1}"#);
            answer.headers.push(format!("Date: {date}"));
            Some(answer)
        });
        let output = userside(&Place::new()).line("check").at_url(server.url()).run();
        says(&output, expected);
        if expected.starts_with("warning") {
            says(&output, "s behind this machine's. Set both clocks");
            says(&output, "looks at the wrong entries");
        }
    }
}

#[test]
fn a_signal_ends_it() {
    let sandbox = Sandbox::with("--fault read:stall@3-9");
    let running = userside(&Place::new()).line("check").args(["--url", sandbox.url()]).start();
    crate::support::until("the search", || (sandbox.requests() >= 3).then_some(()));
    running.signal("INT");
    let output = running.wait().exits(130);
    assert_eq!(points(&output), "ok address, ok TLS, ok key, ok selector");
}
