//! What an attempt came to: accepted, refused, turned away, or not to be read.

use std::fmt;

use serde_json::Value;

use super::attempt_end::AttemptEnd;
use super::outcome::Problem;

/// What an attempt's end means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    /// The server did it, or has what it was asked for.
    Accepted(Accepted),
    /// Anything else, with what to tell a person.
    Problem { end: AttemptEnd, problem: Problem },
}

#[derive(Clone, PartialEq, Default)]
pub(super) struct Accepted {
    /// Whether the API says so; without that the answer must show what was asked for.
    pub(super) has_verdict: bool,
    /// The ids that the answer names.
    pub(super) ids: Vec<String>,
    /// Whether something stands where the id does that is neither one nor none.
    pub(super) has_odd_id: bool,
    /// Whether the answer has a place for an id at all, be it empty.
    pub(super) has_id_field: bool,
    /// Whether the answer carries data that is not empty.
    pub(super) has_data: bool,
    /// The data, whole, without the key.
    pub(super) data: Option<Value>,
    /// The data where it was read as a list of ids and as nothing else.
    pub(super) listed: Option<Vec<u64>>,
    /// A number beside the verdict that may be what was counted.
    pub(super) counted: Option<u64>,
}

/// What an answer is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The verdict on a write: only the API's own word counts.
    Verdict,
    /// What a read asks for; where it is there, it speaks for itself.
    Content,
    /// A list of ids, which may be long.
    Ids,
}

/// Without the data: it is a customer's, and it may be large.
impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { has_verdict, ids, has_odd_id, has_id_field, has_data, data: _, listed: _, counted: _ } =
            self;
        let mut shown = f.debug_struct("Accepted");
        shown
            .field("has_verdict", has_verdict)
            .field("ids", ids)
            .field("has_odd_id", has_odd_id)
            .field("has_id_field", has_id_field)
            .field("has_data", has_data)
            .finish_non_exhaustive()
    }
}
