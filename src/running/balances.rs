//! The balances before the first booking, with which those after the last are compared. They are read many at a time
//! where the server can; where it cannot, only if that was asked for.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use futures_util::stream::{Stream, StreamExt, iter, unfold};

use super::differences::Booked;
use super::error::RunError;
use super::look::{Calls, RowLook};
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use super::spec::Verify;
use crate::catalogue::{Action, ApiSelector};
use crate::count::Count;
use crate::customers::{BalanceReader, FetchStop, ReadBalance};
use crate::events::{Event, Look, Refused};
use crate::reading::RowNumber;
use crate::sending::{Clock, StopReason, Transport};
use crate::validating::Money;

/// Balances before the first booking.
pub(super) const BALANCES: RowLook = RowLook { name: "balances", look: Look::Balances };

/// Customers whose balances are asked for together.
#[derive(Debug)]
struct CustomerGroup {
    /// The customers, each with the first row that is about them.
    customers: Vec<(u64, RowNumber)>,
    /// The last row that was looked at for them.
    last: RowNumber,
}

impl CustomerGroup {
    fn ids(&self) -> Vec<u64> {
        self.customers.iter().map(|(id, _)| *id).collect()
    }

    /// The row that is about a customer.
    fn row(&self, id: u64) -> RowNumber {
        self.customers.iter().find(|(known, _)| *known == id).map_or(self.last, |(_, row)| *row)
    }

    /// In parts of this size. Only the last part says how far the rows were looked at.
    fn parts(self, size: usize) -> Vec<Self> {
        let mut parts: Vec<Self> = self
            .customers
            .chunks(size.max(1))
            .map(|part| Self { customers: part.to_vec(), last: part[0].1 })
            .collect();
        match parts.last_mut() {
            Some(part) => part.last = self.last,
            None => parts.push(self),
        }
        parts
    }
}

/// Customers as the rows come that are about them, each customer once.
fn groups(calls: Calls, size: impl Fn() -> usize) -> impl Stream<Item = CustomerGroup> {
    unfold((calls.fuse(), HashSet::new(), size), |(mut calls, mut seen, size)| async move {
        let wanted = size();
        let mut group = CustomerGroup { customers: Vec::new(), last: RowNumber(0) };
        while group.customers.len() < wanted {
            let Some((row, call)) = calls.next().await else { break };
            group.last = row;
            // Every customer of a valid row has a number.
            if let Some(customer) = call.customer_number().filter(|customer| seen.insert(*customer)) {
                group.customers.push((customer, row));
            }
        }
        (!group.customers.is_empty()).then_some((group, (calls, seen, size)))
    })
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Reads the balances of all customers whom the rows are about.
    pub(super) async fn read_balances(
        &self,
        selector: ApiSelector,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        if self.policy.verify == Verify::Not || !end.may_send() {
            return Ok(());
        }
        let Some(step) = self.input.spec.operation.step_of(Action::ChangeBalance) else { return Ok(()) };
        let Some(calls) = self.still_to_look_at(BALANCES, step)? else { return Ok(()) };
        // What is there already, as a look has found, is in the balances that are read now.
        let there = if self.counts()?.ok > 0 { self.booked().await? } else { BTreeMap::new() };
        let reader = BalanceReader::new(&self.server.link, selector);
        let reader = &reader;
        let mut groups = Box::pin(groups(calls, || reader.size()));
        let Some(mut first) = groups.next().await else { return Ok(()) };
        let known = match self.try_size(reader, &first.ids(), end).await? {
            Some(tried) => tried,
            None => return Ok(()),
        };
        self.keep(&known, &there).await;
        first.customers.retain(|(id, _)| known.iter().all(|(read, _)| read != id));
        let parts = iter(first.parts(reader.size()))
            .chain(groups)
            .filter(|group| std::future::ready(!group.customers.is_empty()));
        let asked = parts.map(|group| async move {
            let read = reader.read(group.ids()).await;
            (group, read)
        });
        let mut unread = UnreadBalances::default();
        self.ask_each(asked, end, async |(group, read), end| {
            let read = match read {
                Ok(read) => read,
                Err(stop) => return Ok(self.gave_up(&stop, end)),
            };
            for (customer, balance) in &read {
                let Err(error) = balance else { continue };
                if self.policy.verify == Verify::Each {
                    let row = group.row(*customer);
                    let problem =
                        format!("the balance of customer {customer} (row {row}) cannot be read: {error}");
                    self.host.tell(Event::Error(&format!("--verify: {problem}. Nothing was sent")));
                    end.refused = Some(Refused::Server);
                    return Ok(ControlFlow::Break(()));
                }
                unread.add(*customer, error);
            }
            self.keep(&read, &there).await;
            self.looked_at(BALANCES, group.last).await;
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        if let Some(text) = unread.text() {
            self.host.tell(Event::Note(&text));
        }
        Ok(())
    }

    /// Finds out how many customers the server answers at once; the balances that were read for that, none where
    /// balances are not read.
    pub(super) async fn try_size(
        &self,
        reader: &BalanceReader<'_, T, C>,
        ids: &[u64],
        end: &mut RunEnd,
    ) -> Result<Option<Vec<ReadBalance>>, RunError> {
        if ids.len() < 2 {
            return Ok(Some(Vec::new()));
        }
        let Some(tried) = self.host.stop.stop().race(reader.try_size(ids)).await else {
            end.stop(StopReason::Interrupted);
            return Ok(None);
        };
        match tried {
            Ok(trial) if trial.taken || self.policy.verify == Verify::Each => Ok(Some(trial.read)),
            Ok(_) => {
                self.host.tell(Event::Note(
                    "balances are not verified: the server answers one customer per request; with --verify they are read one by one, before the first booking and after the last",
                ));
                Ok(None)
            }
            Err(stop) => {
                let _ = self.gave_up(&stop, end);
                Ok(None)
            }
        }
    }

    /// No further balance can be read before the first booking.
    fn gave_up(&self, stop: &FetchStop, end: &mut RunEnd) -> ControlFlow<()> {
        if self.policy.verify == Verify::Each {
            self.host
                .tell(Event::Error(&format!("--verify: balances cannot be read: {stop}. Nothing was sent")));
            end.refused = Some(Refused::Server);
        } else {
            self.host.tell(Event::Note(&format!(
                "balances are not verified, because they cannot be read: {stop}"
            )));
        }
        ControlFlow::Break(())
    }

    async fn keep(&self, read: &[ReadBalance], there: &BTreeMap<u64, Booked>) {
        for (customer, balance) in read {
            let there = there.get(customer).map_or(Some(Money::ZERO), |booked| booked.sum);
            if let (Ok(balance), Some(there)) = (balance, there)
                && let Some(before) = balance.minus(there)
            {
                let (customer, before) = (customer.to_string(), before.to_string());
                self.notes.report(Report::Balance { customer, before }).await;
            }
        }
    }
}

/// Customers whose balances could not be read.
#[derive(Debug, Default)]
pub(super) struct UnreadBalances {
    count: u64,
    first: Option<(u64, String)>,
}

impl UnreadBalances {
    pub(super) fn add(&mut self, customer: u64, error: &str) {
        self.count += 1;
        self.first.get_or_insert_with(|| (customer, error.to_owned()));
    }

    /// What people are told; none where all could be read.
    pub(super) fn text(&self) -> Option<String> {
        let (customer, error) = self.first.as_ref()?;
        let customers = Count(self.count, "customer");
        let example = if self.count == 1 { "" } else { "for example " };
        Some(format!(
            "the balances of {customers} are not verified, because they cannot be read; {example}customer {customer}: {error}"
        ))
    }
}
