//! The look before the first `add`: is a customer there already with the value that tells customers apart?

use super::customers::{Who, who};
use crate::catalogue::ApiSelector;
use crate::sending::{Clock, Link, Problem, Transport};
use crate::validating::Call;

/// Whether a row's customer exists before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existing {
    /// Under this id.
    Is(String),
    /// They do not.
    No,
    /// More than one has the value.
    Several(Vec<String>),
    /// Nobody knows: the read failed. Nothing may be sent on this.
    Unclear(Problem),
}

/// Asks for one row; none where the row has no value that tells customers apart, and nothing is asked.
pub async fn existing<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    call: &Call,
) -> Option<Existing> {
    let search = call.find_identical()?;
    Some(match who(link.read(selector, &search.call).await) {
        Who::Nobody => Existing::No,
        Who::One(id) => Existing::Is(id),
        Who::Several(ids) => Existing::Several(ids),
        Who::Unclear(problem) => Existing::Unclear(problem),
    })
}
