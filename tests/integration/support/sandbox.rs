//! The sandbox as a process of its own, on a free port, with a log of every request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use super::program::KEY;

/// A running sandbox; killed when the test ends.
#[derive(Debug)]
pub(crate) struct Sandbox {
    child: Child,
    url: String,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

/// What the sandbox noted of a request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Entry {
    pub(crate) t_ms: f64,
    pub(crate) method: String,
    pub(crate) selector: Option<String>,
    pub(crate) subcategory: Option<String>,
    pub(crate) parameters: std::collections::BTreeMap<String, String>,
    pub(crate) key_in_query: bool,
    pub(crate) fault: Option<String>,
    pub(crate) applied: bool,
    pub(crate) status: Option<u16>,
}

impl Entry {
    pub(crate) fn is_read(&self) -> bool {
        self.subcategory.as_deref().is_none_or(|name| name.starts_with("get_") || name == "abon_hist")
    }

    #[track_caller]
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }
}

impl Sandbox {
    /// A well-behaved server with five customers, 1 to 5; whoever is added gets an id from 1001 on.
    pub(crate) fn start() -> Self {
        Self::with("")
    }

    /// One that is told more; arguments as one types them, without quoting.
    pub(crate) fn with(options: &str) -> Self {
        Self::with_args(options.split_whitespace())
    }

    pub(crate) fn with_args<'a>(options: impl IntoIterator<Item = &'a str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the sandbox");
        let log = folder.path().join("log.jsonl");
        let mut command = Command::new(env!("CARGO_BIN_EXE_userside-bulk"));
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--log"]).arg(&log);
        let options: Vec<&str> = options.into_iter().collect();
        if !options.contains(&"--customers") {
            command.args(["--customers", "5"]);
        }
        command.args(options).env_clear().env("USERSIDE_API_KEY", KEY);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a sandbox starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output");
        BufReader::new(stdout).read_line(&mut line).expect("the sandbox's address");
        let url = line.trim().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "no address: {line}");
        Self { child, url, log, _folder: folder }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Every request so far, but for one that is being written.
    pub(crate) fn log(&self) -> Vec<Entry> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let (whole, _) = text.rsplit_once('\n').unwrap_or_default();
        whole
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }

    /// How many requests there were so far; cheaper than reading what they said.
    pub(crate) fn requests(&self) -> usize {
        std::fs::read(&self.log).unwrap_or_default().into_iter().filter(|byte| *byte == b'\n').count()
    }

    /// The requests that would change something.
    pub(crate) fn writes(&self) -> Vec<Entry> {
        self.log().into_iter().filter(|entry| !entry.is_read()).collect()
    }

    /// Waits until so many writes have arrived.
    #[track_caller]
    pub(crate) fn has_seen(&self, writes: usize) {
        super::until("some writes", || (self.writes().len() >= writes).then_some(()));
    }

    /// How many writes were carried out.
    pub(crate) fn applied(&self) -> usize {
        self.log().iter().filter(|entry| entry.applied).count()
    }

    /// Customers and bookings as the sandbox holds them.
    pub(crate) fn ledger(&self) -> Value {
        let mut stream = TcpStream::connect(self.address()).expect("the sandbox");
        stream.write_all(b"GET /sandbox/ledger HTTP/1.0\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("JSON")
    }

    /// A request past the program, as an operator or another program makes it.
    pub(crate) fn call(&self, subcategory: &str, parameters: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("key", KEY).append_pair("cat", "customer").append_pair("subcat", subcategory);
        let body = form.extend_pairs(parameters).finish();
        let head = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close";
        let (address, length) = (self.address(), body.len());
        let request = format!(
            "POST /api.php HTTP/1.1\r\nHost: {address}\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(address).expect("the sandbox");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    /// Turns its clock forward: what it has put off until then is done.
    pub(crate) fn turn_clock(&self, by: &str) {
        let mut stream = TcpStream::connect(self.address()).expect("the sandbox");
        let request = format!("POST /sandbox/clock?forward={by} HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Books past the program.
    pub(crate) fn book(&self, customer: &str, amount: &str, comment: &str) {
        let parameters = [("customer_id", customer), ("amount", amount), ("comment", comment)];
        self.call("change_balance", &parameters);
    }

    /// Every customer's balance, to the last digit.
    pub(crate) fn balances(&self) -> Vec<(u64, Decimal)> {
        let ledger = self.ledger();
        let customers = ledger["customers"].as_array().expect("a list of customers");
        let balance = |customer: &Value| {
            let text = customer["balance"].as_str().expect("money is text");
            let amount: Decimal = text.parse().expect("a decimal");
            (customer["id"].as_u64().expect("an id"), amount.normalize())
        };
        customers.iter().map(balance).collect()
    }

    /// The bookings, as customer, amount and comment.
    pub(crate) fn bookings(&self) -> Vec<(u64, String, String)> {
        let ledger = self.ledger();
        let bookings = ledger["bookings"].as_array().expect("a list of bookings");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        bookings
            .iter()
            .map(|b| (b["customer"].as_u64().expect("an id"), text(&b["amount"]), text(&b["comment"])))
            .collect()
    }

    /// A customer by id.
    #[track_caller]
    pub(crate) fn customer(&self, id: u64) -> Value {
        self.find(id).unwrap_or_else(|| panic!("no customer {id}"))
    }

    pub(crate) fn find(&self, id: u64) -> Option<Value> {
        let ledger = self.ledger();
        let customers = ledger["customers"].as_array().expect("a list of customers");
        customers.iter().find(|customer| customer["id"] == id).cloned()
    }
}

/// A sandbox that has ended by itself, with a panic perhaps, fails the test.
impl Drop for Sandbox {
    fn drop(&mut self) {
        let ended = self.child.try_wait().ok().flatten();
        let _ = self.child.kill();
        let _ = self.child.wait();
        match ended {
            Some(status) if std::thread::panicking() => {
                eprintln!("the sandbox has ended by itself: {status}")
            }
            Some(status) => panic!("the sandbox has ended by itself: {status}"),
            None => {}
        }
    }
}
