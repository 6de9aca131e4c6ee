//! After the last booking, is the difference of every balance what was booked?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use futures_util::future::Either;
use futures_util::stream::{StreamExt, iter};
use tokio::task::spawn_blocking;

use super::balances::UnreadBalances;
use super::differences::{Booked, Compared};
use super::doubts::{Doubtful, Meanwhile};
use super::error::RunError;
use super::facts;
use super::phases::Phases;
use super::rows::{call_of, is_new};
use super::run_end::RunEnd;
use super::spec::Verify;
use crate::catalogue::{Action, ApiSelector};
use crate::count::Count;
use crate::customers::BalanceReader;
use crate::events::{Event, Look};
use crate::reconciling::{Instrument, Proof};
use crate::recording::{Replay, Status};
use crate::sending::{Clock, Transport};
use crate::validating::Money;

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Writes down that balances are to be compared after what is booked now: a session that is killed before it has done
    /// so leaves that to the next.
    pub(super) async fn will_verify(&self) {
        if self.policy.verify != Verify::Not {
            self.notes.report(facts::unverified(true)).await;
        }
    }

    /// Compares the balances of all customers touched with what they were, and tells each that differs.
    pub(super) async fn verify(&self, selector: ApiSelector, end: &mut RunEnd) -> Result<(), RunError> {
        self.compare(selector, end).await?;
        if self.policy.verify != Verify::Not && end.may_send() && self.counts()?.unsent() == 0 {
            self.notes.report(facts::unverified(false)).await;
        }
        Ok(())
    }

    async fn compare(&self, selector: ApiSelector, end: &mut RunEnd) -> Result<(), RunError> {
        if self.policy.verify == Verify::Not || !end.may_send() {
            return Ok(());
        }
        self.notes.written().await;
        if self.counts()?.unsent() > 0 {
            return Ok(());
        }
        let replay = self.replay()?;
        let mut booked = self.booked().await?;
        if booked.values().any(|booked| booked.is_new) && !self.shows_balances(selector).await? {
            // A server may give new customers something to begin with.
            booked.retain(|_, booked| !booked.is_new);
        }
        if self.policy.verify == Verify::InBatches {
            // Of the others nothing is known to compare with, and that was told.
            booked = with_known(booked, &replay)?;
        }
        if booked.is_empty() {
            return Ok(());
        }
        let total = booked.len() as u64;
        self.host.tell(Event::Looking { look: Look::BalancesAgain, rows: total, done: 0 });
        let ids: Vec<u64> = booked.keys().copied().collect();
        let reader = BalanceReader::new(&self.server.link, selector);
        let Some(known) = self.try_size(&reader, &ids, end).await? else { return Ok(()) };
        let tried: Vec<u64> = known.iter().map(|(read, _)| *read).collect();
        let mut rest = ids.iter().copied().filter(|id| !tried.contains(id));
        let reader = &reader;
        let groups = std::iter::from_fn(|| reader.next_group(&mut rest));
        let reads = groups.map(|group| reader.read(group));
        let known = iter([Ok(known)]);
        let asked = known.map(|known| Either::Left(std::future::ready(known)));
        let asked = asked.chain(iter(reads.map(Either::Right)));
        let (mut done, mut unread, mut compared) = (0, UnreadBalances::default(), Compared::default());
        self.ask_each(asked, end, async |read, end| {
            let read = match read {
                Ok(read) => read,
                Err(stop) => {
                    end.differing += u64::from(self.policy.verify == Verify::Each);
                    let text = format!("balances are not verified, because they cannot be read: {stop}");
                    self.host.tell(Event::Warning(&text));
                    return Ok(ControlFlow::Break(()));
                }
            };
            done += read.len() as u64;
            self.host.tell(Event::Looked(done));
            for (customer, after) in read {
                let Some(booked) = booked.get(&customer) else { continue };
                let text = match (balance_before(&replay, customer, booked)?, after) {
                    (Some(before), Ok(after)) => {
                        compared.add(customer, before, after, *booked);
                        continue;
                    }
                    (_, Err(error)) if self.policy.verify == Verify::InBatches => {
                        unread.add(customer, &error);
                        continue;
                    }
                    (None, _) => "its balance before the run is not known".to_owned(),
                    (_, Err(error)) => format!("its balance cannot be read: {error}"),
                };
                end.differing += 1;
                self.host.tell(Event::Warning(&format!("balances: customer {customer}: {text}")));
            }
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        if let Some(text) = unread.text() {
            self.host.tell(Event::Note(&text));
        }
        if end.stopped.is_some() {
            return Ok(());
        }
        if !compared.differing.is_empty() {
            return self.explain_all(selector, compared, end).await;
        }
        if unread.text().is_none() && end.differing == 0 {
            let customers = Count(total, "customer");
            let text = format!("balances: those of {customers} differ by what was booked, to the last digit");
            self.host.tell(Event::Note(&text));
        }
        Ok(())
    }

    /// Whether the server was seen to show a balance that is what was booked.
    async fn shows_balances(&self, selector: ApiSelector) -> Result<bool, RunError> {
        let Some(step) = self.input.spec.operation.step_of(Action::ChangeBalance) else { return Ok(false) };
        if matches!(self.proof_of(step), Proof::Untried) {
            let samples = self.doubts(step, Doubtful::Unknown, Meanwhile::Nothing).await?.samples;
            let _ = self.instrument(selector, step, &samples).await?;
        }
        Ok(matches!(self.proof_of(step), Proof::Shown(Instrument { has_balance: true, .. })))
    }

    /// What was booked for each customer.
    pub(super) async fn booked(&self) -> Result<BTreeMap<u64, Booked>, RunError> {
        let Some(step) = self.input.spec.operation.step_of(Action::ChangeBalance) else {
            return Ok(BTreeMap::new());
        };
        let (rows, mut replay, server) = (self.rows()?, self.replay()?, self.input.spec.rules.server);
        let operation = self.input.spec.operation;
        let summed = spawn_blocking(move || -> Result<_, RunError> {
            let mut booked: BTreeMap<u64, Booked> = BTreeMap::new();
            rows.each(
                |checked| checked.calls(),
                |row, checked| {
                    let entries = replay.entries(row.number())?;
                    let call = checked.ok().and_then(|calls| call_of(calls, step, &entries, server));
                    let (Some(entry), Some(call)) = (entries.of(step), call) else { return Ok(true) };
                    let (Some(customer), Some(amount)) = (call.customer_number(), call.amount()) else {
                        return Ok(true);
                    };
                    // Where nothing was sent, there is nothing to compare.
                    if entry.sent.is_none() && entry.result.status != Status::Ok {
                        return Ok(true);
                    }
                    let none = Booked { sum: Some(Money::ZERO), unknown: 0, is_new: false };
                    let booked = booked.entry(customer).or_insert(none);
                    booked.is_new |= is_new(operation, &entries);
                    match entry.result.status {
                        Status::Ok => booked.sum = booked.sum.and_then(|sum| sum.plus(amount)),
                        Status::Unknown => booked.unknown += 1,
                        _ => {}
                    }
                    Ok(true)
                },
            )?;
            Ok(booked)
        });
        summed.await?
    }
}

/// The balance before the first booking, where it is known.
fn balance_before(replay: &Replay, customer: u64, booked: &Booked) -> Result<Option<Money>, RunError> {
    if booked.is_new {
        return Ok(Some(Money::ZERO));
    }
    let before = replay.balance_before(&customer.to_string())?;
    Ok(before.and_then(|text| Money::written_by_server(&text)))
}

/// Those whose balances before the first booking are known.
fn with_known(booked: BTreeMap<u64, Booked>, replay: &Replay) -> Result<BTreeMap<u64, Booked>, RunError> {
    let mut known = BTreeMap::new();
    for (customer, booked) in booked {
        if balance_before(replay, customer, &booked)?.is_some() {
            known.insert(customer, booked);
        }
    }
    Ok(known)
}
