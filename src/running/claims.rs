//! Whom the rows of a file are about, where a row may turn out to be about the same customer as another: found by its code
//! in the billing, while another row names the id. Booked on twice, the two would be one booking by their key.

use std::collections::HashMap;

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use crate::catalogue::Step;
use crate::reading::RowNumber;
use crate::recording::{Entry, ErrorCode, RowResult, Status};
use crate::sending::{Clock, Transport};
use crate::validating::CallTarget;

/// Each customer with the row that is about it: about 40 bytes for a customer.
#[derive(Debug, Default)]
pub(super) struct Claims(HashMap<u64, RowNumber>);

impl Claims {
    /// The row is about this customer, unless another one is, which is returned.
    pub(super) fn claim(&mut self, customer: &str, row: RowNumber) -> Option<RowNumber> {
        let id = customer.parse().ok()?;
        let owner = *self.0.entry(id).or_insert(row);
        (owner != row).then_some(owner)
    }
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Those whom rows name, and those whom an earlier session has found for them.
    pub(super) async fn claims(&self) -> Result<Claims, RunError> {
        let (rows, mut replay) = (self.rows()?, self.replay()?);
        let gathered = spawn_blocking(move || -> Result<_, RunError> {
            let mut claims = Claims::default();
            rows.each(
                |checked| checked.calls(),
                |row, checked| {
                    let (number, Ok(calls)) = (row.number(), checked) else { return Ok(true) };
                    let entries = replay.entries(number)?;
                    let first = calls.iter().next().map(|of| of.call.target());
                    if let Some(CallTarget::Known(id)) = first {
                        claims.claim(id, number);
                    } else if let Some(found) = entries.of(Step::FIRST).filter(|entry| Entry::is_found(entry))
                    {
                        found.result.id.iter().for_each(|id| {
                            claims.claim(id, number);
                        });
                    }
                    Ok(true)
                },
            )?;
            Ok(claims)
        });
        gathered.await?
    }
}

/// The row's customer is that of another row, too.
pub(super) fn claimed(customer: &str, owner: RowNumber) -> RowResult {
    let text = format!(
        "customer {customer} has this id in the billing, and is the customer of row {owner} as well; nothing was sent. Join the two rows, or remove one of them"
    );
    RowResult {
        id: Some(customer.to_owned()),
        ..RowResult::unsent(Status::Failed, ErrorCode::DuplicateRow, text)
    }
}
