//! Whether an answer that says OK proves that this row was done: it must not be about somebody else, and a customer who
//! was made must be named.

use super::outcome::{FailureCode, Problem};
use super::payload::{id_of, ids};
use super::reply::Accepted;
use crate::catalogue::{CUSTOMER_ID, is_field};
use crate::validating::Call;

/// The id that the answer to a write proves something of; or why it proves nothing.
pub(super) fn proof(call: &Call, accepted: &Accepted) -> Result<Option<String>, Problem> {
    let no_proof = |text: String| Err(Problem::new(FailureCode::BadAnswer, text));
    let Some(customer) = call.customer() else { return new_customer(accepted) };
    let is_other = |id: &String| id != customer && id_of(id) != id_of(customer);
    if let Some(other) = accepted.ids.iter().find(|id| is_other(id)) {
        return no_proof(format!(
            "the server said OK for customer {other}, and the row is about customer {customer}"
        ));
    }
    if accepted.has_odd_id {
        return no_proof(format!(
            "the server said OK for something that is not an id, and the row is about customer {customer}"
        ));
    }
    Ok(Some(customer.to_owned()))
}

/// The id of the customer that the server made.
fn new_customer(accepted: &Accepted) -> Result<Option<String>, Problem> {
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
    match id.filter(|id| id_of(id).is_some()) {
        Some(id) => Ok(Some(id)),
        None => Err(Problem::new(
            FailureCode::BadAnswer,
            "the server said OK and did not name the customer that it made",
        )),
    }
}
