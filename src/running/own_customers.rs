//! A later session finds the run's own customers in billings that were empty when it began. Where the server lists them all,
//! and it is known who else is there, nobody has to be searched for one by one.

use std::collections::BTreeMap;

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use super::session_kind::SessionKind;
use crate::catalogue::{Action, ApiSelector, Step};
use crate::recording::Status;
use crate::sending::{Clock, Transport};

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Lists the billings that were empty when the run began.
    pub(super) async fn list_own_billings(&self, selector: ApiSelector) -> Result<(), RunError> {
        let Some(step) = self.input.spec.operation.step_of(Action::Add) else { return Ok(()) };
        if self.kind != SessionKind::Resume || self.billings.all_begun().is_empty() {
            return Ok(());
        }
        for (billing, own) in self.own_customers(step).await? {
            let listing = self.billings.list_others(&self.server.link, selector, &billing, &own);
            if self.host.stop.stop().race(listing).await.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// The customers whom the run has made in each of those billings, sorted.
    async fn own_customers(&self, step: Step) -> Result<BTreeMap<String, Vec<u64>>, RunError> {
        let (rows, mut replay) = (self.rows()?, self.replay()?);
        let mut own: BTreeMap<String, Vec<u64>> =
            self.billings.all_begun().into_iter().map(|billing| (billing, Vec::new())).collect();
        let gathered = spawn_blocking(move || -> Result<_, RunError> {
            rows.each(
                |checked| checked.calls(),
                |row, checked| {
                    let entry = replay.entries(row.number())?.into_entry(step);
                    let add = checked.ok().and_then(|calls| calls.into_call(step));
                    let (Some(entry), Some(add)) = (entry, add) else { return Ok(true) };
                    let id = entry.result.id.and_then(|id| id.parse().ok());
                    if let (Status::Ok, Some(id)) = (entry.result.status, id)
                        && let Some(own) = add.billing_of_new().and_then(|billing| own.get_mut(billing))
                    {
                        own.push(id);
                    }
                    Ok(true)
                },
            )?;
            own.values_mut().for_each(|own| {
                own.sort_unstable();
                own.dedup();
            });
            Ok(own)
        });
        gathered.await?
    }
}
