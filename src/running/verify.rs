//! `--verify`: after a run, is the difference of every balance what was booked?

use std::collections::HashMap;
use std::ops::ControlFlow;

use futures_util::stream::{StreamExt, iter};
use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use super::run_end::RunEnd;
use crate::catalogue::ApiSelector;
use crate::count::Count;
use crate::customers::balance;
use crate::events::{Event, Look};
use crate::reconciling::difference;
use crate::recording::Status;
use crate::sending::{Clock, Transport};
use crate::validating::Money;

/// What a run booked for a customer.
#[derive(Debug, Clone, Copy)]
struct Booked {
    /// The sum of the rows that are ok; none where it has more digits than a sum of money can have.
    sum: Option<Money>,
    /// Rows in doubt.
    unknown: u64,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Compares the balances of all customers touched with what they were, and tells each that differs.
    pub(super) async fn verify(&self, selector: ApiSelector, end: &mut RunEnd) -> Result<(), RunError> {
        if !self.policy.verify || !end.may_send() {
            return Ok(());
        }
        self.notes.written().await;
        if self.counts()?.unsent() > 0 {
            return Ok(());
        }
        let booked = self.booked().await?;
        let replay = self.replay()?;
        let total = booked.len() as u64;
        self.host.tell(Event::Looking { look: Look::BalancesAgain, rows: total, done: 0 });
        let asked = iter(booked).map(|(customer, booked)| async move {
            let after = balance(&self.server.link, selector, &customer).await;
            (customer, booked, after)
        });
        let mut done = 0;
        self.ask_each(asked, end, async |(customer, booked, after), end| {
            done += 1;
            self.host.tell(Event::Looked(done));
            let before = replay.balance_before(&customer)?.and_then(|text| Money::written_by_server(&text));
            let text = match (before, after) {
                (Some(before), Ok(after)) => differs(before, after, booked),
                (None, _) => Some("its balance before the run is not known".to_owned()),
                (_, Err(error)) => Some(format!("its balance cannot be read: {error}")),
            };
            if let Some(text) = text {
                end.differing += 1;
                self.host.tell(Event::Warning(&format!("--verify: customer {customer}: {text}")));
            }
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        if end.stopped.is_none() && end.differing == 0 {
            let customers = Count(total, "customer");
            let text =
                format!("--verify: the balances of {customers} differ by what was booked, to the last digit");
            self.host.tell(Event::Note(&text));
        }
        Ok(())
    }

    /// What was booked for each customer.
    async fn booked(&self) -> Result<HashMap<String, Booked>, RunError> {
        let (rows, mut replay) = (self.rows()?, self.replay()?);
        let summed = spawn_blocking(move || -> Result<_, RunError> {
            let mut booked: HashMap<String, Booked> = HashMap::new();
            rows.each(
                |checked| checked.to_call(),
                |row, checked| {
                    let (Some(entry), Ok(call)) = (replay.entry(row.number())?, checked) else {
                        return Ok(true);
                    };
                    let (Some(customer), Some(amount)) = (call.customer(), call.amount()) else {
                        return Ok(true);
                    };
                    let none = Booked { sum: Some(Money::ZERO), unknown: 0 };
                    let booked = booked.entry(customer.to_owned()).or_insert(none);
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

fn differs(before: Money, after: Money, booked: Booked) -> Option<String> {
    let Some(sum) = booked.sum else { return Some("what was booked is too much to add up".to_owned()) };
    let by = difference(before, after, sum)?;
    let doubt = match booked.unknown {
        0 => "",
        _ => "; a row of this customer is unknown",
    };
    Some(format!(
        "the balance was {before} and is {after}, and the rows that are ok booked {sum}: {by} more than that{doubt}"
    ))
}
