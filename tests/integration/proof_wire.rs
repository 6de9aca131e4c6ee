//! Connections that are kept: a proxy that answers twice gives no row a false id, and a server that closes what is idle
//! leaves no row in doubt.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::support::{Place, Sandbox, userside};

/// The second answer comes while another request is on its way: every id is the row's own, or the row is not ok.
#[test]
fn a_late_second_answer_gives_no_row_a_false_id() {
    let rows: String = (1..=60).map(|n| format!("customer {n},code{n}\n")).collect();
    let place = Place::new().with("input.csv", format!("fio,codeti\n{rows}"));
    for late in ["0ms", "5ms", "40ms"] {
        let fault = format!("--latency 20ms --fault second-answer={late}@5,20,40");
        let sandbox = Sandbox::with(&fault);
        let line = "import add input.csv --concurrency 2 --existing ignore --no-reconcile --new-run";
        let output = userside(&place).line(line).to(&sandbox).run();
        let results = output.results();
        for row in results.rows.iter().filter(|row| row.result("status") == "ok") {
            let customer = sandbox.customer(row.result("id").parse().expect("an id"));
            assert_eq!(customer["codeti"], *row.get("codeti"), "{late}: {}", output.report());
        }
        assert_eq!(sandbox.applied(), 60, "{late}: {}", output.report());
        assert!(results.count("unknown") <= 12, "{late}: {}", output.report());
    }
}

/// One request, or none where the connection was closed.
fn read(stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()
}

/// As nginx with a `keepalive_timeout` of a second: what comes on a connection that has been idle for that long is not
/// answered, and the connection is closed.
fn closes_what_is_idle() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut stream = stream;
                while read(&stream).is_some() {
                    let body = r#"{"Result":"OK","data":1}"#;
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                    if stream.write_all(head.as_bytes()).is_err() {
                        return;
                    }
                    // The worst moment: the request is there when the server has decided to close.
                    let _ = stream.set_read_timeout(Some(Duration::from_millis(900)));
                    let mut byte = [0];
                    match stream.peek(&mut byte) {
                        Ok(1) => {}
                        _ => {
                            std::thread::sleep(Duration::from_millis(300));
                            return;
                        }
                    }
                }
            });
        }
    });
    url
}

#[test]
fn a_server_that_closes_idle_connections_leaves_no_row_in_doubt() {
    let place = Place::new().with_bookings(4);
    let url = closes_what_is_idle();
    let line = "import change_balance input.csv --concurrency 1 --rate 60/m --no-reconcile --no-verify --booked ignore --url";
    let output = userside(&place).line(line).args([url]).run().exits(0);
    output.results().all_are("ok");
}
