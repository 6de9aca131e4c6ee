//! Calls as a file has them, a scripted server, and a clock that only tests move.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use jiff::Timestamp;

use crate::catalogue::operation;
use crate::reading::{Columns, Mapping, Row, RowNumber};
use crate::recording::{RunId, Tag};
use crate::sending::{
    ApiKey, Burst, Clock, Link, LinkSettings, Lost, LostKind, PaceSettings, Response, TokioClock, Transport,
};
use crate::validating::{Call, Checker, Rules};

/// The time of day at which every test begins.
pub(crate) const DAWN: &str = "2026-11-23T18:30:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

pub(crate) fn run() -> RunId {
    "k3x7qa".parse().expect("a run")
}

/// The tag of a row of that run.
pub(crate) fn tag(row: u64) -> Tag {
    Tag::RunAndRow(run(), RowNumber(row))
}

/// The call of a row with these cells.
pub(crate) fn call(name: &str, cells: &[(&str, &str)]) -> Call {
    let operation = operation(name).expect("an operation");
    let header = cells.iter().map(|(column, _)| (*column).to_owned()).collect();
    let columns = Columns::resolve(operation, header, &Mapping::default(), None).expect("columns");
    let mut checker = Checker::new(operation, columns, Rules::default()).expect("constants");
    let cells: Vec<&str> = cells.iter().map(|(_, cell)| *cell).collect();
    checker.check(&Row::from_cells(0, &cells)).expect("a valid row").to_call()
}

pub(crate) fn booking(customer: &str, amount: &str, comment: &str) -> Call {
    call("change_balance", &[("customer_id", customer), ("amount", amount), ("comment", comment)])
}

/// Tokio's paused time.
#[derive(Clone)]
pub(crate) struct TestClock {
    tokio: TokioClock,
}

impl TestClock {
    pub(crate) fn start() -> Self {
        Self { tokio: TokioClock::start() }
    }
}

impl Clock for TestClock {
    fn now(&self) -> Duration {
        self.tokio.now()
    }

    fn wall(&self) -> SystemTime {
        let dawn = Duration::from_secs(at(DAWN).as_second().unsigned_abs());
        SystemTime::UNIX_EPOCH + dawn + self.now()
    }

    async fn sleep_until(&self, moment: Duration) {
        self.tokio.sleep_until(moment).await;
    }
}

pub(crate) type Fields = HashMap<String, String>;
pub(crate) type Said = Result<Response, Lost>;

/// A server that answers by a script, each request after a tenth of a second.
#[derive(Clone)]
pub(crate) struct Server(Rc<Inner>);

struct Inner {
    script: Box<dyn Fn(&Fields) -> Said>,
    requests: RefCell<Vec<Fields>>,
    in_flight: Cell<usize>,
    most: Cell<usize>,
}

impl Server {
    pub(crate) fn new(script: impl Fn(&Fields) -> Said + 'static) -> Self {
        let (requests, in_flight, most) = (RefCell::default(), Cell::default(), Cell::default());
        Self(Rc::new(Inner { script: Box::new(script), requests, in_flight, most }))
    }

    /// The same answer for everybody.
    pub(crate) fn says(body: &str) -> Self {
        let body = body.to_owned();
        Self::new(move |_| answer(200, &body))
    }

    pub(crate) fn requests(&self) -> Vec<Fields> {
        self.0.requests.borrow().clone()
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.0.most.get()
    }

    pub(crate) fn link(&self, clock: TestClock) -> Link<Self, TestClock> {
        let pace = PaceSettings { rate: "unlimited".parse().expect("a rate"), burst: Burst::Default };
        let settings = LinkSettings {
            pace,
            retries: 1,
            retry_wait: Duration::from_secs(1),
            patience: Duration::from_secs(10),
        };
        Link::new(self.clone(), clock, ApiKey::new("s3cret").expect("a key"), settings)
    }
}

impl Transport for Server {
    async fn post(&self, body: Bytes) -> Result<Response, Lost> {
        let inner = &*self.0;
        let fields: Fields = form_urlencoded::parse(&body).into_owned().collect();
        inner.requests.borrow_mut().push(fields.clone());
        inner.in_flight.set(inner.in_flight.get() + 1);
        inner.most.set(inner.most.get().max(inner.in_flight.get()));
        tokio::time::sleep(Duration::from_millis(100)).await;
        inner.in_flight.set(inner.in_flight.get() - 1);
        (inner.script)(&fields)
    }
}

pub(crate) fn answer(status: u16, body: &str) -> Said {
    Ok(Response { status, body: body.as_bytes().to_vec(), ..Response::default() })
}

pub(crate) fn lost() -> Said {
    Err(Lost { kind: LostKind::TimedOut, text: "no answer".to_owned() })
}

/// `ERROR` without more.
pub(crate) fn no() -> Said {
    answer(200, r#"{"Result":"ERROR","ErrorText":"no"}"#)
}
