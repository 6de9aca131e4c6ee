//! A running sandbox and a client that sees every byte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::catalogue::{Action, ApiSelector, CUSTOMER, KEY, Meaning, Parameter, SECTION};
use crate::sandbox::{Sandbox, SandboxError, Settings};

pub(super) const RIGHT_KEY: &str = "the-right-key";

/// A sandbox on a thread of its own, on a runtime with no other; stopped when dropped.
pub(super) struct Running {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), SandboxError>>>,
}

impl Running {
    pub(super) fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new(([127, 0, 0, 1], 0).into(), RIGHT_KEY.to_owned().into());
        settings.customers = 30;
        change(&mut settings);
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let sandbox = Sandbox::bind(settings).await?;
                tell.send(sandbox.address()).expect("somebody waits");
                sandbox
                    .serve(async {
                        let _ = stopped.await;
                    })
                    .await
            })
        });
        let address = told.recv().expect("it listens");
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    /// A sandbox with these faults.
    pub(super) fn with_faults(faults: &[&str]) -> Self {
        let faults = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
        Self::start(|settings| settings.faults = faults)
    }

    pub(super) fn stop(&mut self) -> Result<(), SandboxError> {
        drop(self.stop.take());
        self.wait()
    }

    /// Waits until it ends by itself.
    pub(super) fn wait(&mut self) -> Result<(), SandboxError> {
        self.thread.take().map_or(Ok(()), |thread| thread.join().expect("no panic"))
    }

    /// Calls the way clients should: POST, the key in the form.
    pub(super) fn call(&self, action: Action, parameters: &[(Meaning, &str)]) -> Answer {
        self.post("/api.php", &form(action, parameters))
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Answer {
        let mut stream = self.send("POST", path, body);
        Answer::read(&mut stream)
    }

    pub(super) fn get(&self, path: &str, query: &str) -> Answer {
        let mut stream = self.send("GET", &format!("{path}?{query}"), "");
        Answer::read(&mut stream)
    }

    /// Sends a request and leaves the answer to the caller.
    pub(super) fn send(&self, method: &str, target: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        stream
    }

    pub(super) fn ledger(&self) -> Value {
        self.get("/sandbox/ledger", "").json()
    }

    /// The customer's balance according to the ledger.
    pub(super) fn balance(&self, id: u64) -> String {
        let ledger = self.ledger();
        let customers = ledger["customers"].as_array().expect("a list");
        let customer = customers.iter().find(|customer| customer["id"] == id).expect("the customer");
        customer["balance"].as_str().expect("text").to_owned()
    }

    pub(super) fn bookings(&self) -> usize {
        self.ledger()["bookings"].as_array().expect("a list").len()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

/// A form with the envelope and these parameters.
pub(super) fn form(action: Action, parameters: &[(Meaning, &str)]) -> String {
    let mut fields = envelope(action, ApiSelector::Subcat);
    fields.extend(parameters.iter().map(|(meaning, value)| (parameter(action, *meaning).name, *value)));
    encode(&fields)
}

pub(super) fn envelope(action: Action, selector: ApiSelector) -> Vec<(&'static str, &'static str)> {
    let subcategory = CUSTOMER.subcategory(action).expect("a subcategory");
    vec![(KEY, RIGHT_KEY), (SECTION, CUSTOMER.name), (selector.field(), subcategory.name)]
}

pub(super) fn parameter(action: Action, meaning: Meaning) -> &'static Parameter {
    let subcategory = CUSTOMER.subcategory(action).expect("a subcategory");
    match meaning {
        Meaning::Customer => subcategory.customer_parameter(None),
        Meaning::SkipTriggers => Some(&CUSTOMER.skip_internal_api),
        other => subcategory.by_meaning(other),
    }
    .expect("a parameter")
}

pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The bytes that came back until the socket was closed.
#[derive(Debug)]
pub(super) struct Answer {
    /// None if the connection was closed without a byte.
    pub(super) status: Option<u16>,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an orderly end");
        if bytes.is_empty() {
            return Self { status: None, head: String::new(), body: bytes };
        }
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).expect("text").to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let answer = Self { status, body: bytes[end + 4..].to_vec(), head };
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        assert_eq!(length, Some(answer.body.len()), "an honest length");
        answer
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A successful answer.
    #[track_caller]
    pub(super) fn ok(self) -> Value {
        let json = self.json();
        assert_eq!((self.status, &json["Result"]), (Some(200), &Value::from("OK")), "{json}");
        json
    }

    /// The text of an error with this status.
    #[track_caller]
    pub(super) fn error(self, status: u16) -> String {
        let json = self.json();
        assert_eq!((self.status, &json["Result"]), (Some(status), &Value::from("ERROR")), "{json}");
        json["ErrorText"].as_str().expect("a text").to_owned()
    }
}
