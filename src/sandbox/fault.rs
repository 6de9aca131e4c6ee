//! Faults on purpose: their kinds, when they strike, and how they are written: `[read:]KIND=PERCENT%` or
//! `[read:]KIND@NUMBERS`.

use std::fmt;
use std::str::FromStr;

use super::chance::Draw;
use super::numbers::{Numbers, digits};
use crate::catalogue::{Effect, Nearest, nearest};

/// One kind of fault, and when it strikes.
///
/// Written `500=1%` (a share of the writes, drawn from the seed), `drop-after@3`, `429@5-9` or
/// `error@2,7-8` (writes by number, counted from 1); with `read:` before it, reads instead of writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    reads: bool,
    strikes: Strikes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Strikes {
    /// This many of a million requests.
    Share(u64),
    /// The requests with these numbers.
    Numbers(Numbers),
}

impl Fault {
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Whether it strikes the request with this number among the reads or writes. `place` is the fault's
    /// place in the list: two faults with the same share do not always strike together.
    pub(super) fn strikes(&self, effect: Effect, number: u64, draw: Draw, place: u64) -> bool {
        if self.reads != (effect == Effect::Reads) {
            return false;
        }
        match &self.strikes {
            Strikes::Share(of_a_million) => draw.below(PLACES + place, 1_000_000) < *of_a_million,
            Strikes::Numbers(numbers) => numbers.contains(number),
        }
    }
}

/// Draws for faults have purposes from here on; smaller ones are for the shape of answers.
const PLACES: u64 = 1_000;

/// When a struck request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Execution {
    /// Not at all.
    Never,
    /// Before the answer.
    Now,
    /// After the answer, as when the web server gives up and PHP goes on.
    Late,
}

/// What the client sees of a struck request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symptom {
    /// A page of the web server in front, with this status.
    Page(u16),
    /// An error of the API itself, with this status.
    ApiError(u16),
    /// A redirect with this status.
    Redirect(u16),
    /// The connection is closed without a byte.
    Close,
    /// The connection stays open without a byte.
    Stall,
    /// A login form under status 200.
    Login,
    /// Status 200 and no body.
    Empty,
    /// The true answer without its end.
    Truncated,
    /// The true answer after more white space than anybody should read.
    Huge,
}

macro_rules! kinds {
    ($($variant:ident $name:literal $execution:ident $symptom:expr, $doc:literal;)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FaultKind {
            $(#[doc = $doc] $variant,)*
        }

        impl FaultKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in a written [`Fault`].
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One line for people.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }

            pub(super) const fn execution(self) -> Execution {
                match self { $(Self::$variant => Execution::$execution,)* }
            }

            pub(super) const fn symptom(self) -> Symptom {
                match self { $(Self::$variant => $symptom,)* }
            }
        }
    };
}

kinds! {
    Status500 "500" Never Symptom::Page(500), "not applied; status 500 with an HTML page";
    Status502 "502" Never Symptom::Page(502), "not applied; status 502 with an HTML page";
    Status504 "504" Never Symptom::Page(504), "not applied; status 504 with an HTML page";
    After500 "500-after" Now Symptom::Page(500), "applied; status 500 with an HTML page";
    After502 "502-after" Now Symptom::Page(502), "applied; status 502 with an HTML page";
    After504 "504-after" Now Symptom::Page(504), "applied; status 504 with an HTML page";
    Late504 "504-late" Late Symptom::Page(504), "status 504 at once; applied a second later";
    Status503 "503" Never Symptom::Page(503), "not applied; status 503, with Retry-After if one is set";
    Status429 "429" Never Symptom::Page(429), "not applied; status 429, with Retry-After if one is set";
    Status400 "400" Never Symptom::ApiError(400), "not applied; status 400 with the API's error";
    Status401 "401" Never Symptom::ApiError(401), "not applied; status 401 with the API's error";
    Status403 "403" Never Symptom::ApiError(403), "not applied; status 403 with the API's error";
    Status404 "404" Never Symptom::ApiError(404), "not applied; status 404 with the API's error";
    Error "error" Never Symptom::ApiError(200), "not applied; the API's error under status 200";
    DropBefore "drop-before" Never Symptom::Close, "not applied; connection closed without an answer";
    DropAfter "drop-after" Now Symptom::Close, "applied; connection closed without an answer";
    StallBefore "stall-before" Never Symptom::Stall, "not applied; never answered";
    Stall "stall" Now Symptom::Stall, "applied; never answered";
    Html "html" Now Symptom::Login, "applied; an HTML login form under status 200";
    Empty "empty" Now Symptom::Empty, "applied; an empty body under status 200";
    Truncate "truncate" Now Symptom::Truncated, "applied; a JSON body that is cut short";
    Huge "huge" Now Symptom::Huge, "applied; a body of more than 16 MiB";
    Redirect302 "302" Never Symptom::Redirect(302), "not applied; a redirect with status 302";
    Redirect307 "307" Never Symptom::Redirect(307), "not applied; a redirect with status 307";
    Redirect308 "308" Never Symptom::Redirect(308), "not applied; a redirect with status 308";
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text does not describe a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseFaultError {
    /// It does not say when the fault strikes.
    #[error(
        "'{text}' does not say when: write a share like {kind}=1%, or numbers of requests like {kind}@3, {kind}@3-5 or {kind}@3,7"
    )]
    When {
        /// The whole text.
        text: String,
        /// The text in place of the kind.
        kind: String,
    },
    /// There is no such kind.
    #[error("there is no fault '{kind}'{nearest}; the faults are {}", known())]
    Kind {
        /// The text in place of the kind.
        kind: String,
        /// The kind that was probably meant.
        nearest: Nearest,
    },
    /// The share is not a percentage.
    #[error(
        "'{share}' is not a share of requests: write a percentage from 0% to 100% with up to four decimals, like 0.5%"
    )]
    Share {
        /// The text after `=`.
        share: String,
    },
    /// The numbers are not valid.
    #[error(
        "'{numbers}' are not numbers of requests: count from 1 and write one like 3, a range like 3-5, or several like 3,7-9"
    )]
    Numbers {
        /// The text after `@`.
        numbers: String,
    },
}

fn known() -> String {
    FaultKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let (reads, rest) = trimmed.strip_prefix("read:").map_or((false, trimmed), |rest| (true, rest));
        let Some(at) = rest.find(['=', '@']) else {
            let kind = kind(rest)?.name().to_owned();
            return Err(ParseFaultError::When { text: text.to_owned(), kind });
        };
        let (name, when) = rest.split_at(at);
        let kind = kind(name)?;
        let strikes = match when.strip_prefix('=') {
            Some(share) => Strikes::Share(parse_share(share)?),
            None => Strikes::Numbers(parse_numbers(&when[1..])?),
        };
        Ok(Self { kind, reads, strikes })
    }
}

fn kind(name: &str) -> Result<FaultKind, ParseFaultError> {
    let name = name.trim();
    FaultKind::ALL.iter().copied().find(|kind| kind.name() == name).ok_or_else(|| ParseFaultError::Kind {
        kind: name.to_owned(),
        nearest: nearest(name, FaultKind::ALL.iter().map(|kind| kind.name())),
    })
}

/// A percentage as parts of a million, read by its digits: a binary float cannot hold 0.1%.
fn parse_share(text: &str) -> Result<u64, ParseFaultError> {
    let refused = || ParseFaultError::Share { share: text.to_owned() };
    let percent = text.trim().strip_suffix('%').ok_or_else(refused)?.trim();
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, "0"));
    if decimals.is_empty() || decimals.len() > 4 {
        return Err(refused());
    }
    let whole = digits(whole).ok_or_else(refused)?;
    let decimals = digits(&format!("{decimals:0<4}")).ok_or_else(refused)?;
    whole
        .checked_mul(10_000)
        .and_then(|share| share.checked_add(decimals))
        .filter(|share| *share <= 1_000_000)
        .ok_or_else(refused)
}

fn parse_numbers(text: &str) -> Result<Numbers, ParseFaultError> {
    Numbers::read(text).ok_or_else(|| ParseFaultError::Numbers { numbers: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::{Draw, Fault, FaultKind, ParseFaultError};
    use crate::catalogue::Effect;

    fn fault(text: &str) -> Fault {
        text.parse().expect(text)
    }

    fn struck(fault: &Fault, effect: Effect, numbers: std::ops::Range<u64>) -> Vec<u64> {
        numbers.filter(|&n| fault.strikes(effect, n, Draw::new(1, n, 0), 0)).collect()
    }

    #[test]
    fn numbers_strike_those_requests_and_no_others() {
        assert_eq!(struck(&fault("500@3"), Effect::OnceOnly, 1..10), [3]);
        assert_eq!(struck(&fault("500@3-5"), Effect::Repeatable, 1..10), [3, 4, 5]);
        assert_eq!(struck(&fault("500@2, 7-8"), Effect::Repeatable, 1..10), [2, 7, 8]);
    }

    #[test]
    fn reads_are_struck_only_when_asked_for() {
        assert!(struck(&fault("500=100%"), Effect::Reads, 1..10).is_empty());
        assert!(struck(&fault("read:500=100%"), Effect::OnceOnly, 1..10).is_empty());
        assert_eq!(struck(&fault("read:500@2"), Effect::Reads, 1..10), [2]);
    }

    #[test]
    fn a_share_is_met_about_as_often_as_it_says() {
        let hits = struck(&fault("drop-after=0.5%"), Effect::OnceOnly, 0..100_000).len();
        assert!((400..600).contains(&hits), "{hits}");
        assert!(struck(&fault("500=0%"), Effect::OnceOnly, 0..1_000).is_empty());
        assert_eq!(struck(&fault("500=100.0%"), Effect::OnceOnly, 0..1_000).len(), 1_000);
    }

    #[test]
    fn every_kind_is_read_back_by_its_name() {
        for kind in FaultKind::ALL {
            assert_eq!(fault(&format!("{kind}@1")).kind(), *kind);
        }
    }

    #[test]
    fn what_is_refused_says_how_to_write_it() {
        let refusal = |text: &str| text.parse::<Fault>().expect_err(text).to_string();
        assert!(refusal("500").contains("500=1%"));
        assert!(refusal("drop-aftr=1%").contains("did you mean 'drop-after'"));
        for share in ["500=1", "500=101%", "500=-1%", "500=0.00001%", "500=%", "500=1.%", "500=+1%"] {
            assert!(matches!(share.parse::<Fault>(), Err(ParseFaultError::Share { .. })), "{share}");
        }
        for numbers in ["500@0", "500@", "500@5-3", "500@1,,2", "500@x", "500@1-"] {
            assert!(matches!(numbers.parse::<Fault>(), Err(ParseFaultError::Numbers { .. })), "{numbers}");
        }
    }
}
