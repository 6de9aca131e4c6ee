//! Over real sockets: how far a request got decides whether it may be sent again, and only the HTTP client
//! knows. These tests take real time, a fraction of a second.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::sending::{Http, HttpSettings, Lost, LostKind, Response, Transport};

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);

/// A server that does this with each connection, counted from 1; and the requests that it read.
fn server(
    serve: impl Fn(usize, &mut TcpStream, &dyn Fn(&mut TcpStream) -> bool) + Send + 'static,
) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (requests, seen) = channel();
    std::thread::spawn(move || {
        for (place, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let read = |stream: &mut TcpStream| match read_request(stream) {
                Some(request) => requests.send(request).is_ok(),
                None => false,
            };
            serve(place + 1, &mut stream, &read);
        }
    });
    (address, seen)
}

/// One whole request: its head and as many bytes as that promises.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let (mut request, mut byte) = (String::new(), [0_u8]);
    while !request.ends_with("\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        request.push(byte[0].into());
    }
    let length = request.to_ascii_lowercase().split("content-length: ").nth(1)?.split("\r\n").next()?.parse();
    for _ in 0..length.ok()? {
        stream.read_exact(&mut byte).ok()?;
        request.push(byte[0].into());
    }
    Some(request)
}

fn http(url: &str, timeout: Duration, connect_timeout: Duration) -> Http {
    let settings = HttpSettings {
        url: url.parse().expect("an address"),
        timeout,
        connect_timeout,
        connections: 4,
        is_loopback: true,
        network: Default::default(),
    };
    Http::new(settings).expect("a client")
}

async fn post(http: &Http) -> Result<Response, Lost> {
    http.post(Bytes::from_static(b"key=s3cret&cat=customer")).await
}

async fn lost(url: &str, timeout: Duration, connect_timeout: Duration) -> Lost {
    let lost = post(&http(url, timeout, connect_timeout)).await.expect_err("no answer");
    assert!(!lost.text.contains("s3cret") && !lost.text.contains("127.0.0.1"), "{}", lost.text);
    lost
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"Result\":\"OK\"}";

#[tokio::test]
async fn a_closed_port_was_never_reached() {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let lost = lost(&format!("http://{address}/api.php"), LONG, LONG).await;
    assert_eq!(lost.kind, LostKind::Unreached, "{}", lost.text);
}

/// Whichever of the two limits is shorter: while the connection is being made, nothing was sent. The limits are far
/// enough apart for a machine that is busy with something else.
#[tokio::test]
async fn a_connection_that_takes_too_long_was_never_reached() {
    const LIMIT: Duration = Duration::from_secs(2);
    let cases = [(LONG, LIMIT), (LIMIT, LONG), (LIMIT, LIMIT)].map(|(timeout, connect_timeout)| async move {
        // The connection stands, but the other end never begins TLS.
        let (address, _seen) = server(|_, stream, _| {
            let _ = stream.read(&mut [0; 1024]);
            std::thread::sleep(LONG);
        });
        let began = Instant::now();
        let lost = lost(&format!("https://{address}/api.php"), timeout, connect_timeout).await;
        assert_eq!(lost.kind, LostKind::Unreached, "{timeout:?} {connect_timeout:?}: {}", lost.text);
        assert!(began.elapsed() < LONG && lost.text.starts_with("no connection within"), "{}", lost.text);
    });
    futures_util::future::join_all(cases).await;
}

#[tokio::test]
async fn a_server_that_is_silent_may_have_done_it() {
    let (address, seen) = server(|_, stream, read| {
        read(stream);
        std::thread::sleep(LONG);
    });
    let lost = lost(&format!("http://{address}/api.php"), SHORT, LONG).await;
    assert_eq!((lost.kind, lost.text.as_str()), (LostKind::TimedOut, "no answer within 0.3 s"));
    assert_eq!(seen.try_iter().count(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_up_may_have_done_it() {
    let cut: [&'static [u8]; 3] =
        [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"Result\":\"OK\"}"];
    for part in cut {
        let (address, seen) = server(move |_, stream, read| {
            read(stream);
            let _ = stream.write_all(part);
        });
        let lost = lost(&format!("http://{address}/api.php"), LONG, LONG).await;
        assert_eq!(lost.kind, LostKind::Broken, "{}", lost.text);
        assert_eq!(seen.try_iter().count(), 1, "it must not be sent again");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let (address, _seen) = server(|_, stream, read| {
        read(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 1 << 16]).is_ok() {}
    });
    let lost = lost(&format!("http://{address}/api.php"), LONG, LONG).await;
    assert_eq!((lost.kind, lost.text.as_str()), (LostKind::Unusable, "the answer is larger than 16 MiB"));
}

/// A connection that the server closed while it was idle is noticed before anything is written on it; the
/// request leaves on a new one, once.
#[tokio::test]
async fn a_connection_closed_while_idle_costs_no_request() {
    let (address, seen) = server(|_, stream, read| {
        if read(stream) {
            let _ = stream.write_all(OK);
        }
    });
    let http = http(&format!("http://{address}/api.php"), LONG, LONG);
    for _ in 0..5 {
        assert_eq!(post(&http).await.expect("an answer").status, 200);
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert_eq!(seen.try_iter().count(), 5);
}

#[tokio::test]
async fn connections_are_used_again_and_the_key_is_in_the_body_alone() {
    let (address, seen) = server(|place, stream, read| {
        assert_eq!(place, 1, "a second connection");
        while read(stream) {
            let _ = stream.write_all(OK);
        }
    });
    let http = http(&format!("http://{address}/api.php"), LONG, LONG);
    for _ in 0..3 {
        assert_eq!(post(&http).await.expect("an answer").body, b"{\"Result\":\"OK\"}");
    }
    let requests: Vec<String> = seen.try_iter().collect();
    assert_eq!(requests.len(), 3);
    for request in requests {
        let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("POST /api.php HTTP/1.1\r\n") && !head.contains("s3cret"), "{head}");
        assert!(head.to_lowercase().contains("content-type: application/x-www-form-urlencoded"), "{head}");
        assert_eq!(body, "key=s3cret&cat=customer");
    }
}

#[tokio::test]
async fn a_redirect_is_handed_over_and_not_followed() {
    let (address, seen) = server(|_, stream, read| {
        while read(stream) {
            let _ = stream.write_all(
                b"HTTP/1.1 307 x\r\nLocation: /elsewhere\r\nRetry-After: 5\r\nDate: now\r\nContent-Length: 0\r\n\r\n",
            );
        }
    });
    let response = post(&http(&format!("http://{address}/api.php"), LONG, LONG)).await.expect("an answer");
    assert_eq!((response.status, response.location.as_deref()), (307, Some("/elsewhere")));
    assert_eq!((response.retry_after.as_deref(), response.date.as_deref()), (Some("5"), Some("now")));
    assert_eq!(seen.try_iter().count(), 1);
}

/// Web servers close connections that were silent for a second: none is used that was silent for half of one.
#[tokio::test]
async fn a_connection_that_was_silent_for_long_is_not_used_again() {
    let (address, seen) = server(|place, stream, read| {
        // The first connection is kept, and whoever writes on it again gets no answer.
        if read(stream) {
            let _ = stream.write_all(OK);
        }
        if place == 1 {
            let kept = stream.try_clone().expect("a connection");
            std::thread::spawn(move || {
                std::thread::sleep(LONG);
                drop(kept);
            });
        }
    });
    let http = http(&format!("http://{address}/api.php"), LONG, LONG);
    assert_eq!(post(&http).await.expect("an answer").status, 200);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(post(&http).await.expect("an answer").status, 200);
    assert_eq!(seen.try_iter().count(), 2);
}

/// A second answer that comes while nobody waits for one ends the connection.
#[tokio::test]
async fn what_nobody_asked_for_ends_a_connection() {
    let (address, seen) = server(|place, stream, read| {
        if read(stream) {
            let _ = stream.write_all(OK);
            let _ = stream.write_all(OK);
        }
        // What comes on the first connection is not answered as the second expects.
        if place == 1 && read(stream) {
            let _ = stream.write_all(b"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let http = http(&format!("http://{address}/api.php"), LONG, LONG);
    for _ in 0..3 {
        assert_eq!(post(&http).await.expect("an answer").body, b"{\"Result\":\"OK\"}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert_eq!(seen.try_iter().count(), 3);
}

#[tokio::test]
async fn connections_that_are_forgotten_are_not_used_again() {
    let (address, seen) = server(|place, stream, read| {
        assert!(place <= 2, "a third connection");
        if read(stream) {
            let _ = stream.write_all(OK);
        }
        if place == 2 {
            while read(stream) {
                let _ = stream.write_all(OK);
            }
        }
    });
    let http = http(&format!("http://{address}/api.php"), LONG, LONG);
    post(&http).await.expect("an answer");
    http.forget_connections();
    for _ in 0..2 {
        post(&http).await.expect("an answer");
    }
    assert_eq!(seen.try_iter().count(), 3);
}
