//! Runs as commands start them, in a folder of their own.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;

use super::server::{Answer, Fields, Played};
use crate::catalogue::operation;
use crate::events::{Ahead, Event, Listener, WorkPart};
use crate::exit::Exit;
use crate::reading::{Input, Mapping, TableChoice};
use crate::recording::{Journal, OutputTarget};
use crate::running::{
    Host, InputSpec, JournalSpec, OnBooked, OnExisting, OutputSpec, Policy, Question, RunError, RunSpec,
    SessionKind, Verify, go_on, import, rewrite,
};
use crate::sending::{
    ApiKey, Burst, Clock, Connection, HttpSettings, Link, LinkSettings, PaceSettings, SelectorChoice, Server,
    StopReason, StopSwitch,
};
use crate::validating::{Expectation, Rules};

/// A clock that jumps to the moment that is waited for.
#[derive(Debug, Clone, Default)]
pub(super) struct JumpingClock {
    millis: Arc<AtomicU64>,
    /// How far a person has set the time of day ahead, in seconds.
    ahead: Arc<AtomicU64>,
}

impl JumpingClock {
    /// Time goes by while no program is at work.
    pub(super) fn pass(&self, span: Duration) {
        let millis = u64::try_from(span.as_millis()).expect("a short span");
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }

    pub(super) fn ahead(&self) -> u64 {
        self.ahead.load(Ordering::SeqCst)
    }

    /// Somebody sets the time of day ahead.
    pub(super) fn set_ahead(&self, by: Duration) {
        self.ahead.store(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::SeqCst))
    }

    fn wall(&self) -> SystemTime {
        // 2026-11-23T18:30:00Z
        let ahead = Duration::from_secs(self.ahead.load(Ordering::SeqCst));
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_458_600) + ahead + self.now()
    }

    async fn sleep_until(&self, moment: Duration) {
        // Whatever is under way comes first.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let millis = u64::try_from(moment.as_millis()).unwrap_or(u64::MAX);
        self.millis.fetch_max(millis.saturating_add(1), Ordering::SeqCst);
    }
}

/// Keeps what is told, a word or a text each.
#[derive(Debug, Default)]
struct Heard {
    texts: Mutex<Vec<String>>,
    ahead: Mutex<Vec<String>>,
    calls: AtomicU64,
    rows: AtomicU64,
}

impl Listener for Heard {
    fn event(&self, event: Event<'_>) {
        let text = match event {
            Event::Calls(calls) => {
                self.calls.fetch_add(calls, Ordering::SeqCst);
                return;
            }
            Event::Row(_) => {
                self.rows.fetch_add(1, Ordering::SeqCst);
                return;
            }
            Event::Ahead(ahead) => {
                *self.ahead.lock().expect("nobody panicked") = ahead.iter().map(told).collect();
                return;
            }
            Event::Warning(text) | Event::Note(text) | Event::Error(text) => text.to_owned(),
            Event::Looking { look, .. } => format!("{look:?}"),
            Event::Sending(_) => "Sending".to_owned(),
            Event::FindingOut(_) => "FindingOut".to_owned(),
            Event::Finished(summary) => match &summary.stopped {
                Some(StopReason::TimeUp(said)) => format!("Finished at {said}"),
                _ => "Finished".to_owned(),
            },
            _ => return,
        };
        self.texts.lock().expect("nobody panicked").push(text);
    }
}

fn told(Ahead { part, rows, calls }: &Ahead) -> String {
    match part {
        WorkPart::Look(look) => format!("{look:?} {rows} by {calls}"),
        part => format!("{part:?} {rows} by {calls}"),
    }
}

/// A folder with an input, and a server for it.
pub(super) struct Stage {
    folder: tempfile::TempDir,
    operation: &'static str,
    pub(super) server: Played,
    heard: Arc<Heard>,
    stop: Rc<RefCell<StopSwitch>>,
    pub(super) policy: Policy,
    /// What becomes of rows whose bookings are there.
    pub(super) on_booked: OnBooked,
    /// The clock of all sessions.
    pub(super) clock: JumpingClock,
}

impl Stage {
    /// Bookings for the customers 1 to 3, balances compared.
    pub(super) fn bookings(script: impl Fn(usize, &str, &Fields) -> Answer + 'static) -> Self {
        let rows = "customer_id,amount,comment\n1,5,a\n2,6,b\n3,7,c\n";
        let mut stage = Self::new("change_balance", rows, script);
        stage.policy.verify = Verify::Each;
        stage
    }

    /// Three new customers, who are looked for first.
    pub(super) fn customers(script: impl Fn(usize, &str, &Fields) -> Answer + 'static) -> Self {
        Self::new("add", "fio,codeti\nx,1\ny,2\nz,3\n", script)
    }

    pub(super) fn new(
        operation: &'static str,
        rows: &str,
        script: impl Fn(usize, &str, &Fields) -> Answer + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("input.csv"), rows).expect("an input");
        let policy = Policy {
            expectation: Expectation::default(),
            skip_invalid: false,
            max_failures: None,
            existing: OnExisting::Fail,
            settle: Duration::from_secs(30),
            reconcile: true,
            resend: false,
            verify: Verify::Not,
        };
        let stop = Rc::new(RefCell::new(StopSwitch::new().0));
        Self {
            folder,
            operation,
            server: Played::new(script),
            heard: Arc::default(),
            stop,
            policy,
            on_booked: OnBooked::Ignore,
            clock: JumpingClock::default(),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a user has at hand while the run goes on.
    pub(super) fn stop(&self) -> Rc<RefCell<StopSwitch>> {
        Rc::clone(&self.stop)
    }

    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.texts.lock().expect("nobody panicked").clone()
    }

    /// How many calls and how many rows were told to have come to their end.
    pub(super) fn ended(&self) -> (u64, u64) {
        (self.heard.calls.load(Ordering::SeqCst), self.heard.rows.load(Ordering::SeqCst))
    }

    /// What the last session was told to have before it.
    pub(super) fn ahead(&self) -> Vec<String> {
        self.heard.ahead.lock().expect("nobody panicked").clone()
    }

    /// The status of each row in the results.
    pub(super) fn statuses(&self) -> Vec<String> {
        self.column("result_status")
    }

    /// A column of the results.
    pub(super) fn column(&self, column: &str) -> Vec<String> {
        let mut reader = csv::Reader::from_path(self.path("input.results.csv")).expect("results");
        let header = reader.headers().expect("a header").clone();
        let place = header.iter().position(|name| name == column).expect("a column");
        reader.records().map(|row| row.expect("a row")[place].to_owned()).collect()
    }

    pub(super) fn import(&self) -> Result<Exit, RunError> {
        let (spec, host) = (self.spec(), self.host());
        let server = self.server.clone();
        block_on(import(spec, host, std::io::empty(), None, |connection, clock| {
            Ok(open(server, connection, clock))
        }))
    }

    /// A person is asked, and has the switch at hand.
    pub(super) fn import_asking(
        &self,
        answer: impl FnOnce(&StopSwitch) -> bool + Send + 'static,
    ) -> Result<Exit, RunError> {
        let (spec, host, server) = (self.spec(), self.host(), self.server.clone());
        let switch = host.stop.clone();
        let person: Question = Box::new(move || Ok(answer(&switch)));
        block_on(import(spec, host, std::io::empty(), Some(person), |connection, clock| {
            Ok(open(server, connection, clock))
        }))
    }

    pub(super) fn go_on(&self, kind: SessionKind) -> Result<Exit, RunError> {
        let journal = Journal::open(&self.path("input.journal"))?;
        let (spec, host) = (self.spec(), self.host());
        let server = self.server.clone();
        block_on(go_on(journal, kind, spec, host, None, |connection, clock| {
            Ok(open(server, connection, clock))
        }))
    }

    /// The session that begins or goes on with the run, and is gone in the middle once `crash` is notified: as if the
    /// program were killed. None where it was.
    pub(super) fn until(
        &self,
        kind: SessionKind,
        crash: &Notify,
    ) -> Result<Option<Result<Exit, RunError>>, RunError> {
        let (spec, host, server) = (self.spec(), self.host(), self.server.clone());
        let open = |connection, clock| Ok(open(server, connection, clock));
        let journal = match kind {
            SessionKind::Import => None,
            _ => Some(Journal::open(&self.path("input.journal"))?),
        };
        Ok(block_on(async {
            let session = async {
                match journal {
                    None => import(spec, host, std::io::empty(), None, open).await,
                    Some(journal) => go_on(journal, kind, spec, host, None, open).await,
                }
            };
            tokio::select! {
                biased;
                () = crash.notified() => None,
                ended = session => Some(ended),
            }
        }))
    }

    /// The results as the journal has them.
    pub(super) fn write_results(&self) -> Result<Exit, RunError> {
        let RunSpec { input, output, .. } = self.spec();
        rewrite(&self.path("input.journal"), input, &output, &self.host())
    }

    fn host(&self) -> Host<JumpingClock> {
        let (switch, _) = StopSwitch::new();
        *self.stop.borrow_mut() = switch.clone();
        Host { listener: self.heard.clone(), stop: switch, clock: self.clock.clone() }
    }

    pub(super) fn spec(&self) -> RunSpec {
        let input = self.path("input.csv");
        RunSpec {
            input: InputSpec {
                operation: operation(self.operation).expect("an operation"),
                input: Input::File(input.clone()),
                table: TableChoice::default(),
                mapping: Mapping::default(),
                rules: Rules::default(),
                on_booked: self.on_booked,
                id_maps: Vec::new(),
            },
            output: OutputSpec {
                results: OutputTarget::File(self.path("input.results.csv")),
                failed: None,
                id_map: None,
            },
            connection: connection(),
            journal: JournalSpec {
                path: self.path("input.journal"),
                options: "{}".to_owned(),
                input: Some(input),
                new_run: false,
            },
            policy: self.policy.clone(),
        }
    }
}

fn block_on<R>(work: impl Future<Output = R>) -> R {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

fn connection() -> Connection {
    let pace = PaceSettings { rate: "unlimited".parse().expect("a rate"), burst: Burst::Default };
    Connection {
        http: HttpSettings {
            url: "http://127.0.0.1:1/api.php".parse().expect("an address"),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            connections: 1,
            is_loopback: true,
            network: Default::default(),
        },
        key: ApiKey::new("s3cret").expect("a key"),
        selector: SelectorChoice::default(),
        link: LinkSettings {
            pace,
            retries: 1,
            retry_wait: Duration::from_secs(1),
            patience: Duration::from_secs(900),
        },
        concurrency: NonZeroUsize::MIN,
    }
}

fn open(server: Played, connection: Connection, clock: JumpingClock) -> Server<Played, JumpingClock> {
    let Connection { key, selector, link, concurrency, .. } = connection;
    let link = Link::new(server, clock, key, link);
    Server { link, selector, concurrency }
}
