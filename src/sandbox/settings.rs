//! The settings of a sandbox: its address, its key, its customers and its behaviour. Each setting with a
//! grammar of its own parses itself, and its error says how it is written.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use axum::http::HeaderValue;
use jiff::SignedDuration;
use secrecy::SecretString;

use super::clock::ServerClock;
use super::connection::KeepAlive;
use super::fault::Fault;
use super::numbers::Numbers;
use super::quota::Quota;
use super::read_by::ReadBy;
use super::search::{Nobody, NobodyListed, SearchMode};
use super::shape::Shape;
use super::view::HistoryView;
use crate::catalogue::{ApiSelector, Version};

/// All settings of a [`Sandbox`](super::Sandbox).
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The key that every request must carry.
    pub key: SecretString,
    /// The seed for invented customers, percentage faults and mixed shapes. The same seed and the same
    /// requests give the same answers, in any order of the requests.
    pub seed: u64,
    /// The number of invented customers at the start; their ids start at 1.
    pub customers: u32,
    /// How many old bookings each of them has.
    pub bookings: u32,
    /// The version that the server pretends to have; without one, it takes what any version takes.
    pub version: Option<Version>,
    /// How long every answer is delayed. The call is carried out before the delay, as PHP does.
    pub latency: Duration,
    /// The faults. If several strike a request, the first wins.
    pub faults: Vec<Fault>,
    /// Customers that cannot be read: a read of one of these ids, alone or among others, fails as with the
    /// fault `500`, whatever the other faults are.
    pub unreadable: Option<IdSet>,
    /// The `Retry-After` header of the 429 and 503 faults; by default they have none.
    pub retry_after: Option<RetryAfter>,
    /// The `Location` header of the redirect faults; by default a login page of this server.
    pub redirect_to: Option<Location>,
    /// Which fields may name the subcategory.
    pub selectors: Selectors,
    /// Whether writes must come by POST. From version 3.21 on they must in any case.
    pub post_only: bool,
    /// How a read of several customers is answered.
    pub batches: BatchAnswer,
    /// How many of the ids of a read are looked at; by default all. A server that sees only the first id, or
    /// refuses several, does so in any case.
    pub batch_limit: Option<NonZeroUsize>,
    /// How answers are spelt.
    pub shape: Shape,
    /// How many characters of a booking's note are kept; by default all.
    pub comment_limit: Option<NonZeroUsize>,
    /// How histories are shown.
    pub history: HistoryView,
    /// How the search for one customer behaves.
    pub search: SearchMode,
    /// How it says that nobody was found; by default as the shape of answers has it.
    pub nobody: Option<Nobody>,
    /// How the search by conditions says that nobody meets them; by default with an empty list.
    pub nobody_listed: Option<NobodyListed>,
    /// By which parameter the customers who are read are named.
    pub read_by: ReadBy,
    /// How many requests are taken in a span of time; by default all.
    pub quota: Option<Quota>,
    /// How long a connection may be idle; by default as long as the client likes.
    pub keep_alive: Option<KeepAlive>,
    /// How far the server's wall clock is off.
    pub skew: SignedDuration,
    /// The clock for everything that is put off.
    pub clock: ServerClock,
    /// A file to which one JSON line per request is appended.
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
            bookings: 0,
            version: None,
            latency: Duration::ZERO,
            faults: Vec::new(),
            unreadable: None,
            retry_after: None,
            redirect_to: None,
            selectors: Selectors::default(),
            post_only: false,
            batches: BatchAnswer::default(),
            batch_limit: None,
            shape: Shape::default(),
            comment_limit: None,
            history: HistoryView::default(),
            search: SearchMode::default(),
            nobody: None,
            nobody_listed: None,
            read_by: ReadBy::default(),
            quota: None,
            keep_alive: None,
            skew: SignedDuration::ZERO,
            clock: ServerClock::default(),
            log: None,
        }
    }
}

/// Which fields may name the subcategory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selectors {
    /// Either one; the one of the specification is looked at first.
    #[default]
    Either,
    /// Only this one; the other is ignored.
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

/// The text is not a selector.
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

/// How a read of several customers, such as `1,2,3`, is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BatchAnswer {
    /// A map of those that exist, by their ids. In a mixed shape it is a list in one of two cases.
    #[default]
    Map,
    /// A list of those that exist, in the order asked.
    List,
    /// Only the first one, as if the others had not been named: PHP makes an integer of the text.
    First,
    /// An error: the list is a wrong value.
    Refuse,
}

impl BatchAnswer {
    const ALL: [(&'static str, Self); 4] =
        [("map", Self::Map), ("list", Self::List), ("first", Self::First), ("refuse", Self::Refuse)];
}

/// The text is not an answer to a read of several customers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not an answer to a read of several customers: write map, list, first or refuse")]
pub struct ParseBatchAnswerError {
    text: String,
}

impl FromStr for BatchAnswer {
    type Err = ParseBatchAnswerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, batches)| batches)
            .ok_or_else(|| ParseBatchAnswerError { text: text.to_owned() })
    }
}

/// Ids of customers, written as a comma-separated list of ids and ranges such as `7,20-25`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdSet(Numbers);

impl IdSet {
    /// Whether the id is one of them.
    pub fn contains(&self, id: u64) -> bool {
        self.0.contains(id)
    }
}

/// The text is not a list of ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' is not a list of ids: write one like 7, a range like 20-25, or several like 7,20-25; ids start at 1"
)]
pub struct ParseIdSetError {
    text: String,
}

impl FromStr for IdSet {
    type Err = ParseIdSetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Numbers::read(text).map(Self).ok_or_else(|| ParseIdSetError { text: text.to_owned() })
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

/// A `Location` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location(HeaderValue);

impl Location {
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// The text cannot be a `Location` header.
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
    use super::{BatchAnswer, IdSet, Location, RetryAfter, Selectors, Settings};
    use crate::catalogue::ApiSelector;

    #[test]
    fn selectors_are_named_by_their_fields() {
        assert_eq!("either".parse(), Ok(Selectors::Either));
        for selector in ApiSelector::ALL {
            assert_eq!(selector.field().parse(), Ok(Selectors::Only(selector)));
        }
        assert!("both".parse::<Selectors>().is_err_and(|error| error.to_string().contains("write either")));
    }

    #[test]
    fn batches_are_read_back_by_their_names() {
        for (name, batches) in BatchAnswer::ALL {
            assert_eq!(name.parse(), Ok(batches));
        }
        assert_eq!(" List ".parse(), Ok(BatchAnswer::List));
        let error = "some".parse::<BatchAnswer>().map_err(|error| error.to_string());
        assert!(error.is_err_and(|error| error.contains("write map, list, first or refuse")));
    }

    #[test]
    fn ids_are_numbers_and_ranges() {
        let ids: IdSet = "7,20-25".parse().expect("ids");
        assert!([7, 20, 25].into_iter().all(|id| ids.contains(id)));
        assert!(![6, 8, 19, 26].into_iter().any(|id| ids.contains(id)));
        let refused =
            |text: &str| text.parse::<IdSet>().is_err_and(|e| e.to_string().contains("like 7,20-25"));
        assert!(["", "0", "25-20", "7,", "seven"].into_iter().all(refused));
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
        let fits = |text: &str| text.parse::<Location>().is_ok();
        assert!(fits("http://127.0.0.1:1/x") && !fits("/x\r\nSet-Cookie: a"));
    }

    #[test]
    fn debug_output_does_not_show_the_key() {
        let shown = format!("{:?}", Settings::new(([127, 0, 0, 1], 0).into(), "topsecret".to_owned().into()));
        assert!(!shown.contains("topsecret"));
    }
}
