//! What a sandbox can be told: its address, its key, its customers and its manners. Each setting that has a
//! grammar of its own parses itself and says how it is written when it cannot.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use axum::http::HeaderValue;
use secrecy::SecretString;

use super::fault::Fault;
use super::numbers::Numbers;
use super::shape::Shape;
use crate::catalogue::{ApiSelector, Version};

/// Everything that a [`Sandbox`](super::Sandbox) is told when it is made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The key that every request must carry.
    pub key: SecretString,
    /// What invented customers, percentage faults and mixed shapes are drawn from. The same seed and the
    /// same requests give the same answers, in whatever order the requests arrive.
    pub seed: u64,
    /// How many invented customers there are at the start, with the ids from 1 on.
    pub customers: u32,
    /// The version that the server pretends to be; without one, whatever any version takes is taken.
    pub version: Option<Version>,
    /// How long every answer is held back. The work is done before the wait, as PHP would have done it.
    pub latency: Duration,
    /// What goes wrong. Of several that fit a request, the first wins.
    pub faults: Vec<Fault>,
    /// Customers whom the server breaks down over: a read that names one of them by its id, alone or among
    /// others, fails as by the fault `500`, whatever the other faults are.
    pub unreadable: Option<Ids>,
    /// The `Retry-After` header of the 429 and 503 faults; without it, they carry none.
    pub retry_after: Option<RetryAfter>,
    /// The `Location` header of the redirect faults; without it, a login page of this server.
    pub redirect_to: Option<Location>,
    /// Which fields may name the subcategory.
    pub selectors: Selectors,
    /// Whether what writes must come by POST. It is so from version 3.21 on in any case.
    pub post_only: bool,
    /// What a read of several customers is answered.
    pub batches: Batches,
    /// How many of the ids that a read names are looked at; without it, all. A server that sees only the
    /// first id, or refuses several, does so in any case.
    pub batch_limit: Option<NonZeroUsize>,
    /// How answers are spelt.
    pub shape: Shape,
    /// How many characters of a booking's note are kept; without it, all.
    pub comment_limit: Option<NonZeroUsize>,
    /// A file that gets one JSON line per request, appended.
    pub log: Option<PathBuf>,
}

impl Settings {
    /// A well-behaved and empty server.
    pub fn new(listen: SocketAddr, key: SecretString) -> Self {
        Self {
            listen,
            key,
            seed: 0,
            customers: 0,
            version: None,
            latency: Duration::ZERO,
            faults: Vec::new(),
            unreadable: None,
            retry_after: None,
            redirect_to: None,
            selectors: Selectors::default(),
            post_only: false,
            batches: Batches::default(),
            batch_limit: None,
            shape: Shape::default(),
            comment_limit: None,
            log: None,
        }
    }
}

/// Which fields may name the subcategory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selectors {
    /// Either one; the specification's is looked at first.
    #[default]
    Either,
    /// This one only; the other is as if it had not been sent.
    Only(ApiSelector),
}

impl Selectors {
    /// Whether this field is looked at.
    pub fn take(self, selector: ApiSelector) -> bool {
        match self {
            Self::Either => true,
            Self::Only(only) => only == selector,
        }
    }
}

/// The text names no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a selector: write either, {} or {}", ApiSelector::Subcat.field(), ApiSelector::Action.field())]
pub struct ParseSelectorsError {
    text: String,
}

impl FromStr for Selectors {
    type Err = ParseSelectorsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        if wanted == "either" {
            return Ok(Self::Either);
        }
        ApiSelector::ALL
            .into_iter()
            .find(|selector| selector.field() == wanted)
            .map(Self::Only)
            .ok_or_else(|| ParseSelectorsError { text: text.to_owned() })
    }
}

/// What a read is answered that names several customers, as in `1,2,3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Batches {
    /// A map of those who exist, by their ids. In a mixed shape it is a list in one of two cases.
    #[default]
    Map,
    /// A list of those who exist, in the order asked.
    List,
    /// The first alone, as if nobody else had been named: PHP makes an integer of the list.
    First,
    /// An error: the list is a wrong value.
    Refuse,
}

impl Batches {
    const ALL: [(&'static str, Self); 4] =
        [("map", Self::Map), ("list", Self::List), ("first", Self::First), ("refuse", Self::Refuse)];
}

/// The text names no answer to a read of several customers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no answer to a read of several customers: write map, list, first or refuse")]
pub struct ParseBatchesError {
    text: String,
}

impl FromStr for Batches {
    type Err = ParseBatchesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, batches)| batches)
            .ok_or_else(|| ParseBatchesError { text: text.to_owned() })
    }
}

/// Ids of customers, written as a comma list of ids and ranges such as `7,20-25`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids(Numbers);

impl Ids {
    /// Whether the id is one of them.
    pub fn contains(&self, id: u64) -> bool {
        self.0.contains(id)
    }
}

/// The text is no list of ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' names no ids: write one like 7, a range like 20-25, or several like 7,20-25; ids begin at 1"
)]
pub struct ParseIdsError {
    text: String,
}

impl FromStr for Ids {
    type Err = ParseIdsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Numbers::read(text).map(Self).ok_or_else(|| ParseIdsError { text: text.to_owned() })
    }
}

/// A value for the `Retry-After` header: seconds, or a date as HTTP writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryAfter(HeaderValue);

impl RetryAfter {
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// The text is neither seconds nor a date as HTTP writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a Retry-After: write seconds like 2, or a date like Sun, 06 Nov 1994 08:49:37 GMT")]
pub struct ParseRetryAfterError {
    text: String,
}

impl FromStr for RetryAfter {
    type Err = ParseRetryAfterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let value = text.trim();
        let seconds = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
        let fits = seconds || httpdate::parse_http_date(value).is_ok();
        fits.then(|| HeaderValue::from_str(value).ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| ParseRetryAfterError { text: text.to_owned() })
    }
}

/// A value for the `Location` header of a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location(HeaderValue);

impl Location {
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// The text cannot stand in a `Location` header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' is not a Location: write an address like http://127.0.0.1:8081/api.php, or a path like /login"
)]
pub struct ParseLocationError {
    text: String,
}

impl FromStr for Location {
    type Err = ParseLocationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let value = text.trim();
        let printable = !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic());
        printable
            .then(|| HeaderValue::from_str(value).ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| ParseLocationError { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Batches, Ids, Location, RetryAfter, Selectors, Settings};
    use crate::catalogue::ApiSelector;

    #[test]
    fn selectors_are_named_by_their_fields() {
        assert_eq!("either".parse(), Ok(Selectors::Either));
        for selector in ApiSelector::ALL {
            assert_eq!(selector.field().parse(), Ok(Selectors::Only(selector)));
        }
        let error = "both".parse::<Selectors>().expect_err("no selector").to_string();
        assert!(error.contains("write either"), "{error}");
    }

    #[test]
    fn batches_are_read_back_by_their_names() {
        for (name, batches) in Batches::ALL {
            assert_eq!(name.parse(), Ok(batches));
        }
        assert_eq!(" List ".parse(), Ok(Batches::List));
        let error = "some".parse::<Batches>().expect_err("no answer").to_string();
        assert!(error.contains("write map, list, first or refuse"), "{error}");
    }

    #[test]
    fn ids_are_numbers_and_ranges() {
        let ids: Ids = "7,20-25".parse().expect("ids");
        assert!([7, 20, 25].into_iter().all(|id| ids.contains(id)));
        assert!(![6, 8, 19, 26].into_iter().any(|id| ids.contains(id)));
        for text in ["", "0", "25-20", "7,", "seven"] {
            let error = text.parse::<Ids>().expect_err(text).to_string();
            assert!(error.contains("several like 7,20-25"), "{error}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert!("2".parse::<RetryAfter>().is_ok());
        assert!("Sun, 06 Nov 1994 08:49:37 GMT".parse::<RetryAfter>().is_ok());
        for text in ["", "-1", "1.5", "soon", "2\r\nX: y"] {
            assert!(text.parse::<RetryAfter>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_location_cannot_smuggle_a_second_header() {
        assert!("http://127.0.0.1:1/x".parse::<Location>().is_ok());
        assert!("/x\r\nSet-Cookie: a".parse::<Location>().is_err());
    }

    #[test]
    fn debug_output_does_not_show_the_key() {
        let settings = Settings::new(([127, 0, 0, 1], 0).into(), "topsecret".to_owned().into());
        assert!(!format!("{settings:?}").contains("topsecret"));
    }
}
