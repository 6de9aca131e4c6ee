//! How a run goes, gathered while it goes: the phases add to it, the summary and the exit code follow from it.

use super::session_kind::SessionKind;
use crate::catalogue::Effect;
use crate::events::Refused;
use crate::exit::Exit;
use crate::recording::{Counts, RunStep, Tally, Tried, next_step};
use crate::sending::{Stop, StopReason};

/// What a run came to, beside its rows.
#[derive(Debug, Default)]
pub(super) struct RunEnd {
    /// Why it stopped early.
    pub(super) stopped: Option<StopReason>,
    /// Why nothing was sent.
    pub(super) refused: Option<Refused>,
    pub(super) requests: u64,
    /// Of the requests, those that change nothing.
    pub(super) reads: u64,
    /// Of the requests, attempts after the first.
    pub(super) retries: u64,
    /// Whether there is a journal to go on with.
    pub(super) is_journaled: bool,
    /// Whether the server was asked about all rows in doubt.
    pub(super) asked: bool,
    /// Which command ends; none where it is not a session of a run.
    pub(super) session: Option<SessionKind>,
    /// Rows that wait until the history of their customer can be read.
    pub(super) unread: u64,
    /// Bookings that are there more than once.
    pub(super) doubled: u64,
    /// Customers whose balance is not what it should be.
    pub(super) differing: u64,
    /// Whether the server could not be used at all.
    pub(super) is_unreached: bool,
    /// How the rows stand in the journal at the end.
    pub(super) counts: Option<Counts>,
}

impl RunEnd {
    /// Nothing may be sent.
    pub(super) fn refused(why: Refused) -> Self {
        Self { refused: Some(why), ..Self::default() }
    }

    /// A run that has a journal, at its beginning.
    pub(super) fn journaled(session: SessionKind) -> Self {
        Self { is_journaled: true, session: Some(session), ..Self::default() }
    }

    /// The same, of which nothing but its rows is told.
    pub(super) fn of(counts: Counts) -> Self {
        Self { is_journaled: true, counts: Some(counts), ..Self::default() }
    }

    /// The one command to type next for the run; none where nothing is left, or only a person can go on.
    pub(super) fn next(&self, effect: Effect) -> Option<RunStep> {
        let counts = self.counts.filter(|_| self.is_journaled)?;
        let tried = Tried { asked: self.asked, resumed: self.resumed_in_vain(&counts) };
        let step = next_step(effect, &counts, tried)?;
        // What `reconcile` leaves open is a person's.
        let only_asks = self.asked && self.session == Some(SessionKind::Reconcile);
        (step != RunStep::Reconcile || !only_asks).then_some(step)
    }

    /// Whether it was to send what is not sent, and could send nothing of it.
    pub(super) fn resumed_in_vain(&self, counts: &Counts) -> bool {
        let waits = self.unread + counts.orphans;
        // A server that can't be used now can be used later.
        let is_idle = self.refused.is_some() && !self.is_unreached || waits > 0 && counts.unsent() <= waits;
        self.session == Some(SessionKind::Resume) && is_idle
    }

    /// The first reason is the one that counts.
    pub(super) fn stop(&mut self, reason: StopReason) {
        self.stopped.get_or_insert(reason);
    }

    /// An end that was wanted is the user's, or that of the time that was named.
    pub(super) fn name_reason(&mut self, stop: &Stop) {
        if self.stopped == Some(StopReason::Interrupted) {
            self.stopped = Some(stop.reason());
        }
    }

    /// Whether rows may still be sent.
    pub(super) fn may_send(&self) -> bool {
        self.stopped.is_none() && self.refused.is_none()
    }

    /// Whether the server may still be asked: a run that goes wrong is all the more in need of it.
    pub(super) fn may_ask(&self) -> bool {
        self.refused.is_none() && matches!(self.stopped, None | Some(StopReason::TooManyFailures(_)))
    }

    /// The exit code. `is_faulty`: the run itself broke.
    pub(super) fn exit(&self, tally: &Tally, is_faulty: bool) -> Exit {
        match &self.stopped {
            Some(StopReason::Interrupted) => Exit::Interrupted,
            Some(_) => Exit::StoppedEarly,
            None if self.refused.is_some() || is_faulty => Exit::StoppedEarly,
            None if tally.is_all_ok() && self.doubled == 0 && self.differing == 0 => Exit::Done,
            None => Exit::SomeNotOk,
        }
    }
}
