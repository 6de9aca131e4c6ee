//! Connections that are kept: how long, and what comes on them that nobody asked for; and servers that are away.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::support::{Running, form};
use crate::catalogue::{Action, Meaning};

const READ: &[(Meaning, &str)] = &[(Meaning::Customer, "1")];
const BOOKING: &[(Meaning, &str)] =
    &[(Meaning::Customer, "1"), (Meaning::Amount, "1"), (Meaning::BookingNote, "x")];

/// A connection that the client keeps.
struct Kept(TcpStream);

impl Kept {
    fn to(sandbox: &Running) -> Self {
        let stream = TcpStream::connect(sandbox.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        Self(stream)
    }

    fn send(&mut self, action: Action, parameters: &[(Meaning, &str)]) {
        let body = form(action, parameters);
        let request = format!(
            "POST / HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.write_all(request.as_bytes()).expect("it reads");
    }

    /// One answer, head and body.
    fn answer(&mut self) -> String {
        let mut text = String::new();
        let mut byte = [0];
        while !text.ends_with("\r\n\r\n") {
            self.0.read_exact(&mut byte).expect("a head");
            text.push(char::from(byte[0]));
        }
        let length = text.to_ascii_lowercase();
        let (_, length) = length.split_once("content-length: ").expect("a length");
        let length = length.split("\r\n").next().and_then(|length| length.parse().ok()).expect("a number");
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a body");
        text + &String::from_utf8(body).expect("text")
    }
}

#[test]
fn an_answer_can_come_a_second_time_on_a_connection_that_is_kept() {
    let sandbox = Running::with_faults(&["second-answer=1ms@1"]);
    let mut kept = Kept::to(&sandbox);
    kept.send(Action::Add, &[(Meaning::Sets("full_name"), "x")]);
    let first = kept.answer();
    assert!(first.contains("1001"), "{first}");
    // Nobody has asked for it.
    assert_eq!(kept.answer(), first);
    kept.send(Action::Read, READ);
    assert!(!kept.answer().contains("1001"));
}

#[test]
fn an_idle_connection_is_closed_when_its_time_is_over() {
    for (text, shown) in [("40ms", true), ("40ms,hidden", false)] {
        let sandbox = Running::start(|settings| settings.keep_alive = text.parse().ok());
        let mut kept = Kept::to(&sandbox);
        for _ in 0..2 {
            kept.send(Action::Read, READ);
            let answer = kept.answer();
            assert_eq!(answer.contains("keep-alive: timeout=0"), shown, "{answer}");
        }
        let mut rest = Vec::new();
        assert_eq!(kept.0.read_to_end(&mut rest).expect("an orderly end"), 0, "{rest:?}");
    }
    let sandbox = Running::start(|settings| settings.keep_alive = "3s".parse().ok());
    let answer = sandbox.call(Action::Read, READ);
    assert_eq!(answer.header("keep-alive"), Some("timeout=3"));
}

#[test]
fn a_server_that_is_away_cuts_what_it_has_and_refuses_what_comes_until_it_is_back() {
    let sandbox = Running::with_faults(&["refuse=400ms@1"]);
    let mut kept = Kept::to(&sandbox);
    kept.send(Action::Read, READ);
    kept.answer();
    assert_eq!(sandbox.call(Action::ChangeBalance, BOOKING).status, None);
    kept.send(Action::Read, READ);
    let mut rest = Vec::new();
    // Cut, or reset while it is written to.
    assert_eq!(kept.0.read_to_end(&mut rest).unwrap_or_default(), 0);
    let mut refused = 0;
    while TcpStream::connect(sandbox.address).is_err() {
        refused += 1;
    }
    assert!(refused > 0, "nobody was refused");
    assert_eq!(sandbox.bookings(), 0);
    sandbox.call(Action::ChangeBalance, BOOKING).ok();
}
