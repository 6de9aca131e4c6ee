//! Faults on purpose: when they strike, and how they are written: `[read:]KIND=PERCENT%` or
//! `[read:]KIND@NUMBERS`, or with an operation in place of `read`. Some kinds take a time before that, as in `late=45s@3`; with a time and nothing after
//! it, all requests are struck.

use std::str::FromStr;
use std::time::Duration;

use super::chance::Draw;
use super::kind::FaultKind;
use super::numbers::{Numbers, digits, span};
use crate::catalogue::{Action, Effect, Nearest, Operation, nearest, operations};

/// One kind of fault, and when it strikes.
///
/// Written `500=1%` (a share of the writes, drawn from the seed), `drop-after@3`, `429@5-9` or
/// `error@2,7-8` (writes by number, counted from 1); with `read:` before it, reads instead of writes, and with
/// `change_balance:` only those writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    /// For kinds that take one.
    time: Duration,
    among: Requests,
    strikes: Strikes,
}

/// Which requests a fault may strike, and is counted among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Requests {
    Reads,
    Writes,
    Of(Action),
}

/// A request, and which one it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) action: Action,
    pub(super) effect: Effect,
    /// Among the reads or the writes, counted from 1.
    pub(super) number: u64,
    /// Among those that do the same.
    pub(super) of_action: u64,
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

    /// After which time the call is carried out, or the second answer comes; or how long nobody can connect.
    pub(super) fn time(&self) -> Duration {
        self.time
    }

    /// Whether it strikes a request. `place` is the fault's place in the list: two faults with the same share do not
    /// always strike together.
    pub(super) fn strikes(&self, request: Counted, draw: Draw, place: u64) -> bool {
        let is_read = request.effect == Effect::Reads;
        let (is_among, number) = match self.among {
            Requests::Reads => (is_read, request.number),
            Requests::Writes => (!is_read, request.number),
            Requests::Of(action) => (request.action == action, request.of_action),
        };
        is_among
            && match &self.strikes {
                Strikes::Share(of_a_million) => draw.below(PLACES + place, 1_000_000) < *of_a_million,
                Strikes::Numbers(numbers) => numbers.contains(number),
            }
    }
}

/// Draws for faults have purposes from here on; smaller ones are for the shape of answers.
const PLACES: u64 = 1_000;

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
    /// The time is not one.
    #[error("'{time}' is not a time for {kind}: write it like {kind}=5s@3, {kind}=500ms=1% or {kind}=2m")]
    Time {
        /// The text after the first `=`.
        time: String,
        /// The kind.
        kind: FaultKind,
    },
    /// There is no such kind.
    #[error("there is no fault '{kind}'{nearest}; the faults are {}", known())]
    Kind {
        /// The text in place of the kind.
        kind: String,
        /// The kind that was probably meant.
        nearest: Nearest,
    },
    /// There is no such operation.
    #[error("'{name}' is neither read nor an operation{nearest}; the operations are {}", actions().map(|(name, _)| name).collect::<Vec<_>>().join(", "))]
    Action {
        /// The text before the colon.
        name: String,
        /// The operation that was probably meant.
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
        let (among, rest) = match trimmed.split_once(':') {
            None => (Requests::Writes, trimmed),
            Some(("read", rest)) => (Requests::Reads, rest),
            Some((name, rest)) => (Requests::Of(action(name)?), rest),
        };
        let Some(at) = rest.find(['=', '@']) else {
            let kind = kind(rest)?.name().to_owned();
            return Err(ParseFaultError::When { text: text.to_owned(), kind });
        };
        let (name, when) = rest.split_at(at);
        let kind = kind(name)?;
        let (time, when) = parse_time(kind, when)?;
        let strikes = match (when.strip_prefix('='), when.strip_prefix('@')) {
            (Some(share), _) => Strikes::Share(parse_share(share)?),
            (None, Some(numbers)) => Strikes::Numbers(parse_numbers(numbers)?),
            (None, None) => Strikes::Share(ALL),
        };
        Ok(Self { kind, time, among, strikes })
    }
}

/// All requests, of a million.
const ALL: u64 = 1_000_000;

/// The time of a kind that takes one, and what is left after it. A share is not a time.
fn parse_time(kind: FaultKind, when: &str) -> Result<(Duration, &str), ParseFaultError> {
    let Some(usual) = kind.usual_time() else { return Ok((kind.own_time(), when)) };
    let Some(rest) = when.strip_prefix('=') else { return Ok((usual, when)) };
    let (text, rest) = rest.split_at(rest.find(['=', '@']).unwrap_or(rest.len()));
    if rest.is_empty() && text.contains('%') {
        return Ok((usual, when));
    }
    let time = span(text).ok_or_else(|| ParseFaultError::Time { time: text.to_owned(), kind })?;
    Ok((time, rest))
}

/// What a write does, by its name.
fn actions() -> impl Iterator<Item = (&'static str, Action)> {
    let subcategories = operations().filter(|operation| !operation.has_several_steps());
    subcategories.flat_map(Operation::steps).map(|(_, subcategory)| (subcategory.name, subcategory.action))
}

fn action(name: &str) -> Result<Action, ParseFaultError> {
    let name = name.trim();
    let found = actions().find(|(known, _)| *known == name);
    found.map(|(_, action)| action).ok_or_else(|| ParseFaultError::Action {
        name: name.to_owned(),
        nearest: nearest(name, actions().map(|(known, _)| known)),
    })
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
    use std::time::Duration;

    use super::{Counted, Draw, Fault, FaultKind, ParseFaultError};
    use crate::catalogue::{Action, Effect};

    fn fault(text: &str) -> Fault {
        text.parse().expect(text)
    }

    fn struck(fault: &Fault, effect: Effect, numbers: std::ops::Range<u64>) -> Vec<u64> {
        let action = if effect == Effect::Reads { Action::Read } else { Action::Edit };
        let counted = |number| Counted { action, effect, number, of_action: number + 10 };
        numbers.filter(|&n| fault.strikes(counted(n), Draw::new(1, n, 0), 0)).collect()
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
    fn the_requests_of_one_operation_are_counted_by_themselves() {
        assert_eq!(struck(&fault("edit:500@13"), Effect::Repeatable, 1..20), [3]);
        assert!(struck(&fault("change_balance:500=100%"), Effect::Repeatable, 1..20).is_empty());
        let refusal = "change_balanc:500@1".parse::<Fault>().expect_err("no operation").to_string();
        assert!(
            refusal.contains("did you mean 'change_balance'") && !refusal.contains("migrate"),
            "{refusal}"
        );
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
    fn some_kinds_take_a_time() {
        let time = |text: &str| fault(text).time();
        assert_eq!(time("late=45s@3"), Duration::from_secs(45));
        assert_eq!(time("second-answer=5ms=10%"), Duration::from_millis(5));
        assert_eq!(time("late@3"), Duration::from_secs(45));
        assert_eq!(time("refuse=1%"), Duration::from_secs(5));
        assert_eq!(struck(&fault("late=2m"), Effect::OnceOnly, 1..4), [1, 2, 3]);
        assert_eq!(struck(&fault("read:refuse=1s@2"), Effect::Reads, 1..4), [2]);
        for text in ["late=soon@3", "late=-1s", "late=@3"] {
            assert!(matches!(text.parse::<Fault>(), Err(ParseFaultError::Time { .. })), "{text}");
        }
        assert!(matches!("500=5s@3".parse::<Fault>(), Err(ParseFaultError::Share { .. })));
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
