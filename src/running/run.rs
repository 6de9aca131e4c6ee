//! The phases of a session, in order. `Phases::all` is the list; each phase has a file of its own.

use super::booked_before::UnreadRows;
use super::chain::Scope;
use super::error::RunError;
use super::phases::Phases;
use super::precheck::LOOKS;
use super::probe::probe;
use super::run_end::RunEnd;
use super::session_kind::SessionKind;
use crate::catalogue::ApiSelector;
use crate::events::Event;
use crate::sending::{Clock, StopReason, Transport};

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Everything that a session does, in order. What it came to is in `end`.
    pub(super) async fn all(&self, known: Option<ApiSelector>, end: &mut RunEnd) -> Result<(), RunError> {
        let Some(selector) = self.selector(known, end).await else { return Ok(()) };
        self.tell_ahead()?;
        let mut unread = UnreadRows::default();
        if self.kind != SessionKind::Reconcile {
            self.look_for_existing(selector, end).await?;
            // Whom it has found, the next look asks about.
            self.notes.written().await;
            unread = self.look_for_bookings(selector, end).await?;
            self.notes.written().await;
            self.read_balances(selector, end).await?;
            if let Some(why) = self.blind_search(selector).await? {
                end.stop(StopReason::Blind(why));
            }
            if end.may_send() {
                self.look_for_lost_parents(selector, end).await?;
            }
            if end.may_send() {
                self.all_looked_at(&LOOKS).await;
                self.host.tell(Event::Sending(self.validated.totals.rows));
                self.will_verify().await;
                self.send(selector, Scope::Open, &unread, end).await?;
            }
            self.reconcile(selector, end).await?;
            self.go_on_with_rows(selector, &unread, end).await?;
        } else {
            self.reconcile(selector, end).await?;
        }
        // Once in a session: to send them once more takes another command.
        if self.policy.resend && end.may_send() {
            self.will_verify().await;
            self.resend(selector, end).await?;
            self.reconcile(selector, end).await?;
            if self.kind != SessionKind::Reconcile {
                self.go_on_with_rows(selector, &unread, end).await?;
            }
        }
        self.verify(selector, end).await
    }

    /// Sends the steps of rows, and the children, that waited for one in doubt, which has turned out to be done.
    async fn go_on_with_rows(
        &self,
        selector: ApiSelector,
        unread: &UnreadRows,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        let operation = self.input.spec.operation;
        for _ in 1..operation.step_count() {
            if !end.may_send()
                || !self.notes.written().await
                || self.counts()?.unsent() <= unread.len() as u64
            {
                return Ok(());
            }
            let mut unread = unread.clone();
            if self.kind != SessionKind::Import {
                // Whose customer was in doubt, nobody has looked for: the journal may be an old one.
                unread.extend(self.look_for_bookings(selector, end).await?);
                if !end.may_send() || !self.notes.written().await {
                    return Ok(());
                }
            }
            let left = self.counts()?.unsent();
            self.send(selector, Scope::Open, &unread, end).await?;
            self.notes.written().await;
            self.reconcile(selector, end).await?;
            if self.counts()?.unsent() >= left {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Finds out whether the server can be used, unless that is known.
    async fn selector(&self, known: Option<ApiSelector>, end: &mut RunEnd) -> Option<ApiSelector> {
        if known.is_some() {
            return known;
        }
        match probe(self.server, self.host).await {
            Ok(selector) => Some(selector),
            Err(unusable) => {
                (end.stopped, end.refused) = (unusable.stopped, unusable.refused);
                end.is_unreached = true;
                None
            }
        }
    }
}
