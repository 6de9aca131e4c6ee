//! Random runs against a plain model of the contract: what became of every call follows from what the
//! server did with it and from nothing else.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::time::Duration;

use proptest::prelude::*;

use super::support::{Course, ONCE_ONLY, Reply, Request, Server, Setup, jobs_for, letter};
use crate::sending::LostKind::{Broken, TimedOut, Unreached};
use crate::sending::stop::StopSignal;
use crate::sending::{FailureLimit, Fate};

/// What the model says about a reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Applied,
    NotApplied,
    Maybe,
    Refused,
    KeyRefused,
    /// The key is refused, or so says somebody else.
    Barred,
}

/// Only the API's verdict, and that a request never left, are proofs for a call that must not happen twice.
fn meaning(operation: &str, reply: &Reply) -> Meaning {
    let open = |otherwise| if ONCE_ONLY.contains(&operation) { Meaning::Maybe } else { otherwise };
    match reply {
        // New customers must be named, and others must be the row's own.
        Reply::OkId(_) if operation != "add" => Meaning::Maybe,
        Reply::OkEmpty | Reply::OkNumber if operation == "add" => Meaning::Maybe,
        Reply::Ok | Reply::OkId(_) | Reply::OkEmpty | Reply::OkData | Reply::OkNumber => Meaning::Applied,
        Reply::Lost(Unreached) => Meaning::NotApplied,
        Reply::Later(..) | Reply::Page(429 | 503) => open(Meaning::NotApplied),
        Reply::Lost(_) | Reply::Page(200 | 500..) | Reply::Json(200) => Meaning::Maybe,
        Reply::No(401 | 403) => Meaning::KeyRefused,
        Reply::Page(401 | 403) | Reply::Json(401 | 403) => Meaning::Barred,
        Reply::No(_) => Meaning::Refused,
        Reply::Page(_) | Reply::Json(_) => open(Meaning::Refused),
    }
}

/// The letter of a call that the server did this with; nothing is a request that was left on its way.
fn expected(
    operation: &str,
    retries: u32,
    attempts: &[Option<Reply>],
    reads: &[Option<Reply>],
    has_stopped: bool,
) -> char {
    let (mut in_doubt, mut held) = (false, 0);
    for (place, attempt) in attempts.iter().enumerate() {
        let is_last = place + 1 == attempts.len();
        let Some(reply) = attempt else {
            assert!(is_last, "nothing is sent behind a request without an end");
            return 'U';
        };
        let unsettled = if in_doubt { 'U' } else { 'F' };
        let letter = match meaning(operation, reply) {
            Meaning::Applied => 'D',
            Meaning::KeyRefused => unsettled,
            Meaning::Barred => 'U',
            Meaning::Refused if in_doubt && operation == "delete" && matches!(reply, Reply::No(_)) => {
                match reads.last() {
                    Some(Some(Reply::No(200 | 404) | Reply::OkEmpty | Reply::Ok)) => 'D',
                    _ => 'U',
                }
            }
            Meaning::Refused => unsettled,
            Meaning::Maybe if ONCE_ONLY.contains(&operation) => 'U',
            // An outage is no attempt: it goes again, or the run has stopped.
            Meaning::NotApplied => {
                held += 1;
                continue;
            }
            Meaning::Maybe => {
                in_doubt = true;
                if place - held < retries as usize {
                    continue;
                }
                'U'
            }
        };
        assert!(is_last, "{reply:?} is the end, but {} attempts were made", attempts.len());
        return letter;
    }
    // Turned away again and again although others got through.
    if held > retries as usize + 10 && !in_doubt && !has_stopped {
        return 'F';
    }
    // Another attempt was due, or the first, and the run stopped.
    if in_doubt { 'U' } else { 'N' }
}

/// A delete is settled by reads under both names of the customer. A stop between them leaves it open, and a refusal of
/// the other name takes nothing from what the first read said.
fn is_of_two_reads(found: char, expected: char, reads: &[Option<Reply>], course: &Course) -> bool {
    let gone = |read: &Option<Reply>| matches!(read, Some(Reply::No(200 | 404) | Reply::OkEmpty | Reply::Ok));
    match (found, expected) {
        ('U', 'D') => course.ended.stopped.is_some(),
        ('D', 'U') => matches!(reads, [before @ .., Some(Reply::No(_))] if before.iter().any(gone)),
        _ => false,
    }
}

#[derive(Debug, Clone)]
struct Case {
    operation: &'static str,
    /// For each row its customer: equal ones go one after the other.
    customers: Vec<u64>,
    /// For each customer what the server does with one request after the other, the last for ever.
    scripts: Vec<Vec<(u64, Reply)>>,
    setup: (usize, u32, usize, u64, Option<usize>),
    rate: &'static str,
    failures: FailureLimit,
    stops: Vec<(Duration, StopSignal)>,
    /// From which moment to which the server is not there, or turns everything away.
    outages: Vec<(Duration, Duration, Reply)>,
    patience: Duration,
}

fn reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        6 => Just(Reply::Ok),
        2 => Just(Reply::OkData),
        2 => Just(Reply::Lost(Unreached)),
        2 => Just(Reply::Lost(TimedOut)),
        2 => Just(Reply::Lost(Broken)),
        1 => Just(Reply::Page(429)),
        1 => Just(Reply::Page(502)),
        1 => Just(Reply::Page(200)),
        1 => Just(Reply::Page(404)),
        1 => prop_oneof![Just(200), Just(404)].prop_map(Reply::Json),
        1 => (0_u64..40).prop_map(|seconds| Reply::Later(503, seconds.to_string())),
        1 => Just(Reply::Later(429, u64::MAX.to_string())),
        3 => prop_oneof![Just(200), Just(404), Just(400)].prop_map(Reply::No),
    ]
}

fn script() -> impl Strategy<Value = Vec<(u64, Reply)>> {
    // A refused key stops everything, so that it is rare.
    let step = (
        0_u64..4000,
        prop_oneof![60 => reply(), 1 => prop_oneof![Just(Reply::No(403)), Just(Reply::Page(403))]],
    );
    prop::collection::vec(step, 1..6)
}

fn case() -> impl Strategy<Value = Case> {
    let operation = prop::sample::select(vec!["add", "change_balance", "edit", "delete"]);
    let limit = prop_oneof![
        3 => Just(FailureLimit::InAll(NonZeroU64::MAX)),
        1 => (1_u64..6).prop_map(|n| FailureLimit::InARow(NonZeroU64::new(n).expect("not 0"))),
        1 => (1_u64..6).prop_map(|n| FailureLimit::InAll(NonZeroU64::new(n).expect("not 0"))),
    ];
    let signal = prop_oneof![Just(StopSignal::Finish), Just(StopSignal::Abandon)];
    let stops = prop::collection::vec((0_u64..40_000, signal), 0..3).prop_map(|mut stops| {
        stops.sort();
        stops.into_iter().map(|(at, signal)| (Duration::from_millis(at), signal)).collect()
    });
    let setup = (1_usize..9, 0_u32..4, 1_usize..6, 0_u64..3000, prop::option::weighted(0.1, 0_usize..8));
    let away = prop_oneof![
        Just(Reply::Lost(Unreached)),
        Just(Reply::Page(503)),
        Just(Reply::Later(429, "3".to_owned()))
    ];
    let seconds = |most| (0_u64..most).prop_map(Duration::from_secs);
    let outage = (seconds(40), seconds(90), away).prop_map(|(from, span, reply)| (from, from + span, reply));
    let outages = (prop::collection::vec(outage, 0..3), seconds(200));
    (
        operation,
        prop::collection::vec(0_u64..12, 0..40),
        prop::collection::vec(script(), 12),
        setup,
        prop::sample::select(vec!["unlimited", "5/s", "120/m"]),
        limit,
        stops,
        outages,
    )
        .prop_map(
            |(operation, customers, scripts, setup, rate, failures, stops, (outages, patience))| Case {
                operation,
                customers,
                scripts,
                setup,
                rate,
                failures,
                stops,
                outages,
                patience,
            },
        )
}

/// What a request meets while the server is away.
fn away(outages: &[(Duration, Duration, Reply)], request: &Request) -> Option<Reply> {
    let mut outages = outages.iter();
    outages.find(|(from, to, _)| (*from..*to).contains(&request.began)).map(|(.., reply)| reply.clone())
}

impl Case {
    fn run(&self) -> (Course, Server) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let (scripts, outages) = (self.scripts.clone(), self.outages.clone());
            let server = Server::timed(move |request| {
                if let Some(away) = away(&outages, request) {
                    return (Duration::from_millis(3), away);
                }
                let customer: usize = request.customer().parse().expect("a customer");
                let script = &scripts[customer - 1];
                let (after, reply) = &script[request.nth.min(script.len()) - 1];
                (Duration::from_millis(*after), reply.clone())
            });
            let outages = self.outages.clone();
            let server = server.with_probe(move |request| away(&outages, request).unwrap_or(Reply::OkNumber));
            let (concurrency, retries, bundle, delay, reader_leaves) = self.setup;
            let setup = Setup {
                rate: self.rate,
                retries,
                concurrency,
                failures: self.failures,
                bundle,
                reader_delay: Duration::from_millis(delay),
                reader_leaves,
                stops: self.stops.clone(),
                patience: self.patience,
                ..Setup::default()
            };
            let customers: Vec<u64> = self.customers.iter().map(|customer| customer + 1).collect();
            (setup.run(&server, jobs_for(self.operation, &customers)).await, server)
        })
    }

    fn reply(&self, request: &Request) -> Option<Reply> {
        let customer: usize = request.customer().parse().expect("a customer");
        let script = &self.scripts[customer - 1];
        let own = || script[request.nth.min(script.len()) - 1].1.clone();
        request.ended.map(|_| away(&self.outages, request).unwrap_or_else(own))
    }

    /// The rows in their order for each customer, with the requests made for each. Rows for one customer
    /// that carry no place of their own are told apart by the attempts that their outcomes count.
    fn by_row(&self, course: &Course, server: &Server) -> BTreeMap<usize, Vec<Request>> {
        let mut rows: BTreeMap<usize, Vec<Request>> = BTreeMap::new();
        let mut calls: Vec<Request> = server.requests().into_iter().filter(|r| !r.is_read()).collect();
        // What never left is no attempt.
        calls.retain(|r| self.reply(r) != Some(Reply::Lost(Unreached)));
        for (ticket, outcome) in course.outcomes() {
            let place = ticket.0 as usize;
            let customer = (self.customers[place] + 1).to_string();
            for _ in 0..outcome.attempts {
                let at = calls.iter().position(|r| r.customer() == customer);
                let request = calls.remove(at.expect("a request for every attempt"));
                let own = request.fields.get("name").or_else(|| request.fields.get("employee_id"));
                assert!(own.is_none_or(|own| *own == (place + 1).to_string()), "file order");
                rows.entry(place).or_default().push(request);
            }
        }
        assert!(calls.is_empty(), "attempts that no outcome counts");
        rows
    }

    fn check(&self) {
        let (course, server) = self.run();
        let (concurrency, retries, ..) = self.setup;
        assert!(server.most_in_flight() <= concurrency);
        match self.rate {
            "5/s" => assert!(server.fullest_second() <= 6),
            "120/m" => assert!(server.fullest_second() <= 3),
            _ => {}
        }
        assert_eq!(course.ended.requests as usize, server.requests().len());
        if self.setup.4.is_some() && course.outcomes().len() < course.taken {
            // Nothing can be said of outcomes that nobody took.
            return;
        }
        course.assert_whole();
        assert!(course.ended.stopped.is_some() || course.taken == self.customers.len());
        // Equal `add` rows are not known to be equal, so their requests cannot be told apart.
        if self.operation == "add" && self.has_equal_rows() {
            return;
        }
        let rows = self.by_row(&course, &server);
        for (ticket, outcome) in course.outcomes() {
            let requests = rows.get(&(ticket.0 as usize)).cloned().unwrap_or_default();
            let attempts: Vec<Option<Reply>> = requests.iter().map(|r| self.reply(r)).collect();
            let customer = (self.customers[ticket.0 as usize] + 1).to_string();
            let from = requests.first().map_or(Duration::MAX, |r| r.began);
            let next = self.next_attempt(&rows, ticket.0 as usize);
            let reads: Vec<Option<Reply>> = server
                .requests()
                .iter()
                .filter(|r| {
                    r.is_read()
                        && !r.is_probe()
                        && r.customer() == customer
                        && (from..next).contains(&r.began)
                })
                .map(|r| self.reply(r))
                .collect();
            let was_stopped = matches!(outcome.fate, Fate::Skipped(_));
            let expected = expected(self.operation, retries, &attempts, &reads, was_stopped);
            let found = letter(&outcome.fate);
            let is_right = found == expected
                || self.operation == "delete" && is_of_two_reads(found, expected, &reads, &course);
            assert!(is_right, "{found} {expected} {ticket:?} {outcome:?} {attempts:?} {reads:?}");
            assert!(expected != 'N' || course.ended.stopped.is_some(), "not sent, but nothing stopped");
            let may_be_applied = |reply: &&Option<Reply>| {
                let is_open = |m| matches!(m, Meaning::Applied | Meaning::Maybe | Meaning::Barred);
                reply.as_ref().is_none_or(|r| is_open(meaning(self.operation, r)))
            };
            if ONCE_ONLY.contains(&self.operation) {
                assert!(attempts.iter().filter(may_be_applied).count() <= 1, "{attempts:?}");
            }
        }
    }

    fn has_equal_rows(&self) -> bool {
        let mut customers = self.customers.clone();
        customers.sort_unstable();
        customers.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// When the next row for the same customer was first sent.
    fn next_attempt(&self, rows: &BTreeMap<usize, Vec<Request>>, place: usize) -> Duration {
        let customer = self.customers[place];
        rows.range(place + 1..)
            .find(|(other, _)| self.customers[**other] == customer)
            .and_then(|(_, requests)| requests.first())
            .map_or(Duration::MAX, |request| request.began)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_outcome_follows_from_what_the_server_did(case in case()) {
        case.check();
    }
}
