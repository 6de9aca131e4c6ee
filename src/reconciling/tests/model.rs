//! The journal's states against every order of crash, answer and resume: the real engine and the real journal,
//! a server that knows what it did, and a program that dies at any step.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use proptest::prelude::*;
use tokio::sync::mpsc;

use super::support::{Fields, TestClock, answer, at, booking, call, lost, no};
use crate::catalogue::{ApiSelector, Effect, Step};
use crate::reading::{Fingerprint, RowNumber};
use crate::reconciling::{Next, next};
use crate::recording::{ErrorCode, Journal, NewRun, RowResult, RowStep, Status};
use crate::sending::{
    ApiKey, Burst, Clock, FailureLimit, Intent, IntentLog, Job, Limits, Link, LinkSettings, Lost,
    NotRecorded, PaceSettings, PriorAttempts, Response, Settled, StopSwitch, Transport, run,
};
use crate::validating::{Call, KeyMap};

/// What a server does with a write.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Applies,
    AppliesAndIsSilent,
    IsSilent,
    /// It is silent, and applies later.
    AppliesLate,
    Refuses,
    TurnsAway,
}

/// How late that is: within the time that is waited before something counts as not there.
const LATE: Duration = Duration::from_secs(5);
const SETTLE: Duration = Duration::from_secs(30);

/// What really happened to a row.
#[derive(Debug, Clone, Default)]
struct Truth {
    /// When it was applied, or will be.
    applied: Vec<Duration>,
    /// Requests that reached the server.
    requests: u32,
}

/// The server, and the steps that the program has left to live.
struct World {
    clock: TestClock,
    deeds: Vec<Deed>,
    done: Cell<usize>,
    truths: RefCell<BTreeMap<u64, Truth>>,
    steps: Cell<u32>,
    death: tokio::sync::Notify,
}

impl World {
    /// One step of the program; the last one never ends.
    async fn step(&self) {
        if self.steps.get() == 0 {
            self.death.notify_one();
            std::future::pending::<()>().await;
        }
        self.steps.set(self.steps.get() - 1);
    }

    fn truth(&self, row: RowNumber) -> Truth {
        self.truths.borrow().get(&row.0).cloned().unwrap_or_default()
    }

    fn now(&self) -> Timestamp {
        Timestamp::try_from(self.clock.wall()).expect("a moment")
    }
}

#[derive(Clone)]
struct Server(Rc<World>);

impl Transport for Server {
    async fn post(&self, body: Bytes) -> Result<Response, Lost> {
        let world = &*self.0;
        world.step().await;
        let fields: Fields = form_urlencoded::parse(&body).into_owned().collect();
        let Some(text) = fields.get("comment").or_else(|| fields.get("name")) else {
            // The read that finds out whether the server is back.
            return answer(200, r#"{"Result":"OK","data":1}"#);
        };
        let row: u64 = text.trim_start_matches("row ").parse().expect("its number");
        let deed = world.deeds[world.done.get() % world.deeds.len()];
        world.done.set(world.done.get() + 1);
        let now = world.clock.now();
        {
            let mut truths = world.truths.borrow_mut();
            let truth = truths.entry(row).or_default();
            truth.requests += 1;
            match deed {
                Deed::Applies | Deed::AppliesAndIsSilent => truth.applied.push(now),
                Deed::AppliesLate => truth.applied.push(now + LATE),
                Deed::IsSilent | Deed::Refuses | Deed::TurnsAway => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.step().await;
        match deed {
            Deed::Applies => answer(200, r#"{"Result":"OK"}"#),
            Deed::AppliesAndIsSilent | Deed::IsSilent | Deed::AppliesLate => lost(),
            Deed::Refuses => no(),
            Deed::TurnsAway => answer(503, ""),
        }
    }
}

/// Records intents in the real journal.
struct JournalIntents {
    journal: Rc<RefCell<Journal>>,
    world: Rc<World>,
}

impl IntentLog for JournalIntents {
    fn record(&self, intents: Vec<Intent>) -> impl Future<Output = Result<(), NotRecorded>> + 'static {
        let (journal, world) = (Rc::clone(&self.journal), Rc::clone(&self.world));
        async move {
            world.step().await;
            {
                let mut journal = journal.borrow_mut();
                let group = journal.group(world.now()).expect("a group");
                group.intents(&intents).expect("recorded");
                group.commit().expect("committed");
            }
            world.step().await;
            Ok(())
        }
    }
}

struct Run<'r> {
    path: &'r Path,
    world: Rc<World>,
    calls: Vec<Call>,
    effect: Effect,
    resend: bool,
}

impl Run<'_> {
    /// What one session of the program does, from opening the journal to the last finding.
    async fn session(&self) {
        let world = &self.world;
        let mut journal = Journal::open(self.path).expect("a journal");
        journal.begin_session("resume", world.now()).expect("begun");
        world.step().await;
        let jobs = self.jobs(&journal);
        let journal = Rc::new(RefCell::new(journal));
        self.send(&journal, jobs).await;
        self.find_out(&journal).await;
    }

    fn jobs(&self, journal: &Journal) -> Vec<Job> {
        let mut replay = journal.replay().expect("a reader");
        let mut jobs = Vec::new();
        for (row, call) in (0_u64..).zip(&self.calls) {
            let entry = replay.entries(RowNumber(row)).expect("readable").into_entry(Step::FIRST);
            let prior = match next(self.effect, entry.as_ref(), self.resend) {
                Next::Send => PriorAttempts { doubt: None, attempts: 0 },
                Next::SendInDoubt => {
                    PriorAttempts { doubt: entry.as_ref().map(|entry| entry.doubt()), attempts: 1 }
                }
                Next::Ask | Next::Leave => continue,
            };
            jobs.push(Job::alone(RowStep::first(RowNumber(row)).ticket(), call.clone(), prior));
        }
        jobs
    }

    async fn send(&self, journal: &Rc<RefCell<Journal>>, jobs: Vec<Job>) {
        let world = &self.world;
        let pace = PaceSettings { rate: "unlimited".parse().expect("a rate"), burst: Burst::Default };
        let settings = LinkSettings {
            pace,
            retries: 1,
            retry_wait: Duration::from_secs(1),
            patience: Duration::from_secs(60),
        };
        let key = ApiKey::new("s3cret").expect("a key");
        let link = Link::new(Server(Rc::clone(world)), world.clock.clone(), key, settings);
        let limits = Limits {
            concurrency: NonZeroUsize::new(2).expect("not 0"),
            unsent_intents: NonZeroUsize::new(4).expect("not 0"),
            failures: FailureLimit::InAll(NonZeroU64::MAX),
        };
        let intents = JournalIntents { journal: Rc::clone(journal), world: Rc::clone(world) };
        let (calls, taken) = mpsc::channel(1);
        let (deliveries, mut received) = mpsc::channel::<Vec<Settled>>(1);
        let (_stop, signal) = StopSwitch::new();
        calls.send(jobs).await.expect("taken");
        drop(calls);
        let engine = run(&link, ApiSelector::Subcat, limits, &intents, taken, deliveries, signal);
        let recorder = async {
            while let Some(bundle) = received.recv().await {
                world.step().await;
                let mut journal = journal.borrow_mut();
                let group = journal.group(world.now()).expect("a group");
                for settled in bundle {
                    let result = RowResult::from(settled.outcome);
                    group.result(RowStep::of_ticket(settled.ticket), &result).expect("written");
                }
                group.commit().expect("committed");
            }
        };
        tokio::join!(engine, recorder);
    }

    /// What asking the server comes to, once it can no longer be at work: the truth.
    async fn find_out(&self, journal: &Rc<RefCell<Journal>>) {
        let world = &self.world;
        tokio::time::sleep(SETTLE).await;
        let mut replay = journal.borrow().replay().expect("a reader");
        for row in (0..self.calls.len() as u64).map(RowNumber) {
            let entry = replay.entries(row).expect("readable").into_entry(Step::FIRST);
            if next(self.effect, entry.as_ref(), self.resend) != Next::Ask {
                continue;
            }
            world.step().await;
            let is_there = world.truth(row).applied.iter().any(|at| *at <= world.clock.now());
            let mut journal = journal.borrow_mut();
            let group = journal.group(world.now()).expect("a group");
            if is_there {
                group.found(RowStep::first(row), None, 1).expect("written");
            } else {
                group.not_applied(RowStep::first(row), ErrorCode::NotApplied, "not there").expect("written");
            }
            group.commit().expect("committed");
        }
    }

    /// What the journal says must be true, at any moment at which nobody is at work.
    fn check(&self) -> Result<(), TestCaseError> {
        let (_, mut replay) = Journal::read_only(self.path).expect("readable");
        for row in (0..self.calls.len() as u64).map(RowNumber) {
            let entry = replay.entries(row).expect("readable").into_entry(Step::FIRST);
            let truth = self.world.truth(row);
            let state = entry.as_ref().map(|entry| entry.result.status);
            let times = truth.applied.len();
            prop_assert!(self.effect == Effect::Repeatable || times <= 1, "row {row} was done {times} times");
            match state {
                None => prop_assert_eq!(truth.requests, 0, "row {} left without an intent", row),
                Some(Status::Ok) => prop_assert!(times > 0, "row {row} is ok, and was not done"),
                Some(Status::Failed | Status::Skipped) => {
                    prop_assert_eq!(times, 0, "row {} is {:?}, and was done", row, state);
                }
                Some(Status::Unknown) => {}
                Some(Status::Invalid | Status::Partial) => prop_assert!(false, "nothing here is invalid"),
            }
        }
        Ok(())
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => Just(Deed::Applies),
        2 => Just(Deed::AppliesAndIsSilent),
        2 => Just(Deed::IsSilent),
        1 => Just(Deed::AppliesLate),
        1 => Just(Deed::Refuses),
        1 => Just(Deed::TurnsAway),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whenever the program dies, and however often: what the journal says is true, nothing that must not be
    /// done twice is, and in the end everything is known.
    #[test]
    fn the_journal_tells_the_truth_whenever_the_program_dies(
        deeds in prop::collection::vec(deed(), 1..8),
        lives in prop::collection::vec(0_u32..30, 0..6),
        rows in 1_u64..6,
        is_booking in any::<bool>(),
        resend in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.journal");
        let new = NewRun {
            operation: "edit",
            options: String::new(),
            input: None,
            fingerprint: Fingerprint { size: 0, sha256: String::new() },
            rows,
            begun: at(super::support::DAWN),
            steps: None,
            keys: KeyMap::default(),
        };
        drop(Journal::create(&path, &new, None).expect("a journal"));
        let calls: Vec<Call> = (0..rows).map(|row| {
            let (customer, text) = ((1000 + row).to_string(), format!("row {row}"));
            if is_booking { booking(&customer, "5.00", &text) } else { call("edit", &[("id", &customer), ("name", &text)]) }
        }).collect();
        let effect = calls[0].effect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            let world = Rc::new(World {
                clock: TestClock::start(),
                deeds,
                done: Cell::new(0),
                truths: RefCell::default(),
                steps: Cell::new(0),
                death: tokio::sync::Notify::new(),
            });
            let run = Run { path: &path, world: Rc::clone(&world), calls, effect, resend };
            for steps in lives {
                world.steps.set(steps);
                tokio::select! {
                    biased;
                    () = world.death.notified() => {}
                    () = run.session() => {}
                }
                run.check()?;
            }
            world.steps.set(u32::MAX);
            run.session().await;
            run.check()?;
            let (_, replay) = Journal::read_only(&path).expect("readable");
            let counts = replay.counts(rows).expect("counts");
            if effect == Effect::OnceOnly {
                prop_assert_eq!(counts.unknown, 0);
            }
            Ok(())
        })?;
    }
}
