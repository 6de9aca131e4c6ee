//! Nothing leaves before its intent is recorded, many calls share one write, and few are recorded long before they
//! leave.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use super::support::{Reply, Server, Setup, jobs, jobs_for};
use crate::sending::outcome::{FailureCode, Problem};
use crate::sending::stop::StopSignal;
use crate::sending::{Fate, Intent, IntentLog, NotRecorded, PriorAttempts, StopReason, Ticket};

/// Records intents, takes its time, and may fail.
#[derive(Clone, Default)]
struct Book {
    groups: Rc<RefCell<Vec<Vec<Intent>>>>,
    written: Rc<RefCell<HashSet<Ticket>>>,
    takes: Duration,
    /// So many groups can be written.
    room: Option<usize>,
    writing: Rc<Cell<bool>>,
}

impl IntentLog for Book {
    fn record(&self, intents: Vec<Intent>) -> impl Future<Output = Result<(), NotRecorded>> + 'static {
        let book = self.clone();
        async move {
            assert!(!book.writing.replace(true), "two groups at a time");
            tokio::time::sleep(book.takes).await;
            book.writing.set(false);
            if book.room.is_some_and(|room| book.groups.borrow().len() >= room) {
                return Err(NotRecorded);
            }
            book.written.borrow_mut().extend(intents.iter().map(|intent| intent.ticket));
            book.groups.borrow_mut().push(intents);
            Ok(())
        }
    }
}

/// A server that checks that whatever arrives was recorded; customers are 1000 and up, tickets from 0.
fn server_of(book: &Book) -> Server {
    let written = Rc::clone(&book.written);
    Server::new(move |request| {
        let customer: u64 = request.customer().parse().expect("an id");
        assert!(written.borrow().contains(&Ticket(customer - 1000)), "{customer} was not recorded");
        Reply::Ok
    })
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_before_its_intent_is_recorded() {
    for operation in ["change_balance", "edit", "delete"] {
        let book = Book { takes: Duration::from_millis(7), ..Book::default() };
        let course = Setup::default().run_recorded(&server_of(&book), jobs(operation, 50), &book).await;
        course.assert_whole();
        assert_eq!(course.letters(), "D".repeat(50));
        assert_eq!(book.groups.borrow().iter().flatten().count(), 50, "each is recorded once");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_a_slow_disk_share_it() {
    let book = Book { takes: Duration::from_millis(200), ..Book::default() };
    let setup = Setup { concurrency: 8, ..Setup::default() };
    let course = setup.run_recorded(&server_of(&book), jobs("change_balance", 160), &book).await;
    course.assert_whole();
    // Up to twice the concurrency in a group.
    let groups = book.groups.borrow().len();
    assert!(groups <= 14, "{groups} groups for 160 calls");
}

#[tokio::test(start_paused = true)]
async fn at_a_low_rate_hardly_anything_is_recorded_long_before_it_leaves() {
    let book = Book::default();
    let written = Rc::clone(&book.written);
    let arrived = Rc::new(Cell::new(0));
    let seen = Rc::clone(&arrived);
    let server = Server::new(move |_| {
        seen.set(seen.get() + 1);
        assert!(
            written.borrow().len() <= seen.get() + 1,
            "{} recorded at arrival {}",
            written.borrow().len(),
            seen.get()
        );
        Reply::Ok
    });
    let setup = Setup { rate: "5/s", concurrency: 8, ..Setup::default() };
    setup.run_recorded(&server, jobs("change_balance", 30), &book).await.assert_whole();
    assert_eq!(arrived.get(), 30);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_written_down_nothing_more_is_sent() {
    let book = Book { room: Some(2), takes: Duration::from_millis(1), ..Book::default() };
    let course = Setup::default().run_recorded(&server_of(&book), jobs("change_balance", 60), &book).await;
    course.assert_whole();
    assert_eq!(course.ended.stopped, Some(StopReason::NotRecorded));
    let (done, unsent) = (course.letters().matches('D').count(), course.letters().matches('N').count());
    assert!(done > 0 && done <= book.written.borrow().len(), "{done}");
    assert_eq!((done + unsent, course.ended.requests), (course.taken, done as u64));
}

#[tokio::test(start_paused = true)]
async fn what_was_recorded_and_did_not_leave_is_not_sent() {
    let book = Book { takes: Duration::from_secs(10), ..Book::default() };
    for signal in [StopSignal::Finish, StopSignal::Abandon] {
        let setup = Setup { stops: vec![(Duration::from_secs(5), signal)], ..Setup::default() };
        let course = setup.run_recorded(&server_of(&book), jobs("change_balance", 20), &book).await;
        course.assert_whole();
        assert_eq!(course.letters(), "N".repeat(course.taken), "{signal:?}");
        assert_eq!(course.ended.requests, 0);
        book.writing.set(false);
    }
}

#[tokio::test(start_paused = true)]
async fn what_earlier_runs_know_of_a_call_counts() {
    let doubt = Problem::new(FailureCode::Timeout, "no answer yesterday");
    let prior = PriorAttempts { attempts: 3, doubt: Some(doubt.clone()) };
    let mut jobs = jobs_for("edit", &[1000]);
    jobs[0].prior = prior.clone();
    let refused = Setup::default().run(&Server::replies(&[Reply::No(200)]), jobs.clone()).await.only();
    assert_eq!(refused.attempts, 4);
    let Fate::Unknown(problem) = refused.fate else {
        panic!("a refusal settles nothing: {:?}", refused.fate)
    };
    assert!(problem.text.starts_with("no answer yesterday; then: "), "{problem}");
    let done = Setup::default().run(&Server::replies(&[Reply::Ok]), jobs.clone()).await.only();
    assert!(matches!(done.fate, Fate::Ok { .. }) && done.attempts == 4);
    // Stopped before it could be sent again, it is as much in doubt as before.
    let setup = Setup { stops: vec![(Duration::ZERO, StopSignal::Finish)], rate: "1/h", ..Setup::default() };
    let mut two = jobs_for("edit", &[1, 2, 3]);
    two.iter_mut().for_each(|job| job.prior = prior.clone());
    let course = setup.run(&Server::replies(&[Reply::Ok]), two).await;
    for (_, outcome) in course.outcomes() {
        assert!(
            matches!(&outcome.fate, Fate::Unknown(p) if *p == doubt)
                || matches!(outcome.fate, Fate::Ok { .. }),
            "{outcome:?}"
        );
    }
}
