//! The table of fates, cell by cell: what happened, for an operation that must not be sent twice and for
//! one that may. The sandbox's log says how often each row was really sent and applied.

use crate::support::{Output, Place, Responder, Sandbox, userside};

const BOOKING: &str = "customer_id,amount,comment\n1,5.00,x\n";
const EDIT: &str = "id,comment\n1,x\n";

/// What became of the only row, told by the results and by the server.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    fate: String,
    exit: i32,
    sent: usize,
    applied: usize,
}

fn seen(fate: &str, exit: i32, sent: usize, applied: usize) -> Seen {
    Seen { fate: fate.to_owned(), exit, sent, applied }
}

/// One row of this operation against a server with this fault, with two retries.
fn fate(operation: &str, fault: &str, timeout: &str) -> Seen {
    let sandbox = Sandbox::with(&format!("--fault {fault}"));
    let output = send(operation, sandbox.url(), timeout);
    let writes = sandbox.writes();
    Seen {
        fate: output.results().only().fate(),
        exit: output.code.expect("an exit code"),
        sent: writes.len(),
        applied: writes.iter().filter(|entry| entry.applied).count(),
    }
}

fn send(operation: &str, url: &str, timeout: &str) -> Output {
    let input = if operation == "edit" { EDIT } else { BOOKING };
    let place = Place::new().with("input.csv", input);
    userside(&place)
        .line(&format!("import {operation} input.csv --retries 2 --timeout {timeout} --no-reconcile"))
        .at_url(url)
        .run()
}

/// A fault that strikes every attempt: what the row ends as when it is never, and when it may be, repeated.
#[track_caller]
fn cell(fault: &str, timeout: &str, once: Seen, repeatable: Seen) {
    assert_eq!(fate("change_balance", fault, timeout), once, "change_balance with {fault}");
    assert_eq!(fate("edit", fault, timeout), repeatable, "edit with {fault}");
}

const PATIENT: &str = "30s";
const HASTY: &str = "300ms";

/// A web server in front says so too, after PHP has booked: only what may be repeated is.
#[test]
fn turned_away_is_repeated_only_where_that_is_safe() {
    for status in [429, 503] {
        cell(
            &format!("{status}@1-9"),
            PATIENT,
            seen(&format!("unknown http_status {status} 1"), 1, 1, 0),
            seen("ok - 200 10", 0, 10, 1),
        );
        cell(
            &format!("{status}@1-2"),
            PATIENT,
            seen(&format!("unknown http_status {status} 1"), 1, 1, 0),
            seen("ok - 200 3", 0, 3, 1),
        );
    }
}

#[test]
fn a_status_that_leaves_it_open_is_unknown_and_only_repeated_where_that_is_safe() {
    for (kind, status, applied) in [
        ("500", 500, 0),
        ("502", 502, 0),
        ("504", 504, 0),
        ("500-after", 500, 1),
        ("502-after", 502, 1),
        ("504-after", 504, 1),
    ] {
        cell(
            &format!("{kind}@1-9"),
            PATIENT,
            seen(&format!("unknown http_status {status} 1"), 1, 1, applied),
            seen(&format!("unknown http_status {status} 3"), 1, 3, 3 * applied),
        );
    }
}

#[test]
fn an_answer_that_cannot_be_read_leaves_it_open() {
    for kind in ["html", "empty", "truncate", "huge"] {
        let once = seen("unknown bad_answer 200 1", 1, 1, 1);
        let repeatable = seen("unknown bad_answer 200 3", 1, 3, 3);
        match kind {
            // The answer is given up on before it is whole, so there is none.
            "huge" => {
                let cut = |end: Seen| Seen { fate: end.fate.replace(" 200 ", " - "), ..end };
                cell(&format!("{kind}@1-9"), PATIENT, cut(once), cut(repeatable));
            }
            _ => cell(&format!("{kind}@1-9"), PATIENT, once, repeatable),
        }
    }
}

#[test]
fn a_lost_connection_leaves_it_open() {
    for (kind, applied) in [("drop-before", 0), ("drop-after", 1)] {
        cell(
            &format!("{kind}@1-9"),
            PATIENT,
            seen("unknown connect - 1", 1, 1, applied),
            seen("unknown connect - 3", 1, 3, 3 * applied),
        );
    }
}

#[test]
fn a_timeout_leaves_it_open() {
    for (kind, applied) in [("stall-before", 0), ("stall", 1)] {
        cell(
            &format!("{kind}@1-9"),
            HASTY,
            seen("unknown timeout - 1", 1, 1, applied),
            seen("unknown timeout - 3", 1, 3, 3 * applied),
        );
    }
}

/// One attempt that may have happened, then a server that is well again.
#[test]
fn a_repetition_that_is_accepted_settles_it() {
    for fault in ["500@1", "502-after@1", "drop-before@1", "drop-after@1", "html@1", "truncate@1", "empty@1"]
    {
        let seen = fate("edit", fault, PATIENT);
        assert_eq!((seen.fate.as_str(), seen.exit, seen.sent), ("ok - 200 2", 0, 2), "{fault}");
    }
}

#[test]
fn no_is_no_at_the_first_attempt() {
    for (kind, fate) in [
        ("error", "failed api_error 200 1"),
        ("400", "failed http_status 400 1"),
        ("404", "failed not_found 404 1"),
    ] {
        let end = || seen(fate, 1, 1, 0);
        cell(&format!("{kind}@1-9"), PATIENT, end(), end());
    }
}

#[test]
fn a_refused_key_stops_the_run() {
    for status in [401, 403] {
        let end = || seen(&format!("failed http_status {status} 1"), 3, 1, 0);
        cell(&format!("{status}@1-9"), PATIENT, end(), end());
    }
}

/// It may stand in place of PHP's answer.
#[test]
fn a_redirect_is_never_followed() {
    for status in [302, 307, 308] {
        cell(
            &format!("{status}@1-9"),
            PATIENT,
            seen(&format!("unknown http_status {status} 1"), 1, 1, 0),
            seen(&format!("failed http_status {status} 1"), 1, 1, 0),
        );
    }
}

#[test]
fn what_never_reached_the_server_is_held_and_then_skipped() {
    for operation in ["change_balance", "edit"] {
        let server = Responder::gone_after_the_first();
        let place = Place::new().with("input.csv", if operation == "edit" { EDIT } else { BOOKING });
        let more = if operation == "edit" { "" } else { "--no-verify --booked ignore" };
        let line = format!("import {operation} input.csv --patience 300ms --no-reconcile {more}");
        let output = userside(&place).line(&line).at_url(server.url()).run().exits(3);
        assert_eq!(output.results().only().fate(), "skipped connect - 0", "{}", output.report());
        output.says("can no longer be reached").says("userside-bulk resume input.journal");
    }
}

/// A port that nobody listens on, and a server that does not speak TLS.
#[test]
fn a_server_that_is_not_there_ends_the_run_before_the_first_row() {
    let sandbox = Sandbox::start();
    let tls = sandbox.url().replace("http://", "https://");
    let dead = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", free.local_addr().expect("an address"))
    };
    for url in [dead, tls] {
        for operation in ["change_balance", "edit"] {
            let output =
                send(operation, &url, PATIENT).exits(3).says("does not answer").says("nothing was sent");
            assert_eq!(output.results().only().fate(), "skipped stopped - 0", "{}", output.report());
        }
    }
    assert!(sandbox.log().is_empty());
}

/// A hundred rows, a fifth of which meet something: no booking is ever sent a second time once it may have
/// happened, and every row's fate fits what the server did.
#[test]
fn among_many_rows_no_booking_is_made_twice() {
    let faults =
        "--fault 500-after=4% --fault drop-after=4% --fault 429=6% --fault truncate=4% --fault error=4%";
    let sandbox = Sandbox::with(&format!("--customers 400 --seed 5 {faults}"));
    let rows: String = (1..=400).map(|id| format!("{id},1.00,row {id}\n")).collect();
    let place = Place::new().with("input.csv", format!("customer_id,amount,comment\n{rows}"));
    let line = "import change_balance input.csv --retries 5 --no-reconcile";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let results = output.results();
    assert!(results.count("unknown") >= 10, "the faults strike too seldom to prove anything");
    let writes = sandbox.writes();
    for row in &results.rows {
        let own: Vec<_> =
            writes.iter().filter(|w| w.parameter("customer_id") == row.get("customer_id")).collect();
        let applied = own.iter().filter(|entry| entry.applied).count();
        let open = own.iter().position(|entry| !matches!(entry.fault.as_deref(), None | Some("error")));
        assert!(open.is_none_or(|place| place + 1 == own.len()), "sent again: {own:?}");
        assert_eq!(row.result("attempts"), own.len().to_string());
        match row.result("status") {
            "ok" => assert_eq!((applied, open), (1, None)),
            "failed" => {
                assert_eq!((applied, own.last().and_then(|last| last.fault.as_deref())), (0, Some("error")))
            }
            "unknown" => assert!(applied <= 1 && open.is_some(), "{row:?}"),
            other => panic!("a row is {other}"),
        }
    }
}
