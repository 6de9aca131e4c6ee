//! `sandbox`.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;
use secrecy::SecretString;

use super::error::SettingsError;
use super::options::{CommandFiles, key_text};
use super::values;
use crate::catalogue::Version;
use crate::sandbox::{
    BatchAnswer, Fault, FaultKind, HistoryView, IdSet, KeepAlive, Location, Nobody, NobodyListed, Quota,
    ReadBy, RetryAfter, SearchMode, Selectors, Settings, Shape,
};
use crate::sending::ApiKey;

/// `sandbox`.
#[derive(Debug, Args)]
#[command(after_long_help = with_faults())]
pub struct SandboxArgs {
    /// Where to listen
    ///
    /// Port 0 takes a free one. The address is the first line on standard output.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A file with the key that clients must know
    ///
    /// Without it the key is taken from the environment variable USERSIDE_API_KEY.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Invented customers
    ///
    /// How many there are at the start; their ids begin with 1.
    #[arg(long, value_name = "N", default_value = "1000")]
    customers: u32,
    /// Old bookings of each of them
    ///
    /// Their histories hold as many at the start, a month apart; balances are as they are.
    #[arg(long, value_name = "N", default_value = "0")]
    bookings: u32,
    /// The version that the server pretends to be
    ///
    /// Without it the server takes what any version takes.
    #[arg(long, value_name = "VERSION")]
    server_version: Option<Version>,
    /// Write requests to a file, as JSON lines
    ///
    /// One line per request, without the key.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Hold every answer back for this long
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = values::span, help_heading = "Misbehaviour")]
    latency: Duration,
    /// Let something go wrong; may be repeated
    ///
    /// KIND=PERCENT% of the writes, or KIND@N the Nth write; KIND@2,5-7 names several. read: before the kind means
    /// reads instead of writes, change_balance: only those writes. Some kinds take a time, as in late=45s, late=45s@3 or late=45s=1%. The kinds are
    /// listed below.
    #[arg(long, value_name = "FAULT", help_heading = "Misbehaviour")]
    fault: Vec<Fault>,
    /// Answer reads of these customers with status 500
    ///
    /// Alone or among others. Ids and ranges, as in 7,20-25.
    #[arg(long, value_name = "IDS", help_heading = "Misbehaviour")]
    unreadable: Option<IdSet>,
    /// Repeats faults, customers and answers
    ///
    /// The same seed draws the same ones.
    #[arg(long, value_name = "N", default_value = "0", help_heading = "Misbehaviour")]
    seed: u64,
    /// The Retry-After header of 429 and 503
    ///
    /// Seconds, or an HTTP date.
    #[arg(long, value_name = "WHEN", help_heading = "Misbehaviour")]
    retry_after: Option<RetryAfter>,
    /// The Location header of redirects
    #[arg(long, value_name = "URL", help_heading = "Misbehaviour")]
    redirect_to: Option<Location>,
    /// Take subcat, action or either
    ///
    /// The name under which a request has its subcategory.
    #[arg(long, value_name = "NAME", default_value = "either", help_heading = "Misbehaviour")]
    selector: Selectors,
    /// Take writes by POST only
    ///
    /// As UserSide does from 3.21 on.
    #[arg(long, help_heading = "Misbehaviour")]
    post_only: bool,
    /// How reads of several are answered
    ///
    /// With map, list, first or refuse: first answers with the first customer alone, refuse with an error.
    #[arg(long, value_name = "HOW", default_value = "map", help_heading = "Misbehaviour")]
    batches: BatchAnswer,
    /// Look only at the first N ids of a read of several
    ///
    /// With map and list.
    #[arg(long, value_name = "N", value_parser = values::positive::<NonZeroUsize>, help_heading = "Misbehaviour")]
    batch_limit: Option<NonZeroUsize>,
    /// How answers are written
    ///
    /// As classic, modern or mixed; bom, warning (HTML) and notice (plain text) add noise before them, gzip compresses
    /// them unasked, windows-1251 writes them so, and residue writes balances as binary floats do, as in modern,bom.
    #[arg(long, value_name = "SHAPE", default_value = "classic", help_heading = "Misbehaviour")]
    shape: Shape,
    /// Keep only the first N characters of a comment
    ///
    /// Of a booking's, as some installations do.
    #[arg(long, value_name = "N", value_parser = values::positive::<NonZeroUsize>, help_heading = "Misbehaviour")]
    comment_limit: Option<NonZeroUsize>,
    /// How histories are shown
    ///
    /// limited=20: the oldest 20 entries; lagging=5s: an entry 5 s after it was made; cut=30: 30 characters of a
    /// comment; skewed=-7m: times 7 minutes back; foreign=1: the first entry in an unknown form; old: the fields of
    /// 2016; none-error: an ERROR where there are no entries. Several with commas.
    #[arg(long, value_name = "HOW", help_heading = "Misbehaviour")]
    history: Option<HistoryView>,
    /// How the search for one behaves
    ///
    /// With known, gone or blind: gone answers to the newer name only, blind never finds anybody.
    #[arg(long, value_name = "HOW", default_value = "known", help_heading = "Misbehaviour")]
    search: SearchMode,
    /// How that search says that nobody was found
    ///
    /// With 400, 404, 422 or 500, error under status 200, or OK in a foreign form. Without it, as the shape has it.
    #[arg(long, value_name = "HOW", help_heading = "Misbehaviour")]
    nobody: Option<Nobody>,
    /// How a list of nobody is answered
    ///
    /// The list of customers: with missing (OK without a list), error or 404. Without it, with an empty list.
    #[arg(long, value_name = "HOW", help_heading = "Misbehaviour")]
    nobody_listed: Option<NobodyListed>,
    /// The parameter by which customers are read
    ///
    /// Of get_data: customer_id, or id as some newer servers have it; the other one is then unknown. Without it, the
    /// first.
    #[arg(long, value_name = "NAME", help_heading = "Misbehaviour")]
    read_by: Option<ReadBy>,
    /// Take so many requests in a second, minute or hour
    ///
    /// As in 5/s. Those beyond it are answered with 429.
    #[arg(long, value_name = "N/s", help_heading = "Misbehaviour")]
    quota: Option<Quota>,
    /// Close connections that are idle for this long
    ///
    /// Answers say so in their Keep-Alive header, in whole seconds; with 3s,hidden they do not.
    #[arg(long, value_name = "TIME", help_heading = "Misbehaviour")]
    keep_alive: Option<KeepAlive>,
    /// How far the clock is off
    ///
    /// Forward, or back as in -7m: the Date header and all times in answers.
    #[arg(long, value_name = "TIME", default_value = "0s", allow_hyphen_values = true, value_parser = skew, help_heading = "Misbehaviour")]
    clock: SignedDuration,
}

fn skew(text: &str) -> Result<SignedDuration, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("'{text}' is not a time: write it like 7m, or -7m to set it back"))
}

impl SandboxArgs {
    /// The settings of a sandbox.
    pub fn settings(self, environment_key: Option<String>) -> Result<Settings, SettingsError> {
        // A rehearsal's key is not a secret: nobody is warned about its file.
        let key = key_text(self.key_file.as_deref(), environment_key)?;
        ApiKey::new(&key)?;
        CommandFiles::default()
            .reads(self.key_file.as_deref(), "the key file")
            .writes(self.log.as_deref(), "--log", "the log")
            .check()?;
        Ok(Settings {
            seed: self.seed,
            customers: self.customers,
            bookings: self.bookings,
            version: self.server_version,
            latency: self.latency,
            faults: self.fault,
            unreadable: self.unreadable,
            retry_after: self.retry_after,
            redirect_to: self.redirect_to,
            selectors: self.selector,
            post_only: self.post_only,
            batches: self.batches,
            batch_limit: self.batch_limit,
            shape: self.shape,
            comment_limit: self.comment_limit,
            history: self.history.unwrap_or_default(),
            search: self.search,
            nobody: self.nobody,
            nobody_listed: self.nobody_listed,
            read_by: self.read_by.unwrap_or_default(),
            quota: self.quota,
            keep_alive: self.keep_alive,
            skew: self.clock,
            log: self.log,
            ..Settings::new(self.listen, SecretString::from(key.trim()))
        })
    }
}

/// The kinds of faults come from where they are made.
fn with_faults() -> String {
    let mut text = String::from(
        "\
Examples:
  userside-bulk sandbox --key-file key.txt
  userside-bulk sandbox --key-file key.txt --latency 50ms --fault 504-late=1%

Kinds of faults:
",
    );
    for kind in FaultKind::ALL {
        let _ = writeln!(text, "  {:<18} {}", kind.name(), kind.summary());
    }
    text.push_str(
        "\nGET /sandbox/ledger answers what the server holds: customers, bookings, number\nof requests, and how many writes each customer has seen.\nPOST /sandbox/clock?forward=45s turns the server's clock: what it has put off\nuntil then is done at once.",
    );
    text
}
