//! The first call of a session that must not happen twice goes alone, and is read back: only a server that shows what is
//! there can prove later that something is not. What is measured is kept in the journal.

use tokio::sync::{mpsc, oneshot};

use super::doubts::{Doubtful, Meanwhile};
use super::error::RunError;
use super::facts;
use super::phases::Phases;
use super::recorder::{Applied, FoundOut, Report};
use super::session_kind::SessionKind;
use super::spec::{OnBooked, OnExisting};
use crate::catalogue::{Action, ApiSelector, Effect};
use crate::events::Event;
use crate::reading::RowNumber;
use crate::reconciling::{CustomerBookings, Instrument, Proof, Sample};
use crate::recording::{RowResult, Status, Tag};
use crate::sending::{Clock, Transport};
use crate::validating::{Call, Money};

/// So many bookings go alone until one is answered `OK`; then the rest goes without.
const ALONE: usize = 5;

/// A row that goes alone.
pub(super) struct Alone {
    pub(super) row: RowNumber,
    /// Its call as the file has it, without a tag.
    pub(super) call: Call,
    pub(super) tag: Option<Tag>,
    /// What became of it, once that is in the journal.
    pub(super) answered: oneshot::Receiver<RowResult>,
    /// Says who goes next. Dropped, it says that nobody does.
    pub(super) go: oneshot::Sender<GoesNext>,
}

/// Who goes after a row that went alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoesNext {
    /// All others.
    All,
    /// One more, alone.
    OneAlone,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Whether the first row is read back before the others go.
    pub(super) fn goes_alone(&self) -> bool {
        let is_once_only = self.input.spec.operation.effect() == Effect::OnceOnly;
        let is_open = !matches!(*self.proof.borrow(), Proof::Shown(_));
        is_once_only && is_open && self.policy.reconcile
    }

    /// What is sent from here on may end in doubt later than what was written down of that.
    pub(super) async fn forget_doubts_end(&self) {
        if self.input.spec.operation.effect() == Effect::OnceOnly {
            self.notes.report(Report::Fact(facts::DOUBTS_ENDED, String::new())).await;
        }
    }

    /// Whether nothing more may be sent to a server that does not find what was made: customers were looked for before
    /// the first row, and what that look has not found may be there.
    fn must_find(&self) -> bool {
        self.input.spec.operation.does(Action::Add) && self.policy.existing != OnExisting::Ignore
    }

    /// Why nothing more may be sent in a run that has made customers before: the server does not find them.
    pub(super) async fn blind_search(&self, selector: ApiSelector) -> Result<Option<String>, RunError> {
        if !self.must_find() || !self.policy.reconcile || self.kind != SessionKind::Resume {
            return Ok(None);
        }
        let samples = self.doubts(Doubtful::Unknown, Meanwhile::Nothing).await?.samples;
        let tried = self.host.stop.stop().race(self.reading_back(selector).any_of(&samples)).await;
        let proof = tried.unwrap_or(Proof::Untried);
        *self.proof.borrow_mut() = proof.clone();
        Ok(match proof {
            Proof::NotShown(why) | Proof::Unread(why) => Some(why),
            Proof::Shown(_) | Proof::Untried => None,
        })
    }

    /// Reads rows back that go alone, until one of them says how this server shows what is there. What is returned
    /// keeps anything more from being sent.
    pub(super) async fn read_back(
        &self,
        selector: ApiSelector,
        mut rows: mpsc::Receiver<Alone>,
    ) -> Option<String> {
        let mut went = 0;
        while let Some(Alone { row, call, tag, answered, go }) = rows.recv().await {
            let result = answered.await.ok()?;
            went += 1;
            if result.status != Status::Ok {
                let is_enough = went >= ALONE && !self.must_find();
                let _ = go.send(if is_enough { GoesNext::All } else { GoesNext::OneAlone });
                continue;
            }
            let bookings = self.first_booking(&call);
            let sample = Sample { call, tag, id: result.id, sent: Some(self.time_of_day()), bookings };
            let proof = self.host.stop.stop().race(self.reading_back(selector).fresh(&sample)).await?;
            *self.proof.borrow_mut() = proof.clone();
            match proof {
                Proof::Shown(instrument) => {
                    self.keep_measured(instrument).await;
                    self.keep_times(row, instrument.times).await;
                }
                Proof::NotShown(why) | Proof::Unread(why) if self.must_find() => return Some(why),
                Proof::NotShown(why) | Proof::Unread(why) => {
                    let again = if matches!(self.input.spec.on_booked, OnBooked::Fail | OnBooked::Skip) {
                        ", and bookings that an earlier import of this list made may not be recognised"
                    } else {
                        ""
                    };
                    self.host.tell(Event::Warning(&format!(
                        "the first row was answered OK, and could not be read back: {why}. The run goes on; a row whose answer is lost stays unknown unless the server shows it{again}"
                    )));
                }
                Proof::Untried => {}
            }
            // A reader who is gone wants nothing more.
            let _ = go.send(GoesNext::All);
        }
        None
    }

    /// What is known beside the first booking of a run. In a later session other rows of the customer may be booked.
    fn first_booking(&self, call: &Call) -> CustomerBookings {
        let is_first = self.kind == SessionKind::Import;
        let read = |customer| self.replay().ok()?.balance_before(customer).ok()?;
        let before = call.customer().filter(|_| is_first).and_then(read);
        CustomerBookings {
            before: before.and_then(|text| Money::written_by_server(&text)),
            booked: call.amount(),
            ..CustomerBookings::default()
        }
    }

    /// A booking that a proxy has sent twice is seen here, also where no balances are compared.
    async fn keep_times(&self, row: RowNumber, times: u64) {
        if times > 1 {
            self.tell_doubled(row, times);
            let found = Ok(Applied { id: None, times });
            self.notes.report(Report::Found(vec![FoundOut { row, found }])).await;
        }
    }

    /// Keeps what was measured for later sessions.
    async fn keep_measured(&self, instrument: Instrument) {
        for (name, value) in facts::of_instrument(&instrument) {
            self.notes.report(Report::Fact(name, value)).await;
        }
    }
}
