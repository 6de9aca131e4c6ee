//! The key: in request bodies and nowhere else. Every run of every test is searched for it; here are the runs
//! that tempt the program most: the most talkative logging, servers that repeat what they are sent, faults
//! of every kind.

use crate::support::{Answer, KEY, KEY_CORE, Output, Place, Responder, Sandbox, userside};

const INPUT: &str = "id,comment\n1,x\n2,y\n3,z\n";

fn talkative(place: &Place, url: &str, options: &str) -> Output {
    let line = "import edit input.csv -vvv --retries 1 --timeout 500ms --failed left.csv";
    userside(place).line(line).line(options).at_url(url).run()
}

#[test]
fn the_most_talkative_log_has_everything_but_the_key() {
    for fault in [
        "",
        "429@1-9",
        "500@1-9",
        "drop-before@1-9",
        "drop-after@1-9",
        "stall@1-9",
        "html@1-9",
        "truncate@1-9",
        "error@1-9",
        "400@1-9",
        "401@1-9",
        "403@1-9",
        "302@1-9",
        "307@1-9",
    ] {
        let place = Place::new().with("input.csv", INPUT);
        let fault = if fault.is_empty() { String::new() } else { format!("--fault {fault}") };
        let sandbox = Sandbox::with(&fault);
        // The search itself is part of every run.
        let output = talkative(&place, sandbox.url(), "").says("TRACE").says("answered");
        assert_eq!(output.results().rows.len(), 3);
        assert!(sandbox.log().iter().all(|entry| !entry.key_in_query), "{fault}");
    }
}

#[test]
fn each_level_of_logging_says_what_its_help_says() {
    let place = Place::new().with("input.csv", INPUT);
    let run = |level: &str| {
        let sandbox = Sandbox::with("--fault 502@1");
        userside(&place).line("import edit input.csv").line(level).to(&sandbox).run().exits(0)
    };
    run("").says_not("tried again");
    run("-v").says("tried again").says_not("answered");
    run("-vv").says("tried again").says("answered").says_not("TRACE");
    run("-vvv").says("answered").says(r#"("comment", "y")"#);
}

/// A server that answers with what it was sent, in this wrapping, from the request with this number on.
fn echo(from: usize, status: u16, wrap: fn(&str) -> String) -> Responder {
    Responder::start(move |number, body| {
        Some(if number < from { Answer::ok() } else { Answer::new(status, wrap(body)) })
    })
}

fn as_text(body: &str) -> String {
    body.to_owned()
}

fn as_decoded_text(body: &str) -> String {
    let pairs = form_urlencoded::parse(body.as_bytes());
    pairs.map(|(name, value)| format!("{name} = {value}\n")).collect()
}

fn as_error(body: &str) -> String {
    serde_json::json!({"Result": "ERROR", "ErrorText": as_decoded_text(body)}).to_string()
}

fn as_error_of_the_body(body: &str) -> String {
    serde_json::json!({"error": body}).to_string()
}

fn as_id(body: &str) -> String {
    serde_json::json!({"Result": "OK", "Id": as_decoded_text(body)}).to_string()
}

/// So that an excerpt of 200 characters would end in the middle of the key.
fn behind_padding(body: &str) -> String {
    format!("<p>{}{}", "x".repeat(190), as_decoded_text(body))
}

#[test]
fn a_server_that_repeats_the_key_does_not_make_us_repeat_it() {
    let wraps = [as_text, as_decoded_text, as_error, as_error_of_the_body, as_id, behind_padding];
    for wrap in wraps {
        for status in [200, 400, 403, 500, 503] {
            // Once in answer to the probe, once in answer to rows.
            for from in [1, 2] {
                let place = Place::new().with("input.csv", INPUT);
                let server = echo(from, status, wrap);
                let output = talkative(&place, server.url(), "--patience 0s");
                assert!(matches!(output.code, Some(0 | 1 | 3)), "{}", output.report());
            }
        }
    }
}

#[test]
fn a_location_that_holds_the_key_is_not_repeated() {
    let server = Responder::start(|number, body| {
        let mut answer = if number == 1 { Answer::ok() } else { Answer::new(307, "") };
        answer.headers.push(format!("Location: http://127.0.0.1:1/login?{body}"));
        Some(answer)
    });
    let place = Place::new().with("input.csv", INPUT);
    talkative(&place, server.url(), "").exits(1).says("[key]");
}

#[test]
fn a_redirect_is_not_followed_so_the_key_stays_here() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Responder::start(|_, _| Some(Answer::ok()));
        // Those that the sandbox knows, in answer to rows and in answer to the first read.
        for (from, code) in [("", 1), ("read:", 3)].into_iter().filter(|_| !matches!(status, 301 | 303)) {
            let redirect = format!("--redirect-to {}/api.php", elsewhere.url());
            let sandbox = Sandbox::with(&format!("--fault {from}{status}@1-99 {redirect}"));
            let place = Place::new().with("input.csv", INPUT);
            talkative(&place, sandbox.url(), "").exits(code).says("the key is not sent there");
        }
        let target = elsewhere.url().to_owned();
        let server = Responder::start(move |number, _| {
            let mut answer = if number == 1 { Answer::ok() } else { Answer::new(status, "") };
            answer.headers.push(format!("Location: {target}/api.php"));
            Some(answer)
        });
        let place = Place::new().with("input.csv", INPUT);
        talkative(&place, server.url(), "").exits(1);
        assert_eq!(elsewhere.connections(), 0, "{status} was followed");
    }
}

#[test]
fn the_key_may_come_from_a_file() {
    let place = Place::new().with("input.csv", INPUT).with("key.txt", format!("\u{FEFF}{KEY}\r\n"));
    let sandbox = Sandbox::start();
    let program = userside(&place).without_key().line("import edit input.csv --key-file key.txt");
    program.to(&sandbox).run().exits(0);
    // The file wins over the environment.
    let program =
        userside(&place).env("USERSIDE_API_KEY", "another").line("import edit input.csv --key-file key.txt");
    program.to(&sandbox).run().exits(0);
}

#[cfg(unix)]
#[test]
fn a_key_file_that_everybody_can_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new().with("input.csv", INPUT).with("key.txt", KEY);
    let sandbox = Sandbox::start();
    let run = |mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(place.path("key.txt"), permissions).expect("permissions");
        userside(&place).line("import edit input.csv --key-file key.txt").to(&sandbox).run().exits(0)
    };
    run(0o644).says("chmod 600 key.txt");
    run(0o600).says_not("warning");
}

#[test]
fn keys_that_cannot_be_one_are_refused() {
    let place = Place::new().with("input.csv", INPUT).with("key.txt", " \n").with("key2.txt", "a\nb\n");
    let run = |options: &str| {
        let program = userside(&place).without_key().line("import edit input.csv --url http://127.0.0.1:1");
        program.line(options).run().exits(2)
    };
    run("").says("USERSIDE_API_KEY").says("--key-file");
    run("--key-file key.txt").says("empty");
    run("--key-file key2.txt").says("more than one line");
    run("--key-file nowhere.txt").says("nowhere.txt");
    assert_eq!(place.names(), ["input.csv", "key.txt", "key2.txt"]);
}

/// An argument stands in the process list and in the shell's history.
#[test]
fn the_key_is_no_argument_and_no_part_of_the_address() {
    let place = Place::new().with("input.csv", INPUT);
    let program = userside(&place).line("import edit input.csv --url http://127.0.0.1:1");
    program.args(["--key", "secret"]).run().exits(2).says("--key-file").says_not("secret");
    for url in ["http://127.0.0.1:1/api.php?key=", "127.0.0.1:1/api.php?key=", "ftp://127.0.0.1/", "http://:"]
    {
        let url = format!("{url}{KEY_CORE}");
        userside(&place)
            .line("import edit input.csv --url")
            .args([url])
            .run()
            .exits(2)
            .says("--url or USERSIDE_URL: ");
    }
    let program = userside(&place).env("USERSIDE_URL", &format!("http://127.0.0.1:1/?key={KEY_CORE}"));
    program.line("import edit input.csv").run().exits(2);
}

/// The file is invalid, so the warning is all that happens.
#[test]
fn plain_http_to_another_machine_is_warned_about() {
    let place = Place::new().with("input.csv", "id,comment\nx,y\n");
    let run = |url: &str| userside(&place).line("import edit input.csv --url").args([url]).run().exits(2);
    run("http://192.0.2.1").says("unencrypted").says("https://");
    run("http://userside.example.com/us").says("unencrypted");
    run("https://userside.example.com").says_not("warning");
    run("http://127.0.0.1:1").says_not("warning");
    run("http://localhost:1").says_not("warning");
    run("http://[::1]:1").says_not("warning");
}

#[test]
fn the_sandbox_keeps_the_key_out_of_its_log_too() {
    let place = Place::new().with("input.csv", INPUT);
    let running = userside(&place).line("sandbox --listen 127.0.0.1:0 --log log.jsonl").start();
    crate::support::until("the log", || place.exists("log.jsonl").then_some(()));
    running.signal("INT");
    running.wait().exits(0);
}
