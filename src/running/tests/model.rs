//! Any server against the whole of sending, settling, resume and resend: it may be slow to show what it did, show a part
//! of it, cut comments, have another clock, carry requests out late, and have its answers lost or replaced. Nothing is
//! booked twice, nothing is `ok` that is not booked, and nothing is `not_applied` that is. Only `unknown` may be too
//! cautious; how often it is, is counted and printed.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::server::{Answer, Fields, lost, says};
use super::support::{JumpingClock, Stage};
use crate::exit::Exit;
use crate::running::{OnBooked, SessionKind, Verify};
use crate::sending::{Clock, Response};

/// What becomes of a booking, and of its answer.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Booked,
    BookedAndLost,
    Lost,
    /// The gateway gives up, and it is booked so many seconds later.
    Late(u64),
    /// A proxy's own page stands in place of the answer.
    Replaced(u16, bool),
    Refused,
}

/// How a server shows what it did.
#[derive(Debug, Clone)]
struct View {
    /// Seconds until an entry shows.
    lag: u64,
    /// How many characters of a comment are kept.
    cut: usize,
    /// Only so many of the oldest entries show.
    limit: usize,
    /// Entries from before the run, of the second and the fourth customer: what the first row shows of the server is not
    /// true of them.
    old: usize,
    /// Seconds by which its clock is ahead.
    skew: i64,
    /// Whether an entry has a form that nobody knows.
    is_foreign: bool,
    /// Whether it answers several customers at once, so that balances are read before the run.
    has_batches: bool,
    /// Whether its answers have a date.
    has_date: bool,
}

/// A later session of the run.
#[derive(Debug, Clone)]
struct Later {
    kind: SessionKind,
    resend: bool,
    /// Seconds that go by before it.
    after: u64,
    /// How far the time of day was set ahead meanwhile, in seconds.
    ahead: u64,
    /// The request at which the user wants an end.
    stop: Option<usize>,
}

struct Booking {
    customer: String,
    amount: String,
    comment: String,
    at: Duration,
}

struct World {
    clock: RefCell<JumpingClock>,
    view: View,
    deeds: Vec<Deed>,
    sent: RefCell<usize>,
    bookings: RefCell<Vec<Booking>>,
}

impl World {
    fn now(&self) -> Duration {
        self.clock.borrow().now()
    }

    fn answer(&self, kind: &str, fields: &Fields) -> Answer {
        let said = match kind {
            "change_balance" => return self.book(fields),
            "get_data" => self.balances(&fields["customer_id"]),
            "abon_hist" => self.history(fields.get("customer_id").or(fields.get("usercode"))),
            _ => says(r#"{"Result":"OK","Data":"12"}"#),
        };
        let wall = self.clock.borrow().wall();
        let ahead = Duration::from_secs(self.clock.borrow().ahead());
        let date = self.view.has_date.then(|| httpdate::fmt_http_date(wall - ahead));
        Some(Ok(Response { date, ..said }))
    }

    fn book(&self, fields: &Fields) -> Answer {
        let mut sent = self.sent.borrow_mut();
        let deed = self.deeds[*sent % self.deeds.len()];
        *sent += 1;
        let book = |after: u64| {
            self.bookings.borrow_mut().push(Booking {
                customer: fields["customer_id"].clone(),
                amount: fields["amount"].clone(),
                comment: fields["comment"].clone(),
                at: self.now() + Duration::from_secs(after),
            });
        };
        match deed {
            Deed::Booked => book(0),
            Deed::BookedAndLost => {
                book(0);
                return lost();
            }
            Deed::Lost => return lost(),
            Deed::Late(seconds) => {
                book(seconds);
                return lost();
            }
            Deed::Replaced(status, is_booked) => {
                if is_booked {
                    book(0);
                }
                let body = b"<html>a proxy</html>".to_vec();
                return Some(Ok(Response { status, body, ..Response::default() }));
            }
            Deed::Refused => return Some(Ok(says(r#"{"Result":"ERROR","ErrorText":"no"}"#))),
        }
        Some(Ok(says(r#"{"Result":"OK"}"#)))
    }

    fn balances(&self, ids: &str) -> Response {
        let now = self.now();
        let one = |id: &str| {
            let bookings = self.bookings.borrow();
            let own = bookings.iter().filter(|booking| booking.customer == id && booking.at <= now);
            let sum: f64 = own.filter_map(|booking| booking.amount.parse::<f64>().ok()).sum();
            format!(r#"{{"id":"{id}","balance":"{sum:.2}"}}"#)
        };
        let data = match (ids.contains(','), self.view.has_batches) {
            (false, _) => one(ids),
            (true, false) => one(ids.split(',').next().unwrap_or_default()),
            (true, true) => {
                let each = ids.split(',').map(|id| format!(r#""{id}":{}"#, one(id)));
                format!("{{{}}}", each.collect::<Vec<_>>().join(","))
            }
        };
        says(&format!(r#"{{"Result":"OK","Data":{data}}}"#))
    }

    fn history(&self, customer: Option<&String>) -> Response {
        let View { lag, cut, limit, old, skew, is_foreign, .. } = self.view;
        let (now, lag) = (self.now(), Duration::from_secs(lag));
        let dawn: Timestamp = "2026-11-23T18:30:00Z".parse().expect("a moment");
        let date = |at: Duration| {
            let at = dawn.as_second() + i64::try_from(at.as_secs()).expect("a short span") + skew;
            Timestamp::from_second(at).expect("a moment").strftime("%Y-%m-%d %H:%M:%S").to_string()
        };
        let entry = |amount: &str, comment: &str, date: &str| {
            let comment: String = comment.chars().take(cut).collect();
            format!(r#"{{"Typer":"1","DateDo":"{date}","Amount":"{amount}","Comment":"{comment}"}}"#)
        };
        let is_old = customer.and_then(|id| id.parse::<u64>().ok()).is_some_and(|id| id.is_multiple_of(2));
        let old = if is_old { old } else { 0 };
        let mut entries: Vec<String> = Vec::new();
        entries.extend((0..old).map(|_| entry("3", "an old one", "2026-01-01 00:00:00")));
        let bookings = self.bookings.borrow();
        let mut own: Vec<&Booking> = bookings
            .iter()
            .filter(|booking| Some(&booking.customer) == customer && booking.at + lag <= now)
            .collect();
        own.sort_by_key(|booking| booking.at);
        entries.extend(own.iter().map(|b| entry(&b.amount, &b.comment, &date(b.at))));
        entries.truncate(limit);
        if is_foreign {
            // It takes the place of an entry.
            entries.pop();
            entries.push(r#"["?"]"#.to_owned());
        }
        says(&format!(r#"{{"Result":"OK","Data":[{}]}}"#, entries.join(",")))
    }

    /// How often each customer is booked on, or will be.
    fn booked(&self, customer: usize) -> usize {
        let customer = customer.to_string();
        self.bookings.borrow().iter().filter(|booking| booking.customer == customer).count()
    }
}

/// What the results say must be true of every row; how many are unknown.
fn check(stage: &Stage, world: &World) -> Result<u64, TestCaseError> {
    let (statuses, codes) = (stage.statuses(), stage.column("result_error_code"));
    let mut unknown = 0;
    for (place, (status, code)) in statuses.iter().zip(&codes).enumerate() {
        let times = world.booked(place + 1);
        prop_assert!(times <= 1, "row {} is booked {} times", place + 1, times);
        match status.as_str() {
            "ok" => prop_assert_eq!(times, 1, "row {} is ok, and was not booked", place + 1),
            "failed" | "skipped" => {
                prop_assert_eq!(times, 0, "row {} is {} ({}), and was booked", place + 1, status, code);
            }
            "unknown" => unknown += 1,
            other => prop_assert!(false, "nothing here is {other}"),
        }
    }
    Ok(unknown)
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => Just(Deed::Booked),
        3 => Just(Deed::BookedAndLost),
        3 => Just(Deed::Lost),
        3 => (1_u64..280).prop_map(Deed::Late),
        2 => (prop_oneof![Just(404_u16), Just(500), Just(502), Just(504)], any::<bool>())
            .prop_map(|(status, is_booked)| Deed::Replaced(status, is_booked)),
        1 => Just(Deed::Refused),
    ]
}

fn view() -> impl Strategy<Value = View> {
    (
        prop_oneof![3 => Just(0_u64), 2 => 1_u64..12],
        prop_oneof![3 => Just(255_usize), 1 => 5_usize..40],
        prop_oneof![1 => Just(1000_usize), 1 => 1_usize..6],
        0_usize..6,
        prop_oneof![3 => Just(0_i64), 1 => -90_000_i64..90_000],
        prop::bool::weighted(0.15),
        any::<bool>(),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(lag, cut, limit, old, skew, is_foreign, has_batches, has_date)| View {
            lag,
            cut,
            limit,
            old,
            skew,
            is_foreign,
            has_batches,
            has_date,
        })
}

fn later() -> impl Strategy<Value = Later> {
    let kind = prop_oneof![Just(SessionKind::Resume), Just(SessionKind::Reconcile)];
    (
        kind,
        any::<bool>(),
        0_u64..600,
        prop_oneof![3 => Just(0_u64), 1 => Just(3600)],
        prop::option::weighted(0.3, 0_usize..20),
    )
        .prop_map(|(kind, resend, after, ahead, stop)| Later { kind, resend, after, ahead, stop })
}

/// One run from its import to its last session. Rows that were asked about, and rows that stay unknown.
fn live(
    view: View,
    deeds: Vec<Deed>,
    first: (bool, Option<usize>),
    sessions: Vec<Later>,
    tagged: bool,
) -> Result<(u64, u64), TestCaseError> {
    let world = Rc::new(World {
        clock: RefCell::default(),
        view,
        deeds,
        sent: RefCell::default(),
        bookings: RefCell::default(),
    });
    let own = Rc::clone(&world);
    let stop_at: Rc<RefCell<Option<usize>>> = Rc::default();
    let (at, switch) =
        (Rc::clone(&stop_at), Rc::new(RefCell::new(None::<Rc<RefCell<crate::sending::StopSwitch>>>)));
    let pulled = Rc::clone(&switch);
    let rows = "customer_id,amount,comment\n1,5,a\n2,6,b\n3,7,c\n4,8,d\n";
    let mut stage = Stage::new("change_balance", rows, move |_, kind, fields| {
        let mut left = at.borrow_mut();
        if *left == Some(0)
            && let Some(stop) = pulled.borrow().as_ref()
        {
            stop.borrow().finish();
        }
        *left = left.and_then(|left| left.checked_sub(1));
        own.answer(kind, fields)
    });
    *world.clock.borrow_mut() = stage.clock.clone();
    *switch.borrow_mut() = Some(stage.stop());
    stage.policy.settle = Duration::from_secs(300);
    stage.policy.verify = Verify::InBatches;
    stage.on_booked = if tagged { OnBooked::Ignore } else { OnBooked::Untagged };
    (stage.policy.resend, *stop_at.borrow_mut()) = first;
    let ended = stage.import().expect("an end");
    if !stage.path("input.journal").exists() {
        prop_assert_ne!(ended, Exit::Done);
        return Ok((0, 0));
    }
    let mut unknown = check(&stage, &world)?;
    for Later { kind, resend, after, ahead, stop } in sessions {
        stage.clock.pass(Duration::from_secs(after));
        stage.clock.set_ahead(Duration::from_secs(ahead));
        stage.policy.resend = resend;
        *stop_at.borrow_mut() = stop;
        stage.go_on(kind).expect("an end");
        unknown = check(&stage, &world)?;
    }
    Ok((4, unknown))
}

#[test]
fn no_server_makes_the_program_lie_or_book_twice() {
    let cases = (
        view(),
        prop::collection::vec(deed(), 1..9),
        (any::<bool>(), prop::option::weighted(0.2, 0_usize..25)),
        prop::collection::vec(later(), 0..4),
        prop::bool::weighted(0.85),
    );
    let counts = RefCell::new((0_u64, 0_u64));
    let mut runner = TestRunner::new(ProptestConfig { cases: 48, ..ProptestConfig::default() });
    let ran = runner.run(&cases, |(view, deeds, first, sessions, tagged)| {
        let (rows, unknown) = live(view, deeds, first, sessions, tagged)?;
        let mut counts = counts.borrow_mut();
        *counts = (counts.0 + rows, counts.1 + unknown);
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
    // Servers that hide or lose what was booked leave about a third of the rows open. Caution has a limit.
    let (rows, unknown) = *counts.borrow();
    assert!(
        unknown * 4 < rows * 3,
        "of {rows} rows {unknown} stayed unknown at the end of their last session"
    );
}
