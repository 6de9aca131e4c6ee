//! What is ahead of a session, as far as it can be known before its first request: the parts that progress counts, and the
//! requests that each of them takes. What turns out otherwise puts progress right, and nothing else.

use super::balances::BALANCES;
use super::error::RunError;
use super::estimate::Workload;
use super::phases::Phases;
use super::session_kind::SessionKind;
use super::spec::{OnBooked, OnExisting, Verify};
use crate::catalogue::{Action, Effect};
use crate::customers::group_count;
use crate::events::{Ahead, Event, Look, WorkPart};
use crate::sending::{Clock, Transport};

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Tells what is ahead.
    pub(super) fn tell_ahead(&self) -> Result<(), RunError> {
        let ahead = self.ahead()?;
        self.host.tell(Event::Ahead(&ahead));
        Ok(())
    }

    fn ahead(&self) -> Result<Vec<Ahead>, RunError> {
        let (counts, totals) = (self.counts()?, &self.validated.totals);
        let operation = self.input.spec.operation;
        let unsent = counts.unsent().min(totals.valid());
        let customers = totals.customers.unwrap_or(unsent);
        let batches = |customers: u64| match self.policy.verify {
            Verify::Not => 0,
            Verify::InBatches | Verify::Each => group_count(customers, self.limits.concurrency),
        };
        let mut ahead = Vec::new();
        let mut add = |part, rows, calls| {
            if rows > 0 && calls > 0 {
                ahead.push(Ahead { part, rows, calls });
            }
        };
        if self.kind != SessionKind::Reconcile {
            if operation.does(Action::Add) && self.policy.existing != OnExisting::Ignore {
                add(WorkPart::Look(Look::Existing), unsent, unsent);
            }
            let looks_again = self.kind == SessionKind::Resume;
            let looks = match self.input.spec.on_booked {
                OnBooked::Fail | OnBooked::Skip => true,
                OnBooked::Ignore => looks_again,
                OnBooked::Untagged => false,
            };
            if operation.books_money() && looks {
                add(WorkPart::Look(Look::Bookings), unsent, customers.min(unsent));
            }
            let unread = totals.rows.saturating_sub(self.replay()?.progress(BALANCES.name)?);
            add(WorkPart::Look(Look::Balances), unread, batches(customers.min(unread)));
            let again = if operation.effect() == Effect::OnceOnly { 0 } else { counts.unknown };
            let left = Workload::of(self.validated).part(unsent + again, totals.valid());
            add(WorkPart::Sending, unsent + again, left.writes());
        }
        if operation.effect() == Effect::OnceOnly && self.policy.reconcile {
            add(WorkPart::FindingOut, counts.unknown, counts.unknown);
        }
        add(WorkPart::Look(Look::BalancesAgain), customers, batches(customers));
        Ok(ahead)
    }
}
