//! A server that answers by a script, and writes down what it was asked when.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;

use crate::sending::{Clock, Lost, LostKind, Response, TokioClock, Transport};

/// What the server, or the way to it, does with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// `OK`; for a new customer with an id of its own.
    Ok,
    OkId(u64),
    /// `OK` with a number, as a counter answers.
    OkNumber,
    /// `OK` without data: there is no such customer.
    OkEmpty,
    /// `OK` with data: the customer is there.
    OkData,
    /// The verdict `ERROR` under this status.
    No(u16),
    /// JSON without a verdict under this status.
    Json(u16),
    /// A page for people under this status.
    Page(u16),
    /// The status with a `Retry-After`.
    Later(u16, String),
    Lost(LostKind),
}

impl Reply {
    fn result(&self, request: &Request) -> Result<Response, Lost> {
        let (status, retry_after, body) = match self {
            Self::Ok | Self::OkData if request.subcategory() == "add" => {
                let id = 50_000 + request.customer().parse::<u64>().unwrap_or(1) * 100 + request.nth as u64;
                match self {
                    Self::Ok => (200, None, format!(r#"{{"Result":"OK","Id":{id}}}"#)),
                    _ => (200, None, format!(r#"{{"Result":"OK","data":{{"id":{id}}}}}"#)),
                }
            }
            Self::Ok => (200, None, r#"{"Result":"OK"}"#.to_owned()),
            Self::OkId(id) => (200, None, format!(r#"{{"Result":"OK","Id":{id}}}"#)),
            Self::OkNumber => (200, None, r#"{"Result":"OK","data":7}"#.to_owned()),
            Self::Json(status) => (*status, None, r#"{"data":{"redirect":"/login"}}"#.to_owned()),
            Self::OkEmpty => (200, None, r#"{"Result":"OK","data":[]}"#.to_owned()),
            Self::OkData => (200, None, r#"{"Result":"OK","data":{"id":1}}"#.to_owned()),
            Self::No(status) => (*status, None, r#"{"Result":"ERROR","ErrorText":"no"}"#.to_owned()),
            Self::Page(status) => (*status, None, "<html>page</html>".to_owned()),
            Self::Later(status, when) => (*status, Some(when.clone()), String::new()),
            Self::Lost(kind) => return Err(Lost { kind: *kind, text: format!("{kind:?}") }),
        };
        Ok(Response { status, retry_after, body: body.into_bytes(), ..Response::default() })
    }
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) began: Duration,
    /// None while it is on its way, and for good where the client left.
    pub(super) ended: Option<Duration>,
    pub(super) fields: HashMap<String, String>,
    /// Counted from 1 among the requests of the same subcategory for the same customer.
    pub(super) nth: usize,
}

impl Request {
    /// The customer that it is about.
    pub(super) fn customer(&self) -> &str {
        ["id", "customer_id", "fio"].iter().find_map(|name| self.fields.get(*name)).map_or("", |v| v)
    }

    /// The subcategory, under whichever name.
    pub(super) fn subcategory(&self) -> &str {
        ["subcat", "action"].iter().find_map(|name| self.fields.get(*name)).map_or("", |v| v)
    }

    pub(super) fn is_read(&self) -> bool {
        self.subcategory() == "get_data" || self.is_probe()
    }

    /// Whether it only finds out whether the server is back.
    pub(super) fn is_probe(&self) -> bool {
        self.subcategory() == "get_activity_counter"
    }
}

type Script = dyn Fn(&Request) -> (Duration, Result<Response, Lost>);

/// The scripted server.
#[derive(Clone)]
pub(super) struct Server(Rc<Inner>);

struct Inner {
    clock: TokioClock,
    script: Box<Script>,
    /// What it does with the read that finds out whether it is back; none where the script says that too.
    probe: RefCell<Option<Box<Script>>>,
    requests: RefCell<Vec<Request>>,
    seen: RefCell<HashMap<(String, String), usize>>,
    in_flight: Cell<usize>,
    most: Cell<usize>,
    forgotten: Cell<usize>,
}

impl Server {
    /// Answers with the response that the script makes, after the time that it says.
    pub(super) fn raw(script: impl Fn(&Request) -> (Duration, Result<Response, Lost>) + 'static) -> Self {
        Self(Rc::new(Inner {
            clock: TokioClock::start(),
            script: Box::new(script),
            probe: RefCell::default(),
            requests: RefCell::default(),
            seen: RefCell::default(),
            in_flight: Cell::default(),
            most: Cell::default(),
            forgotten: Cell::default(),
        }))
    }

    pub(super) fn timed(script: impl Fn(&Request) -> (Duration, Reply) + 'static) -> Self {
        Self::raw(move |request| {
            let (after, reply) = script(request);
            (after, reply.result(request))
        })
    }

    /// Answers every request after a tenth of a second.
    pub(super) fn new(script: impl Fn(&Request) -> Reply + 'static) -> Self {
        Self::timed(move |request| (Duration::from_millis(100), script(request)))
    }

    /// Every call gets these answers one after the other, the last one for ever.
    pub(super) fn replies(replies: &[Reply]) -> Self {
        let replies = replies.to_vec();
        Self::new(move |request| replies[request.nth.min(replies.len()) - 1].clone())
    }

    /// The same, with these answers to the read that finds out whether it is back.
    pub(super) fn with_probe(self, probe: impl Fn(&Request) -> Reply + 'static) -> Self {
        *self.0.probe.borrow_mut() =
            Some(Box::new(move |request| (Duration::ZERO, probe(request).result(request))));
        self
    }

    /// That read is answered, unless something else was said.
    pub(super) fn is_back(&self) {
        if self.0.probe.borrow().is_none() {
            drop(self.clone().with_probe(|_| Reply::OkNumber));
        }
    }

    /// How often its connections were given up.
    pub(super) fn forgotten(&self) -> usize {
        self.0.forgotten.get()
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.0.requests.borrow().clone()
    }

    /// How many requests were in flight at the same time at the most.
    pub(super) fn most_in_flight(&self) -> usize {
        self.0.most.get()
    }

    /// The most requests that began within any second.
    pub(super) fn fullest_second(&self) -> usize {
        let began: Vec<Duration> = self.requests().iter().map(|r| r.began).collect();
        let within = |first: &Duration| {
            began.iter().filter(|at| *at >= first && **at - *first < Duration::from_secs(1)).count()
        };
        began.iter().map(within).max().unwrap_or(0)
    }
}

struct InFlight<'s>(&'s Inner);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.set(self.0.in_flight.get() - 1);
    }
}

impl Transport for Server {
    fn forget_connections(&self) {
        self.0.forgotten.set(self.0.forgotten.get() + 1);
    }

    async fn post(&self, body: Bytes) -> Result<Response, Lost> {
        let inner = &*self.0;
        inner.in_flight.set(inner.in_flight.get() + 1);
        inner.most.set(inner.most.get().max(inner.in_flight.get()));
        let _in_flight = InFlight(inner);
        let fields = form_urlencoded::parse(&body).into_owned().collect();
        let mut request = Request { began: inner.clock.now(), ended: None, fields, nth: 0 };
        let place = {
            let of = (request.subcategory().to_owned(), request.customer().to_owned());
            let mut seen = inner.seen.borrow_mut();
            let nth = seen.entry(of).or_default();
            *nth += 1;
            request.nth = *nth;
            let mut requests = inner.requests.borrow_mut();
            requests.push(request.clone());
            requests.len() - 1
        };
        let (after, result) = match &*inner.probe.borrow() {
            Some(probe) if request.is_probe() => probe(&request),
            _ => (inner.script)(&request),
        };
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        inner.requests.borrow_mut()[place].ended = Some(inner.clock.now());
        result
    }
}
