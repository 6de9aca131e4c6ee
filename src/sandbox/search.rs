//! How a server looks for one customer by a known value: under which name, whether it finds anybody, and how it
//! says that nobody was found.

use std::str::FromStr;

use axum::http::StatusCode;
use serde_json::json;

use super::answer::{ApiError, CallResult, Done, Payload};
use crate::catalogue::{Action, CUSTOMER, NEWER_FIND, Subcategory};

/// How the search for one customer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchMode {
    /// As the specification says.
    #[default]
    Known,
    /// It is not there any more; the newer one is there in its place.
    Gone,
    /// It never finds anybody.
    Blind,
}

impl SearchMode {
    const ALL: [(&'static str, Self); 3] =
        [("known", Self::Known), ("gone", Self::Gone), ("blind", Self::Blind)];

    /// The subcategory with this name, if the server has it.
    pub(super) fn subcategory(self, name: &str) -> Option<&'static Subcategory> {
        let gone = self == Self::Gone;
        let known = CUSTOMER.subcategories.iter().filter(|known| !gone || known.action != Action::Find);
        known.chain(gone.then_some(NEWER_FIND)).find(|known| known.name == name)
    }
}

/// The text is not a way of searching.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a way to search for a customer: write known, gone or blind")]
pub struct ParseSearchModeError {
    text: String,
}

impl FromStr for SearchMode {
    type Err = ParseSearchModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|(name, _)| *name == wanted);
        found.map(|(_, search)| search).ok_or_else(|| ParseSearchModeError { text: text.to_owned() })
    }
}

/// How the search says that nobody was found, where the shape of answers does not decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nobody {
    /// The API's error under this status.
    Status(StatusCode),
    /// OK, in a form that nobody knows.
    Foreign,
}

impl Nobody {
    const ALL: [(&'static str, Self); 6] = [
        ("400", Self::Status(StatusCode::BAD_REQUEST)),
        ("404", Self::Status(StatusCode::NOT_FOUND)),
        ("422", Self::Status(StatusCode::UNPROCESSABLE_ENTITY)),
        ("500", Self::Status(StatusCode::INTERNAL_SERVER_ERROR)),
        ("error", Self::Status(StatusCode::OK)),
        ("foreign", Self::Foreign),
    ];

    pub(super) fn reply(self) -> CallResult {
        match self {
            Self::Status(status) => Err(ApiError { status, ..ApiError::not_found() }),
            Self::Foreign => Ok(Done::data(Payload::Plain(json!({"found": 0, "rows": []})))),
        }
    }
}

/// How the search by conditions says that nobody meets them, where it does not answer with an empty list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NobodyListed {
    /// OK, and no list at all.
    Missing,
    /// The API's error under this status.
    Error(StatusCode),
}

impl NobodyListed {
    const ALL: [(&'static str, Self); 3] = [
        ("missing", Self::Missing),
        ("error", Self::Error(StatusCode::OK)),
        ("404", Self::Error(StatusCode::NOT_FOUND)),
    ];

    pub(super) fn reply(self) -> CallResult {
        match self {
            Self::Missing => Ok(Done::default()),
            Self::Error(status) => Err(ApiError::new(status, "customers not found")),
        }
    }
}

/// The text is not a way of saying that nobody meets conditions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a way to say that nobody meets the conditions: write missing, error or 404")]
pub struct ParseNobodyListedError {
    text: String,
}

impl FromStr for NobodyListed {
    type Err = ParseNobodyListedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|(name, _)| *name == wanted);
        found.map(|(_, listed)| listed).ok_or_else(|| ParseNobodyListedError { text: text.to_owned() })
    }
}

/// The text is not a way of saying that nobody was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a way to say that nobody was found: write 400, 404, 422, 500, error or foreign")]
pub struct ParseNobodyError {
    text: String,
}

impl FromStr for Nobody {
    type Err = ParseNobodyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|(name, _)| *name == wanted);
        found.map(|(_, nobody)| nobody).ok_or_else(|| ParseNobodyError { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Nobody, SearchMode};

    #[test]
    fn each_is_read_back_by_its_name() {
        for (name, search) in SearchMode::ALL {
            assert_eq!(name.parse(), Ok(search));
        }
        for (name, nobody) in Nobody::ALL {
            assert_eq!(name.parse(), Ok(nobody));
        }
        let error = "deaf".parse::<SearchMode>().expect_err("no search").to_string();
        assert!(error.contains("write known, gone or blind"), "{error}");
        let error = "200".parse::<Nobody>().expect_err("nobody").to_string();
        assert!(error.contains("write 400, 404"), "{error}");
    }
}
