//! The balances before the first booking, with which those after the last are compared.

use std::collections::HashSet;

use super::error::RunError;
use super::look::RowLook;
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use crate::catalogue::ApiSelector;
use crate::customers::balance;
use crate::events::Look;
use crate::sending::{Clock, Transport};

/// Balances before the first booking.
pub(super) const BALANCES: RowLook = RowLook { name: "balances", look: Look::Balances };

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Reads the balances of all customers whom the rows are about.
    pub(super) async fn read_balances(
        &self,
        selector: ApiSelector,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        if !self.policy.verify || !end.may_send() {
            return Ok(());
        }
        let link = &self.server.link;
        let mut seen = HashSet::new();
        let ask = |_, call: crate::validating::Call| {
            let customer = call.customer().unwrap_or_default().to_owned();
            let is_new = seen.insert(customer.clone());
            async move {
                let read = if is_new { Some(balance(link, selector, &customer).await) } else { None };
                (customer, read)
            }
        };
        self.look_at_rows(BALANCES, end, ask, async |row, (customer, read)| match read {
            None => Ok(()),
            Some(Ok(before)) => {
                self.notes.report(Report::Balance { customer, before: before.to_string() }).await;
                Ok(())
            }
            Some(Err(error)) => Err(format!(
                "--verify: the balance of customer {customer} (row {row}) cannot be read: {error}"
            )),
        })
        .await
    }
}
