//! A server that answers by a script, and a run against it that writes down what happened when.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::num::{NonZeroU64, NonZeroUsize};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use crate::catalogue::{ApiSelector, operation};
use crate::reading::{Columns, Mapping, Row};
use crate::sending::{
    ApiKey, Burst, Clock, Delivery, Ended, FailureLimit, Fate, Job, Limits, Link, LinkSettings, Lost,
    LostKind, Outcome, PaceSettings, Response, StopSignal, Ticket, TokioClock, Transport, run,
};
use crate::validating::{Checker, Rules};

/// What the server, or the way to it, does with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Ok,
    OkId(u64),
    /// `OK` without data: there is no such customer.
    OkEmpty,
    /// `OK` with data: the customer is there.
    OkData,
    /// The verdict `ERROR` under this status.
    No(u16),
    /// A page for people under this status.
    Page(u16),
    /// The status with a `Retry-After`.
    Later(u16, String),
    Lost(LostKind),
}

impl Reply {
    fn result(&self) -> Result<Response, Lost> {
        let (status, retry_after, body) = match self {
            Self::Ok => (200, None, r#"{"Result":"OK"}"#.to_owned()),
            Self::OkId(id) => (200, None, format!(r#"{{"Result":"OK","Id":{id}}}"#)),
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
        self.subcategory() == "get_data"
    }
}

type Script = dyn Fn(&Request) -> (Duration, Result<Response, Lost>);

/// The scripted server.
#[derive(Clone)]
pub(super) struct Server(Rc<Inner>);

struct Inner {
    clock: TokioClock,
    script: Box<Script>,
    requests: RefCell<Vec<Request>>,
    seen: RefCell<HashMap<(String, String), usize>>,
    in_flight: Cell<usize>,
    most: Cell<usize>,
}

impl Server {
    /// Answers with the response that the script makes, after the time that it says.
    pub(super) fn raw(script: impl Fn(&Request) -> (Duration, Result<Response, Lost>) + 'static) -> Self {
        Self(Rc::new(Inner {
            clock: TokioClock::start(),
            script: Box::new(script),
            requests: RefCell::default(),
            seen: RefCell::default(),
            in_flight: Cell::default(),
            most: Cell::default(),
        }))
    }

    pub(super) fn timed(script: impl Fn(&Request) -> (Duration, Reply) + 'static) -> Self {
        Self::raw(move |request| {
            let (after, reply) = script(request);
            (after, reply.result())
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
        let (after, result) = (inner.script)(&request);
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        inner.requests.borrow_mut()[place].ended = Some(inner.clock.now());
        result
    }
}

/// Tokio's paused time, and a time of day that goes with it.
#[derive(Clone)]
pub(super) struct TestClock(TokioClock);

/// The time of day at which every test begins: Sunday, 06 Nov 1994 08:49:37 GMT.
pub(super) const DAWN: Duration = Duration::from_secs(784_111_777);

impl Clock for TestClock {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + DAWN + self.now()
    }

    async fn sleep_until(&self, moment: Duration) {
        self.0.sleep_until(moment).await;
    }
}

/// How a run is set up.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) rate: &'static str,
    pub(super) retries: u32,
    pub(super) retry_wait: Duration,
    pub(super) concurrency: usize,
    pub(super) failures: FailureLimit,
    /// How many calls are handed in at once.
    pub(super) bundle: usize,
    /// How long whoever takes the outcomes needs for each bundle.
    pub(super) reader_delay: Duration,
    /// After so many bundles nobody takes outcomes any more.
    pub(super) reader_leaves: Option<usize>,
    pub(super) stops: Vec<(Duration, StopSignal)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            rate: "unlimited",
            retries: 2,
            retry_wait: Duration::from_secs(1),
            concurrency: 4,
            failures: FailureLimit::InAll(NonZeroU64::MAX),
            bundle: 3,
            reader_delay: Duration::ZERO,
            reader_leaves: None,
            stops: Vec::new(),
        }
    }
}

impl Setup {
    pub(super) fn link(&self, server: &Server) -> Link<Server, TestClock> {
        let settings = LinkSettings {
            pace: PaceSettings { rate: self.rate.parse().expect("a rate"), burst: Burst::Default },
            retries: self.retries,
            retry_wait: self.retry_wait,
        };
        let key = ApiKey::new("s3cret").expect("a key");
        Link::new(server.clone(), TestClock(TokioClock::start()), key, settings)
    }

    /// Sends the jobs, and waits for the end.
    pub(super) async fn run(&self, server: &Server, jobs: Vec<Job>) -> Course {
        let link = self.link(server);
        let limits = Limits {
            concurrency: NonZeroUsize::new(self.concurrency).expect("not 0"),
            failures: self.failures,
        };
        let (calls, taken) = mpsc::channel(1);
        let (deliveries, mut received) = mpsc::channel::<Vec<Delivery>>(1);
        let (stop, signal) = watch::channel(StopSignal::None);
        let mut taken_by_engine = 0;
        let feeder = async {
            for bundle in jobs.chunks(self.bundle) {
                if calls.send(bundle.to_vec()).await.is_err() {
                    break;
                }
                taken_by_engine += bundle.len();
            }
            drop(calls);
        };
        let mut delivered = Vec::new();
        let reader = async {
            let mut left = self.reader_leaves.unwrap_or(usize::MAX);
            while left > 0
                && let Some(bundle) = received.recv().await
            {
                delivered.extend(bundle);
                tokio::time::sleep(self.reader_delay).await;
                left -= 1;
            }
            drop(received);
        };
        let stopper = async {
            for (at, signal) in &self.stops {
                link.clock.sleep_until(*at).await;
                stop.send_replace(*signal);
            }
            drop(stop);
        };
        let engine = async {
            let ended = run(&link, ApiSelector::Subcat, limits, taken, deliveries, signal).await;
            (ended, link.clock.now())
        };
        let ((ended, took), (), (), ()) = tokio::join!(engine, feeder, reader, stopper);
        Course { taken: taken_by_engine, delivered, ended, took }
    }
}

/// What a run came to.
pub(super) struct Course {
    /// How many jobs the engine took; the others came back to whoever handed them in.
    pub(super) taken: usize,
    pub(super) delivered: Vec<Delivery>,
    pub(super) ended: Ended,
    pub(super) took: Duration,
}

impl Course {
    /// The outcomes by ticket.
    pub(super) fn outcomes(&self) -> Vec<(Ticket, Outcome)> {
        let mut outcomes: Vec<_> = self
            .delivered
            .iter()
            .filter_map(|delivery| match delivery {
                Delivery::Settled(settled) => Some((settled.ticket, settled.outcome.clone())),
                Delivery::Paused { .. } => None,
            })
            .collect();
        outcomes.sort_by_key(|(ticket, _)| *ticket);
        outcomes
    }

    /// The outcome of a run of one call.
    pub(super) fn only(&self) -> Outcome {
        let mut outcomes = self.outcomes();
        assert_eq!(outcomes.len(), 1, "{outcomes:?}");
        outcomes.remove(0).1
    }

    /// The fates by ticket, one letter each.
    pub(super) fn letters(&self) -> String {
        self.outcomes().iter().map(|(_, outcome)| letter(&outcome.fate)).collect()
    }

    /// Fails unless every call that was taken was delivered once.
    pub(super) fn assert_whole(&self) {
        let tickets: Vec<u64> = self.outcomes().iter().map(|(ticket, _)| ticket.0).collect();
        assert_eq!(tickets, (0..self.taken as u64).collect::<Vec<_>>());
    }
}

/// `D`one, `F`ailed, `U`ncertain, `N`ot sent.
pub(super) fn letter(fate: &Fate) -> char {
    match fate {
        Fate::Done { .. } => 'D',
        Fate::Failed(_) => 'F',
        Fate::Uncertain(_) => 'U',
        Fate::NotSent(_) => 'N',
    }
}

/// Jobs for these customers, in this order. Those for the same customer go one after the other; each
/// carries its place as a name or a note where the operation has room for one.
pub(super) fn jobs_for(name: &str, customers: &[u64]) -> Vec<Job> {
    let header: &[&str] = match name {
        "add" => &["fio"],
        "edit" => &["id", "name"],
        "delete" => &["id"],
        "change_balance" => &["customer_id", "amount", "comment", "employee_id"],
        "change_date_connect" => &["customer_id", "value"],
        "change_billing" => &["customer_id", "billing_id"],
        other => panic!("{other}"),
    };
    let operation = operation(name).expect("an operation");
    let names = header.iter().map(|s| (*s).to_owned()).collect();
    let columns = Columns::resolve(operation, names, &Mapping::default(), None).expect("columns");
    let rules = Rules { allow_duplicates: true, ..Rules::default() };
    let mut checker = Checker::new(operation, columns, rules).expect("constants");
    let mut job = |(place, customer): (usize, &u64)| {
        let (customer, number) = (customer.to_string(), (place + 1).to_string());
        let cells: &[&str] = match name {
            "edit" => &[&customer, &number],
            "change_balance" => &[&customer, "-1.50", "fee", &number],
            "change_date_connect" => &[&customer, "2023-03-09"],
            "change_billing" => &[&customer, "1"],
            _ => &[&customer],
        };
        let row = Row::from_cells(place as u64, cells);
        let call = checker.check(&row).expect("a valid row").to_call();
        Job { ticket: Ticket(place as u64), call }
    };
    customers.iter().enumerate().map(&mut job).collect()
}

/// Jobs for so many different customers, from 1000 on.
pub(super) fn jobs(name: &str, count: usize) -> Vec<Job> {
    jobs_for(name, &(1000..1000 + count as u64).collect::<Vec<_>>())
}

pub(super) const REPEATABLE: [&str; 4] = ["edit", "change_date_connect", "change_billing", "delete"];
pub(super) const ONCE_ONLY: [&str; 2] = ["add", "change_balance"];
