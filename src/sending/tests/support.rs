//! Calls to send, and a run of the engine against a scripted server.

use std::cell::RefCell;
use std::num::{NonZeroU64, NonZeroUsize};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;

pub(super) use super::server::{Reply, Request, Server};
use crate::catalogue::{ApiSelector, operation};
use crate::reading::{Columns, Mapping, Row};
use crate::sending::intent_log::Unrecorded;
use crate::sending::stop::StopSignal;
use crate::sending::{
    ApiKey, Burst, Clock, Ended, FailureLimit, Fate, IntentLog, Job, Limits, Link, LinkNews, LinkSettings,
    Outcome, PaceSettings, PriorAttempts, Settled, StopSwitch, Ticket, TokioClock, run,
};
use crate::validating::{Checker, Rules};

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
    pub(super) patience: Duration,
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
            patience: Duration::from_secs(900),
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
            patience: self.patience,
        };
        let key = ApiKey::new("s3cret").expect("a key");
        Link::new(server.clone(), TestClock(TokioClock::start()), key, settings)
    }

    /// Sends the jobs, and waits for the end.
    pub(super) async fn run(&self, server: &Server, jobs: Vec<Job>) -> Course {
        self.run_recorded(server, jobs, &Unrecorded).await
    }

    /// The same with somebody who records the intents.
    pub(super) async fn run_recorded(
        &self,
        server: &Server,
        jobs: Vec<Job>,
        intents: &impl IntentLog,
    ) -> Course {
        let link = self.link(server);
        server.is_back();
        let news: Rc<RefCell<Vec<LinkNews>>> = Rc::default();
        let teller = Rc::clone(&news);
        link.tell_news(move |outage| teller.borrow_mut().push(outage));
        let limits = Limits {
            concurrency: NonZeroUsize::new(self.concurrency).expect("not 0"),
            unsent_intents: NonZeroUsize::new(2 * self.concurrency).expect("not 0"),
            failures: self.failures,
        };
        let (calls, taken) = mpsc::channel(1);
        let (deliveries, mut received) = mpsc::channel::<Vec<Settled>>(1);
        let (stop, signal) = StopSwitch::new();
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
                match signal {
                    StopSignal::None => {}
                    StopSignal::Finish => stop.finish(),
                    StopSignal::Abandon => stop.abandon(),
                }
            }
            drop(stop);
        };
        let engine = async {
            let ended = run(&link, ApiSelector::Subcat, limits, intents, taken, deliveries, signal).await;
            (ended, link.clock.now())
        };
        let ((ended, took), (), (), ()) = tokio::join!(engine, feeder, reader, stopper);
        let news = news.take();
        Course { taken: taken_by_engine, delivered, ended, took, news }
    }
}

/// What a run came to.
pub(super) struct Course {
    /// How many jobs the engine took; the others came back to whoever handed them in.
    pub(super) taken: usize,
    pub(super) delivered: Vec<Settled>,
    pub(super) ended: Ended,
    pub(super) took: Duration,
    /// What was told of outages.
    pub(super) news: Vec<LinkNews>,
}

impl Course {
    /// The outcomes by ticket.
    pub(super) fn outcomes(&self) -> Vec<(Ticket, Outcome)> {
        let mut outcomes: Vec<_> =
            self.delivered.iter().map(|settled| (settled.ticket, settled.outcome.clone())).collect();
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

/// `D`one, `F`ailed, `U`nknown, `N`ot sent.
pub(super) fn letter(fate: &Fate) -> char {
    match fate {
        Fate::Ok { .. } => 'D',
        Fate::Failed(_) => 'F',
        Fate::Unknown(_) => 'U',
        Fate::Skipped(_) => 'N',
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
        Job::alone(Ticket(place as u64), call, PriorAttempts::default())
    };
    customers.iter().enumerate().map(&mut job).collect()
}

/// Jobs for so many different customers, from 1000 on.
pub(super) fn jobs(name: &str, count: usize) -> Vec<Job> {
    jobs_for(name, &(1000..1000 + count as u64).collect::<Vec<_>>())
}

pub(super) const REPEATABLE: [&str; 4] = ["edit", "change_date_connect", "change_billing", "delete"];
pub(super) const ONCE_ONLY: [&str; 2] = ["add", "change_balance"];
