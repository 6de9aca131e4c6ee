//! The sandbox's own record: one JSON line per request, and a page with all customers and bookings. A
//! rehearsal is checked against it, so it says what was really done, whatever the client was told.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;

use super::kind::FaultKind;
use super::request::Received;
use super::store::{Moment, Store};

/// A file of JSON lines.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    key: SecretString,
}

/// A request that has been handled.
#[derive(Debug)]
pub(super) struct LogEntry<'r> {
    pub(super) at: Moment,
    pub(super) received: &'r Received,
    pub(super) fault: Option<FaultKind>,
    /// Whether the store was changed.
    pub(super) applied: bool,
    /// The status that the client was sent, if any.
    pub(super) status: Option<u16>,
    /// The id of a new customer.
    pub(super) id: Option<u64>,
}

#[derive(Serialize)]
struct LogLine<'e> {
    t_ms: f64,
    wall: i64,
    method: &'e str,
    selector: Option<&'static str>,
    subcategory: Option<Cow<'e, str>>,
    parameters: BTreeMap<Cow<'e, str>, Cow<'e, str>>,
    key_in_query: bool,
    fault: Option<&'static str>,
    applied: bool,
    status: Option<u16>,
    id: Option<u64>,
}

impl Log {
    /// Opens the file for appending; creates it if it does not exist.
    pub(super) fn open(path: &Path, key: SecretString) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { file, key })
    }

    /// Appends one line, in one write: a reader never sees half a line, and a crash loses none.
    pub(super) fn write(&mut self, entry: &LogEntry<'_>) -> io::Result<()> {
        let received = entry.received;
        let scrub = |text| scrub(text, self.key.expose_secret());
        let line = LogLine {
            t_ms: milliseconds(entry.at.elapsed),
            wall: entry.at.wall.as_millisecond(),
            method: received.method.as_str(),
            selector: received.selector.map(|selector| selector.field()),
            subcategory: received.subcategory.as_deref().map(scrub),
            parameters: received.parameters.iter().map(|(name, value)| (scrub(name), scrub(value))).collect(),
            key_in_query: received.key_in_query,
            fault: entry.fault.map(FaultKind::name),
            applied: entry.applied,
            status: entry.status,
            id: entry.id,
        };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)
    }
}

/// The text without the key, in case a client has put it where it does not belong. Short keys are left,
/// because they may occur in other values by accident.
fn scrub<'t>(text: &'t str, key: &str) -> Cow<'t, str> {
    const SHORT: usize = 8;
    if key.len() < SHORT || !text.contains(key) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(key, "[key]"))
}

/// With three decimals.
fn milliseconds(elapsed: Duration) -> f64 {
    elapsed.as_micros() as f64 / 1_000.0
}

#[derive(Serialize)]
struct Page<'s> {
    customers: Vec<&'s Value>,
    bookings: Vec<LedgerBooking<'s>>,
    /// How many writes each customer has seen.
    writes: &'s BTreeMap<u64, u64>,
    requests: u64,
}

#[derive(Serialize)]
struct LedgerBooking<'s> {
    customer: u64,
    amount: String,
    comment: &'s str,
    t_ms: f64,
}

/// The page with everything that is in the store, as JSON.
pub(super) fn page(store: &Store, requests: u64) -> Result<Vec<u8>, serde_json::Error> {
    let bookings = store.bookings().iter().map(|booking| LedgerBooking {
        customer: booking.customer,
        amount: booking.amount.to_string(),
        comment: &booking.note,
        t_ms: milliseconds(booking.at.elapsed),
    });
    serde_json::to_vec(&Page {
        customers: store.customers().collect(),
        bookings: bookings.collect(),
        writes: store.writes(),
        requests,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{milliseconds, scrub};

    #[test]
    fn the_key_is_blotted_out_wherever_a_client_put_it() {
        assert_eq!(scrub("note longsecretkey!", "longsecretkey"), "note [key]!");
        assert_eq!(scrub("1", "1"), "1");
    }

    #[test]
    fn time_has_three_decimals() {
        assert_eq!(milliseconds(Duration::from_nanos(12_345_678)).to_string(), "12.345");
    }
}
