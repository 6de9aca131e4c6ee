//! How fast requests may leave: rate, burst, and pauses that the server orders. Knows nothing of retries:
//! an attempt is a request like any other.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::clock::Clock;
use super::learned::{Learned, Refusal};

/// How many requests may leave in a span of time: `--rate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// As many as the server answers.
    Unlimited,
    /// So many in a span.
    Limited {
        count: NonZeroU32,
        /// In which span: a second, a minute or an hour.
        span: Duration,
    },
}

/// The text is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a valid rate: write a whole number of requests per second, minute or hour, such as 10/s, 600/m or 5000/h, or the word unlimited"
)]
pub struct ParseRateError(String);

impl FromStr for Rate {
    type Err = ParseRateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseRateError(text.to_owned());
        if text.trim().eq_ignore_ascii_case("unlimited") {
            return Ok(Self::Unlimited);
        }
        let (count, unit) = text.trim().split_once('/').ok_or_else(error)?;
        let span = match unit.trim() {
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            "h" => Duration::from_secs(3600),
            _ => return Err(error()),
        };
        // Above a million a second the interval between two requests is no longer a whole number of
        // nanoseconds, and the rate could not be told from `unlimited`.
        let count = count
            .trim()
            .parse::<NonZeroU32>()
            .ok()
            .filter(|count| count.get() <= 1_000_000)
            .ok_or_else(error)?;
        Ok(Self::Limited { count, span })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("unlimited"),
            Self::Limited { count, span } => {
                let unit = match span.as_secs() {
                    60 => "m",
                    3600 => "h",
                    _ => "s",
                };
                write!(f, "{count}/{unit}")
            }
        }
    }
}

/// How many requests may leave at once after a pause: `--burst`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Burst {
    /// A tenth of a second's worth of the rate, at least 1.
    #[default]
    Default,
    /// So many.
    Requests(NonZeroU32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceSettings {
    /// `--rate`.
    pub rate: Rate,
    /// `--burst`.
    pub burst: Burst,
}

impl PaceSettings {
    pub fn burst(&self) -> NonZeroU32 {
        match (self.burst, self.rate) {
            (Burst::Requests(requests), _) => requests,
            (Burst::Default, Rate::Unlimited) => NonZeroU32::MIN,
            (Burst::Default, Rate::Limited { count, span }) => {
                let tenth = u64::from(count.get()) / (span.as_secs() * 10);
                u32::try_from(tenth).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
            }
        }
    }
}

/// The longest pause that a server's `Retry-After` is obeyed for.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(600);

type Limiter<C> = RateLimiter<NotKeyed, InMemoryState, Ticks<C>, NoOpMiddleware<Duration>>;

/// The clock as the limiter wants it.
#[derive(Debug, Clone)]
struct Ticks<C>(C);

impl<C: Clock> governor::clock::Clock for Ticks<C> {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.now()
    }
}

/// Gives permits, one for each request.
pub(super) struct Pace<C: Clock> {
    clock: C,
    /// The burst; none where nothing holds requests back.
    at_once: Option<usize>,
    limiter: Option<Limiter<C>>,
    /// The time between two requests by the user's rate.
    fastest: Duration,
    learned: Learned,
    paused_until: Duration,
}

impl<C: Clock> Pace<C> {
    pub(super) fn new(settings: PaceSettings, clock: C) -> Self {
        let limiter = match settings.rate {
            Rate::Unlimited => None,
            // One request per interval, and a burst on top, is what keeps any second at rate + burst.
            Rate::Limited { count, span } => Quota::with_period(span / count.get()).map(|quota| {
                RateLimiter::direct_with_clock(quota.allow_burst(settings.burst()), Ticks(clock.clone()))
            }),
        };
        let at_once = limiter.as_ref().map(|_| settings.burst().get() as usize);
        let fastest = match settings.rate {
            Rate::Unlimited => Duration::ZERO,
            Rate::Limited { count, span } => span / count.get(),
        };
        let learned = Learned::default();
        Self { clock, at_once, limiter, fastest, learned, paused_until: Duration::ZERO }
    }

    /// How many requests may leave at once; none where nothing holds them back.
    pub(super) fn at_once(&self) -> Option<usize> {
        self.at_once
    }

    /// A permit for one request now, or the moment at which to ask again.
    pub(super) fn permit(&mut self) -> Result<(), Duration> {
        let now = self.clock.now();
        if now < self.paused_until {
            return Err(self.paused_until);
        }
        self.learned.permit(now)?;
        match self.limiter.as_ref().map(Limiter::check) {
            None | Some(Ok(())) => {
                self.learned.left(now);
                Ok(())
            }
            Some(Err(not_until)) => Err(now + not_until.wait_time_from(now)),
        }
    }

    /// The server took a request.
    pub(super) fn took(&mut self) {
        self.learned.took(self.clock.now(), self.fastest);
    }

    /// What it has taken up to now.
    pub(super) fn taken(&mut self) -> Refusal {
        self.learned.at(self.clock.now())
    }

    /// It had turned requests away at that point, and takes them again.
    pub(super) fn learn(&mut self, at: Refusal, waited: bool) {
        self.learned.turned_away(at, waited);
    }

    /// The server turns requests away because a quota is used up, and maybe says for how long.
    pub(super) fn over_quota(&mut self, ordered: Option<Duration>) {
        let (now, at) = (self.clock.now(), self.taken());
        self.learned.over_quota(at, now, ordered);
    }

    /// Gives no permit for this long; a longer pause that is already ordered stays.
    pub(super) fn pause(&mut self, span: Duration) {
        self.paused_until = self.paused_until.max(self.clock.now() + span);
    }
}

#[cfg(test)]
mod tests {
    use super::{Burst, Pace, PaceSettings, Rate};
    use crate::sending::clock::Clock;
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::{Duration, SystemTime};

    #[derive(Clone, Default)]
    struct Hands(Rc<Cell<Duration>>);

    impl Clock for Hands {
        fn now(&self) -> Duration {
            self.0.get()
        }
        fn wall(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }
        async fn sleep_until(&self, moment: Duration) {
            self.0.set(self.0.get().max(moment));
        }
    }

    fn settings(rate: &str) -> PaceSettings {
        PaceSettings { rate: rate.parse().expect("a rate"), burst: Burst::Default }
    }

    #[test]
    fn rates_are_read_and_written() {
        for text in ["10/s", "600/m", "5000/h", "unlimited"] {
            assert_eq!(text.parse::<Rate>().map(|r| r.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "10", "0/s", "10/d", "1.5/s", "-1/s", "/s", "9999999/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_default_burst_is_a_tenth_of_a_seconds_worth() {
        for (rate, burst) in
            [("200/s", 20), ("10/s", 1), ("5/s", 1), ("12000/m", 20), ("60/h", 1), ("unlimited", 1)]
        {
            assert_eq!(settings(rate).burst().get(), burst, "{rate}");
        }
    }

    /// Whatever the clock's steps, no second sees more than rate + burst, and none is wasted.
    #[test]
    fn no_second_sees_more_than_rate_and_burst() {
        for step in [1, 7, 400, 1500] {
            let clock = Hands::default();
            let mut pace = Pace::new(settings("50/s"), clock.clone());
            let mut sent: Vec<Duration> = Vec::new();
            while sent.len() < 500 {
                match pace.permit() {
                    Ok(()) => sent.push(clock.now()),
                    Err(until) => {
                        assert!(until > clock.now());
                        clock.0.set(until + Duration::from_millis(step));
                    }
                }
            }
            for (place, first) in sent.iter().enumerate() {
                let within =
                    sent[place..].iter().take_while(|t| **t - *first < Duration::from_secs(1)).count();
                assert!(within <= 55, "{within} within a second, step {step}");
            }
        }
    }

    #[test]
    fn an_ordered_pause_holds_everything_back() {
        let clock = Hands::default();
        let mut pace = Pace::new(settings("unlimited"), clock.clone());
        assert_eq!(pace.permit(), Ok(()));
        pace.pause(Duration::from_secs(5));
        pace.pause(Duration::from_secs(2));
        assert_eq!(pace.permit(), Err(Duration::from_secs(5)));
        clock.0.set(Duration::from_secs(5));
        assert_eq!(pace.permit(), Ok(()));
    }
}
