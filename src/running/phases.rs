//! What the phases of a session have in common: the rows, the server, the journal, and who is told.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;

use super::error::RunError;
use super::first_pass::Validated;
use super::host::{Begun, Host};
use super::input::OpenInput;
use super::recorder::Notes;
use super::rows::Rows;
use super::session_kind::SessionKind;
use super::spec::Policy;
use crate::catalogue::{Action, ApiSelector, Step};
use crate::customers::{CustomerFinder, EmptyBillings, HistoryReader};
use crate::events::Event;
use crate::reading::RowNumber;
use crate::reconciling::{Proof, ReadBack};
use crate::recording::{Counts, Replay, RowStep, Run, Tagging};
use crate::sending::{Clock, Limits, Server, Transport};

/// What the phases of a session have in common.
pub(super) struct Phases<'s, T, C: Clock> {
    pub(super) input: &'s OpenInput,
    pub(super) policy: &'s Policy,
    pub(super) validated: &'s Validated,
    pub(super) server: &'s Server<T, C>,
    pub(super) journal: &'s Path,
    pub(super) run: &'s Run,
    pub(super) limits: Limits,
    pub(super) host: &'s Host<C>,
    pub(super) notes: Notes,
    pub(super) kind: SessionKind,
    pub(super) begun: Begun,
    /// By then, by the server's clock, all requests had ended that an earlier session has left in doubt; none where that
    /// is not known.
    pub(super) doubts_ended: Option<Timestamp>,
    pub(super) finder: CustomerFinder,
    pub(super) histories: HistoryReader,
    /// Where nobody has to be looked for.
    pub(super) billings: EmptyBillings,
    /// Whether this session has seen the server show what is there, for each step that must not happen twice.
    pub(super) proofs: RefCell<BTreeMap<Step, Proof>>,
    /// Parents whose rows have made nobody, and who are there all the same.
    pub(super) parents_found: RefCell<HashMap<RowNumber, String>>,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// The tags that comments carry.
    pub(super) fn tagging(&self) -> Tagging {
        self.input.spec.tagging(self.run.id)
    }

    /// What this session has seen the server show of what this step does.
    pub(super) fn proof_of(&self, step: Step) -> Proof {
        self.proofs.borrow().get(&step).cloned().unwrap_or(Proof::Untried)
    }

    pub(super) fn keep_proof(&self, step: Step, proof: Proof) {
        self.proofs.borrow_mut().insert(step, proof);
    }

    /// The step of a row that books money.
    pub(super) fn booking_of(&self, row: RowNumber) -> RowStep {
        let step = self.input.spec.operation.step_of(Action::ChangeBalance);
        RowStep { row, step: step.unwrap_or_default() }
    }

    /// How rows are read back.
    pub(super) fn reading_back(&self, selector: ApiSelector) -> ReadBack<'_, T, C> {
        let Self { finder, histories, .. } = self;
        ReadBack { link: &self.server.link, selector, histories, finder }
    }

    /// The time of day of this session.
    pub(super) fn time_of_day(&self) -> Timestamp {
        self.begun.time_of_day(&self.host.clock)
    }

    /// Says that a booking is there more than once.
    pub(super) fn tell_doubled(&self, row: RowNumber, times: u64) {
        let text = format!(
            "row {row} is booked {times} times: its tag is in so many entries of the customer's history"
        );
        self.host.tell(Event::Warning(&text));
    }

    /// Counts over the rows as the journal has them now.
    pub(super) fn counts(&self) -> Result<Counts, RunError> {
        Ok(self.replay()?.counts(self.validated.totals.rows)?)
    }

    /// Another pass over the rows.
    pub(super) fn rows(&self) -> Result<Rows, RunError> {
        self.validated.rows(&self.input.source)
    }

    /// Another pass over what the journal knows of them.
    pub(super) fn replay(&self) -> Result<Replay, RunError> {
        Ok(Replay::open(self.journal)?)
    }
}
