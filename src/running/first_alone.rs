//! The first call of a session that must not happen twice goes alone, and is read back: only a server that shows what is
//! there can prove later that something is not. What is measured is kept in the journal.

use std::collections::BTreeMap;

use tokio::sync::{mpsc, oneshot};

use super::doubts::{Doubtful, Meanwhile};
use super::error::RunError;
use super::facts;
use super::phases::Phases;
use super::recorder::{Applied, FoundOut, Report};
use super::session_kind::SessionKind;
use super::spec::{OnBooked, OnExisting};
use crate::catalogue::{Action, ApiSelector, Effect, Step};
use crate::events::Event;
use crate::reconciling::{CustomerBookings, Instrument, Proof, Sample};
use crate::recording::{Entry, RowResult, RowStep, Status, Tagging};
use crate::sending::{Clock, Transport};
use crate::validating::{Call, Money, StepSet};

/// So many bookings go alone until one is answered `OK`; then the rest goes without.
const ALONE: usize = 5;

/// A call that is read back.
#[derive(Debug)]
pub(super) struct TracedCall {
    pub(super) of: RowStep,
    /// The call as the file has it, without a tag.
    pub(super) call: Call,
    /// Whom the call is about, where an earlier session has made its customer.
    pub(super) customer: Option<String>,
    /// Whether the row's customer is one that this run makes.
    pub(super) is_new: bool,
    /// What the journal knew of it.
    pub(super) entry: Option<Entry>,
    pub(super) tagging: Tagging,
}

/// A row that goes alone.
pub(super) struct Alone {
    /// What is read back of it, each with what became of it, once that is in the journal.
    pub(super) watched: Vec<(TracedCall, oneshot::Receiver<RowResult>)>,
    /// Says of which steps the next calls go alone too. Dropped, it says that nothing more goes.
    pub(super) go: oneshot::Sender<StepSet>,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// The steps whose first calls are read back before others go.
    pub(super) fn steps_alone(&self) -> StepSet {
        let open = |step: &Step| !matches!(self.proof_of(*step), Proof::Shown(_));
        let steps = self.input.spec.operation.once_only().filter(|_| self.policy.reconcile);
        steps.filter(open).collect()
    }

    /// What is sent from here on may end in doubt later than what was written down of that.
    pub(super) async fn forget_doubts_end(&self) {
        if self.input.spec.operation.effect() == Effect::OnceOnly {
            self.notes.report(Report::Fact(facts::DOUBTS_ENDED, String::new())).await;
        }
    }

    /// Whether nothing more may be sent to a server that does not find what was made: customers were looked for before
    /// the first row, and what that look has not found may be there.
    fn must_find(&self, step: Step) -> bool {
        self.input.spec.operation.step(step).action == Action::Add
            && self.policy.existing != OnExisting::Ignore
    }

    /// Why nothing more may be sent in a run that has made customers before: the server does not find them.
    pub(super) async fn blind_search(&self, selector: ApiSelector) -> Result<Option<String>, RunError> {
        let step = self.input.spec.operation.step_of(Action::Add).filter(|step| self.must_find(*step));
        let Some(step) = step.filter(|_| self.policy.reconcile && self.kind == SessionKind::Resume) else {
            return Ok(None);
        };
        let samples = self.doubts(step, Doubtful::Unknown, Meanwhile::Nothing).await?.samples;
        let tried = self.host.stop.stop().race(self.reading_back(selector).any_of(&samples)).await;
        let proof = tried.unwrap_or(Proof::Untried);
        self.keep_proof(step, proof.clone());
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
        let (mut alone, mut went) = (self.steps_alone(), BTreeMap::new());
        while let Some(Alone { watched, go }) = rows.recv().await {
            let mut customer = None;
            for (trace, answered) in watched {
                let step = trace.of.step;
                let result = answered.await.ok()?;
                let went = went.entry(step).or_insert(0);
                *went += 1;
                if result.status != Status::Ok {
                    if *went >= ALONE && !self.must_find(step) {
                        alone = alone.without(step);
                    }
                    continue;
                }
                customer = result.id.clone().or(customer);
                if let Some(why) = self.read_back_one(selector, trace, result, customer.as_deref()).await? {
                    return Some(why);
                }
                alone = alone.without(step);
            }
            // A reader who is gone wants nothing more.
            let _ = go.send(alone);
        }
        None
    }

    /// Reads a call back that was answered `OK`; none where the user wants an end. What is in it keeps anything more from
    /// being sent.
    async fn read_back_one(
        &self,
        selector: ApiSelector,
        trace: TracedCall,
        result: RowResult,
        customer: Option<&str>,
    ) -> Option<Option<String>> {
        let TracedCall { of, call, customer: known, is_new, entry, tagging } = trace;
        let call = match known.as_deref().or(customer) {
            Some(customer) => call.of_customer(customer, self.input.spec.rules.server),
            None => call,
        };
        let tag = tagging.tag(of.row, call.key(), entry.as_ref());
        let bookings = self.first_booking(&call, is_new);
        let sample = Sample { call, tag, id: result.id, sent: Some(self.time_of_day()), bookings };
        let proof = self.host.stop.stop().race(self.reading_back(selector).fresh(&sample)).await?;
        self.keep_proof(of.step, proof.clone());
        match proof {
            Proof::Shown(instrument) => {
                self.keep_measured(instrument).await;
                self.keep_times(of, instrument.times).await;
            }
            Proof::NotShown(why) | Proof::Unread(why) if self.must_find(of.step) => return Some(Some(why)),
            Proof::NotShown(why) | Proof::Unread(why) => {
                let is_looked_for = matches!(self.input.spec.on_booked, OnBooked::Fail | OnBooked::Skip);
                let again = if is_looked_for && sample.call.amount().is_some() {
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
        Some(None)
    }

    /// What is known beside the first booking of a run. In a later session other rows of the customer may be booked.
    fn first_booking(&self, call: &Call, is_new: bool) -> CustomerBookings {
        let is_first = self.kind == SessionKind::Import;
        let read = |customer| self.replay().ok()?.balance_before(customer).ok()?;
        let before = call.customer().filter(|_| is_first).and_then(read);
        CustomerBookings {
            before: if is_new {
                Some(Money::ZERO)
            } else {
                before.and_then(|text| Money::written_by_server(&text))
            },
            booked: call.amount(),
            ..CustomerBookings::default()
        }
    }

    /// A booking that a proxy has sent twice is seen here, also where no balances are compared.
    async fn keep_times(&self, of: RowStep, times: u64) {
        if times > 1 {
            self.tell_doubled(of.row, times);
            let found = Ok(Applied { id: None, times });
            self.notes.report(Report::Found(vec![FoundOut { of, found }])).await;
        }
    }

    /// Keeps what was measured for later sessions.
    async fn keep_measured(&self, instrument: Instrument) {
        for (name, value) in facts::of_instrument(&instrument) {
            self.notes.report(Report::Fact(name, value)).await;
        }
    }
}
