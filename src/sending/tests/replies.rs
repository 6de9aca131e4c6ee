//! What the shapes of answers mean.

use proptest::prelude::*;

use crate::sending::attempt_end::AttemptEnd;
use crate::sending::interpret::{Interpreted, of_response};
use crate::sending::reply::{Accepted, Reply, Wanted};
use crate::sending::{ApiKey, FailureCode, Response};

fn key() -> ApiKey {
    ApiKey::new("s3cret").expect("a key")
}

fn read(status: u16, body: &str) -> Reply {
    of_response(
        &Response { status, body: body.as_bytes().to_vec(), ..Response::default() },
        Wanted::Content,
        &key(),
    )
    .reply
}

fn problem(status: u16, body: &str) -> (AttemptEnd, FailureCode, String) {
    match read(status, body) {
        Reply::Problem { end, problem } => (end, problem.code, problem.text),
        Reply::Accepted(accepted) => panic!("accepted: {accepted:?}"),
    }
}

fn id(body: &str) -> Option<String> {
    match read(200, body) {
        Reply::Accepted(accepted) => <[String; 1]>::try_from(accepted.ids).ok().map(|[id]| id),
        Reply::Problem { problem, .. } => panic!("{problem}"),
    }
}

#[test]
fn every_shape_of_success_is_understood() {
    for (body, expected) in [
        (r#"{"Result":"OK","Id":12}"#, Some("12")),
        (r#"{"result":"ok","id":"12"}"#, Some("12")),
        (r#"{"Result":"Ok","id":[12]}"#, Some("12")),
        (r#"{"Result":"OK","id":[12,13]}"#, None),
        (r#"{"Result":"OK","id":0}"#, None),
        (r#"{"Result":"OK"}"#, None),
        (r#"{"Result":"OK","Id":{"1":12}}"#, Some("12")),
        (r#"{"Result":"OK","Id":"12,13"}"#, None),
        (r#"{"Result":"OK","Id":false}"#, None),
        (r#"{"Id":12}"#, Some("12")),
        ("\u{FEFF}{\"Result\":\"OK\",\"Id\":12}", Some("12")),
        ("<br />\n<b>Warning</b>: {x} in <b>/a.php</b><br />\n{\"Result\":\"OK\",\"Id\":12}\n", Some("12")),
        ("Notice: Undefined index {\n{\"Result\":\"OK\",\"Id\":12}<br>", Some("12")),
    ] {
        assert_eq!(id(body).as_deref(), expected, "{body}");
    }
    assert_eq!(
        read(200, r#"{"Result":"OK","data":[]}"#),
        Reply::Accepted(Accepted {
            has_verdict: true,
            data: Some(serde_json::json!([])),
            ..Accepted::default()
        })
    );
    assert!(matches!(read(200, r#"{"data":[1,2]}"#), Reply::Accepted(a) if a.has_data));
}

#[test]
fn every_shape_of_refusal_is_understood() {
    for body in [
        r#"{"Result":"ERROR","ErrorText":"&quot;Ромашка&quot; &#039;x&#039;"}"#,
        r#"{"result":"error","error":"\"Ромашка\" 'x'"}"#,
        r#"{"ErrorText":"\"Ромашка\" 'x'"}"#,
    ] {
        assert_eq!(
            problem(200, body),
            (AttemptEnd::SaidNo, FailureCode::ApiError, "\"Ромашка\" 'x'".to_owned()),
            "{body}"
        );
    }
    assert_eq!(
        problem(404, r#"{"error":"no customer"}"#),
        (AttemptEnd::SaidNo, FailureCode::NotFound, "HTTP 404: no customer".to_owned())
    );
    assert_eq!(problem(404, "<html>nginx</html>").1, FailureCode::HttpStatus);
}

#[test]
fn what_cannot_be_read_may_have_happened() {
    for body in [
        "",
        "<html><script>{\"Result\":\"OK\",\"Id\":1}</script>",
        "{\"Result\":\"OK\",\"Id\":12",
        "[]",
        "{}",
        "null",
        "OK",
        "{\"Result\":\"MAYBE\"}",
        "x {\"Result\":\"OK\"} {\"Result\":\"ERROR\"}",
        "<p>{\"Id\":5}",
    ] {
        let (end, code, text) = problem(200, body);
        assert_eq!((end, code), (AttemptEnd::MayHaveHappened, FailureCode::BadAnswer), "{body}");
        assert!(text.starts_with("the answer cannot be read: "), "{text}");
    }
    assert!(problem(200, "").2.ends_with("(empty)"));
    assert_eq!(problem(200, &"я".repeat(1000)).2.chars().filter(|c| *c == 'я').count(), 200);
    assert_eq!(problem(400, r#"{"Result":"OK"}"#).0, AttemptEnd::MayHaveHappened);
}

/// One class for every status there is.
#[test]
fn every_status_has_its_event() {
    for status in 100..=599 {
        let expected = match status {
            200..=299 => continue,
            401 | 403 => AttemptEnd::KeyRefused,
            429 | 503 => AttemptEnd::TurnedAway,
            300..=399 => AttemptEnd::Replaced,
            400..=499 => AttemptEnd::SaidNo,
            _ => AttemptEnd::MayHaveHappened,
        };
        assert_eq!(problem(status, r#"{"error":"x"}"#).0, expected, "{status}");
        let without_verdict = match expected {
            AttemptEnd::KeyRefused => AttemptEnd::Barred,
            AttemptEnd::SaidNo => AttemptEnd::Replaced,
            other => other,
        };
        for body in ["<html>page</html>", "", r#"{"message":"x"}"#, r#"{"error":""}"#, "[]"] {
            assert_eq!(problem(status, body).0, without_verdict, "{status} {body}");
        }
    }
}

#[test]
fn the_key_is_taken_out_of_what_the_server_says() {
    for (status, body) in [
        (200, "<p>key=s3cret</p>"),
        (200, r#"{"error":"bad key s3cret"}"#),
        (500, "s3cret"),
        (403, "s3cret"),
        (404, "s3cret"),
    ] {
        let text = problem(status, body).2;
        assert!(text.contains("[key]") && !text.contains("s3cret"), "{text}");
    }
    let long = format!("{}s3cret", "x".repeat(197));
    assert!(!problem(200, &long).2.contains("s3c"));
}

proptest! {
    #[test]
    fn any_answer_is_read_without_panic(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = of_response(&Response { status, body, ..Response::default() }, Wanted::Content, &key());
    }
}

/// A verdict that is no word is none that is known; what it stands beside does not make it one.
#[test]
fn a_verdict_that_is_no_word_is_not_guessed() {
    for body in [
        r#"{"Result":true}"#,
        r#"{"Result":true,"Id":12}"#,
        r#"{"Result":false,"Id":12}"#,
        r#"{"Result":1,"data":{"id":12}}"#,
        r#"{"Result":"","Id":12}"#,
        r#"{"Result":true,"error":"x"}"#,
        r#"{"data":false}"#,
        r#"{"Id":"0"}"#,
        r#"{"Id":[]}"#,
    ] {
        assert_eq!(problem(200, body).0, AttemptEnd::MayHaveHappened, "{body}");
    }
    assert_eq!(problem(200, r#"{"error":"x"}"#).0, AttemptEnd::MayHaveHappened);
    assert_eq!(problem(200, r#"{"Result":false,"ErrorText":"x"}"#).0, AttemptEnd::SaidNo);
    assert_eq!(id(r#"{"Result":null,"Id":12}"#).as_deref(), Some("12"));
    assert_eq!(id(r#"{"Result":"OK","Id":"0"}"#), None);
}

/// Of two verdicts it is not known which one counts, and neither of two ids.
#[test]
fn an_answer_that_contradicts_itself_cannot_be_read() {
    for body in [
        r#"{"Result":"OK","result":"ERROR"}"#,
        r#"{"result":"ERROR","Result":"OK","Id":5}"#,
        r#"{"Result":"ERROR","Result":"OK"}"#,
        r#"{"Result":"OK","Result":"OK"}"#,
        r#"{"Result":"OK","Id":5,"id":6}"#,
        r#"{"Result":"OK","Id":5,"Id":6}"#,
        r#"{"Result":"OK","ErrorText":"no such customer"}"#,
        r#"{"Result":"OK","error":"no such customer"}"#,
        "<b>Warning</b>: x\n{\"Result\":\"ERROR\",\"Result\":\"OK\"}",
    ] {
        let (end, code, text) = problem(200, body);
        assert_eq!((end, code), (AttemptEnd::MayHaveHappened, FailureCode::BadAnswer), "{body}");
        assert!(text.starts_with("the answer cannot be read: "), "{text}");
        for status in [400, 404, 503] {
            assert_eq!(problem(status, body).0, AttemptEnd::MayHaveHappened, "{status} {body}");
        }
        assert_eq!(problem(403, body).0, AttemptEnd::Barred, "{body}");
    }
    for agreeing in [
        r#"{"Result":"OK","result":" ok ","Id":5}"#,
        r#"{"Result":"OK","Id":5,"id":"5"}"#,
        r#"{"Result":"OK","Id":5,"ErrorText":"","error":[]}"#,
    ] {
        assert_eq!(id(agreeing).as_deref(), Some("5"), "{agreeing}");
    }
}

/// A login form may be JSON too: to a write it says nothing.
#[test]
fn without_a_verdict_a_write_has_no_answer() {
    for body in [r#"{"data":{"redirect":"/login"}}"#, r#"{"Id":12}"#, r#"{"data":[1]}"#, "{}"] {
        let response = Response { status: 200, body: body.as_bytes().to_vec(), ..Response::default() };
        let Interpreted { reply, is_the_apis, .. } = of_response(&response, Wanted::Verdict, &key());
        let Reply::Problem { end, problem } = reply else { panic!("{body}") };
        assert_eq!((end, problem.code), (AttemptEnd::MayHaveHappened, FailureCode::BadAnswer), "{body}");
        assert!(!is_the_apis);
    }
}

/// What PHP means by "no error" is not an error: to call such a row failed invites sending it again.
#[test]
fn an_empty_error_is_none() {
    for empty in ["0", "\"0\"", "\"\"", "\" \"", "[]", "{}", "false", "null"] {
        let body = format!(r#"{{"Id":12,"error":{empty}}}"#);
        assert_eq!(id(&body).as_deref(), Some("12"), "{body}");
        let body = format!(r#"{{"Result":"ERROR","ErrorText":{empty},"error":"no such customer"}}"#);
        assert_eq!(problem(200, &body).2, "no such customer", "{body}");
        let body = format!(r#"{{"error":{empty}}}"#);
        assert_eq!(problem(200, &body).0, AttemptEnd::MayHaveHappened, "{body}");
    }
}

#[test]
fn no_part_of_the_key_is_left_where_a_text_is_cut() {
    for filler in 480..520 {
        let body = format!(r#"{{"Result":"ERROR","ErrorText":"{}s3cret and more"}}"#, "x".repeat(filler));
        let text = problem(200, &body).2;
        assert!(!text.contains("s3"), "{filler}: {text}");
    }
}

#[test]
fn the_key_is_found_before_and_behind_every_change_to_the_text() {
    for (key, body) in [
        ("two  words", r#"{"Result":"ERROR","ErrorText":"key two  words"}"#),
        ("two words", r#"{"Result":"ERROR","ErrorText":"key two\nwords"}"#),
        ("a&amp;b", r#"{"Result":"ERROR","ErrorText":"key a&amp;b"}"#),
        ("s3cret", r#"{"Result":"ERROR","ErrorText":"key &#115;3cret"}"#),
        ("two words", "<p>two\twords</p>"),
        ("ключ/1", r#"{"Result":"MAYBE","key":"\u043a\u043b\u044e\u0447\/1"}"#),
        ("ключ/1", r#"{"Result":"MAYBE","key":"\u043a\u043b\u044e\u0447/1"}"#),
    ] {
        let key = ApiKey::new(key).expect("a key");
        let response = Response { status: 200, body: body.as_bytes().to_vec(), ..Response::default() };
        let Reply::Problem { problem, .. } = of_response(&response, Wanted::Content, &key).reply else {
            panic!("{body}")
        };
        assert!(problem.text.contains("[key]"), "{body}: {}", problem.text);
    }
}

/// An id is written to the results as it is; one that is no number may be anything.
#[test]
fn an_id_does_not_carry_the_key() {
    assert_eq!(id(r#"{"Result":"OK","Id":"x-s3cret\n"}"#), None);
    let key = ApiKey::new("12").expect("a key");
    let body = br#"{"Result":"OK","Id":"12"}"#.to_vec();
    let reply =
        of_response(&Response { status: 200, body, ..Response::default() }, Wanted::Content, &key).reply;
    assert!(matches!(reply, Reply::Accepted(accepted) if accepted.ids == ["12"]));
}

/// A web server's error page says what it says in its title; the key may stand there too.
#[test]
fn a_page_under_a_bad_status_is_told_by_its_title() {
    let page =
        "<html>\r\n<head><TITLE>502 Bad\nGateway &amp; s3cret</title></head><body><h1>x</h1></body></html>";
    assert_eq!(problem(502, page).2, "HTTP 502: 502 Bad Gateway & [key]");
    assert!(problem(200, page).2.starts_with("the answer cannot be read: <html>"));
    assert_eq!(problem(500, "<title></title>").2, "HTTP 500: <title></title>");
}

/// A server that books and then says that it is busy must not be asked to book again.
#[test]
fn turned_away_with_an_ok_may_have_happened() {
    for status in [429, 503] {
        let (end, code, _) = problem(status, r#"{"Result":"OK","Id":5}"#);
        assert_eq!((end, code), (AttemptEnd::MayHaveHappened, FailureCode::BadAnswer), "{status}");
        assert_eq!(problem(status, r#"{"Result":"ERROR"}"#).0, AttemptEnd::TurnedAway, "{status}");
    }
}

/// A key that comes back in the data is taken out of it; a key that is a plain word is left, or a customer who
/// has it for a login would lose theirs.
#[test]
fn data_never_holds_the_key() {
    let body = r#"{"result":"OK","data":{"comment":"sent Ж\/9f27c1Q8w by mail","a":["Ж\/9f27c1Q8w"],"login":"admin"}}"#;
    let read = |key: &str| {
        let response = Response { status: 200, body: body.as_bytes().to_vec(), ..Response::default() };
        let key = ApiKey::new(key).expect("a key");
        match of_response(&response, Wanted::Content, &key).reply {
            Reply::Accepted(accepted) => accepted.data.expect("data").to_string(),
            other => panic!("{other:?}"),
        }
    };
    let data = read("Ж/9f27c1Q8w");
    assert!(data.contains("[key] by mail") && !data.contains("9f27c1Q8w"), "{data}");
    assert!(read("admin").contains(r#""login":"admin""#));
}
