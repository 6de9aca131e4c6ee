//! What an answer says, before it is spelt.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::Value;

use super::history::BookingEntry;

/// What came of a request: what was done, or why it was not.
pub(super) type CallResult = Result<Done, ApiError>;

/// The content of a successful answer.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Ids of new or found objects. An empty list means that nothing was found.
    pub(super) ids: Option<Vec<u64>>,
    pub(super) data: Option<Payload>,
}

impl Done {
    pub(super) fn ids(ids: Vec<u64>) -> Self {
        Self { ids: Some(ids), data: None }
    }

    pub(super) fn data(data: Payload) -> Self {
        Self { ids: None, data: Some(data) }
    }
}

/// The content of the answer to a read, before it is spelt.
#[derive(Debug)]
pub(super) enum Payload {
    /// The same in every spelling, except for what is done to every value.
    Plain(Value),
    /// Several customers with their ids; those that do not exist are left out.
    Several(Vec<(u64, Value)>),
    /// Customers that meet conditions.
    Selected(Vec<u64>),
    /// Bookings, oldest first.
    History(Vec<BookingEntry>),
}

/// Why something was not done.
#[derive(Debug)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) text: Cow<'static, str>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status, text: text.into() }
    }

    /// The request itself is at fault.
    pub(super) fn bad(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// Nobody has this id.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "customer not found")
    }
}
