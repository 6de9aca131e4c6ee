//! A server of a few lines for what the sandbox does not do: answers made of the request, connections that
//! are refused from some moment on, or that nobody may open at all.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a [`Responder`] says.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// What every UserSide answers to a read.
    pub(crate) fn ok() -> Self {
        Self::new(200, r#"{"Result":"OK","data":1}"#)
    }
}

/// Counts connections and answers request bodies.
pub(crate) struct Responder {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Responder {
    /// Answers every request, one per connection. `make` gets the number of the request, from 1, and its
    /// body; where it answers nothing, the server is gone: whoever connects from then on is refused.
    pub(crate) fn start(mut make: impl FnMut(usize, &str) -> Option<Answer> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        std::thread::spawn(move || {
            let mut number = 0;
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                counter.fetch_add(1, Ordering::SeqCst);
                let Some(body) = read(&stream) else { continue };
                number += 1;
                let Some(answer) = make(number, &body) else { return };
                write(&stream, &answer);
            }
        });
        Self { url, connections }
    }

    /// A server that answers the first request and is gone before anybody can send a second one.
    pub(crate) fn gone_after_the_first() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a connection");
            let _ = read(&stream);
            drop(listener);
            write(&stream, &Answer::ok());
        });
        Self { url, connections: Arc::default() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn read(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}

/// A client that has left in the meantime is its own affair.
fn write(mut stream: &TcpStream, answer: &Answer) {
    let Answer { status, headers, body } = answer;
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let _ =
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).and_then(|()| stream.flush());
}
