//! Whether an answer that says OK proves that this row was done: it must not be about somebody else, and a customer who
//! was made must be named.

use super::outcome::{FailureCode, Problem};
use super::payload::{id_of, ids};
use super::reply::Accepted;
use crate::catalogue::{CUSTOMER_ID, is_field};
use crate::validating::Call;

/// What an answer proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WriteProof {
    /// This row's customer was dealt with.
    Of(String),
    /// A customer with this id was made.
    Made(u64),
}

/// An OK that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoWriteProof {
    /// It names nobody.
    Silent(Problem),
    /// It is about somebody else: an answer to another request.
    Other(Problem),
}

impl NoWriteProof {
    /// The server gave the same id to two rows.
    pub(super) fn twice(id: u64) -> Self {
        Self::Other(bad(format!(
            "the server said of two rows that it made customer {id}, so one answer is false"
        )))
    }
}

fn bad(text: impl Into<String>) -> Problem {
    Problem::new(FailureCode::BadAnswer, text)
}

/// What the answer to a write proves.
pub(super) fn proof(call: &Call, accepted: &Accepted) -> Result<WriteProof, NoWriteProof> {
    let Some(customer) = call.customer() else { return new_customer(accepted) };
    let is_other = |id: &String| id != customer && id_of(id) != id_of(customer);
    if let Some(other) = accepted.ids.iter().find(|id| is_other(id)) {
        return Err(NoWriteProof::Other(bad(format!(
            "the server said OK for customer {other}, and the row is about customer {customer}"
        ))));
    }
    if accepted.has_odd_id {
        return Err(NoWriteProof::Silent(bad(format!(
            "the server said OK for something that is not an id, and the row is about customer {customer}"
        ))));
    }
    Ok(WriteProof::Of(customer.to_owned()))
}

/// The customer that the server made.
fn new_customer(accepted: &Accepted) -> Result<WriteProof, NoWriteProof> {
    let in_data = || {
        let fields = accepted.data.as_ref()?.as_object()?;
        let (_, value) = fields.iter().find(|(name, _)| is_field(name, CUSTOMER_ID))?;
        match ids(Some(value)) {
            (found, false) => <[String; 1]>::try_from(found).ok().map(|[id]| id),
            (_, true) => None,
        }
    };
    let id = match accepted.ids.as_slice() {
        _ if accepted.has_odd_id => None,
        [] => in_data(),
        [id] => Some(id.clone()),
        _ => None,
    };
    let made = id.and_then(|id| id_of(&id)).map(WriteProof::Made);
    made.ok_or_else(|| {
        NoWriteProof::Silent(bad("the server said OK and did not name the customer that it made"))
    })
}
