//! Runs that nobody watches: when they stop, and who hears of their end.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::time::SystemTime;

use clap::Args;
use jiff::civil::{DateTime, Time};
use jiff::{ToSpan, ZonedDateTime};

use crate::cli::error::SettingsError;
use crate::sending::Deadline;

/// What is done about a run that nobody watches.
#[derive(Debug, Args)]
#[command(next_help_heading = "Night runs")]
pub struct NightArgs {
    /// Stop in order at this time: 06:00, or 2026-11-29 06:00
    ///
    /// By this machine's clock, the next time that it is so late. Requests in flight are finished, and `resume` goes on;
    /// the exit code is 3. The journal keeps the time of day: in the evening `resume` stops at the next 06:00 again,
    /// unless --until says another time, or never. A date that is over no longer holds.
    #[arg(long, value_name = "TIME", hide_short_help = true)]
    until: Option<Until>,
    /// Run this command at the end, with the summary on its standard input
    ///
    /// Through the shell. The summary is the object of --json; the exit code is in USERSIDE_BULK_EXIT, and the key is not
    /// in the environment. What it prints goes to standard error; if it fails, that is told and changes nothing. It is
    /// waited for a minute at most. The journal keeps the command; an empty one takes it back.
    #[arg(long, value_name = "COMMAND", hide_short_help = true)]
    notify: Option<String>,
}

/// `--until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Until {
    /// As if nothing had been said.
    Never,
    /// The next time that it is so late.
    TimeOfDay(Time),
    /// Once.
    Moment(DateTime),
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRITE: &str =
            "write a time of day like 06:00, a date and a time like 2026-11-29 06:00, or never";
        let text = text.trim();
        if text == "never" {
            return Ok(Self::Never);
        }
        let (date, time) =
            text.split_once([' ', 'T']).map_or((None, text), |(date, time)| (Some(date), time));
        let bad = || format!("'{text}' is not a time: {WRITE}");
        let time = time_of_day(time.trim()).ok_or_else(bad)?;
        match date {
            None => Ok(Self::TimeOfDay(time)),
            Some(date) => {
                let date: jiff::civil::Date = date.parse().map_err(|_| bad())?;
                Ok(Self::Moment(date.to_datetime(time)))
            }
        }
    }
}

/// `6:00`, `06:00` or `06:00:30`.
fn time_of_day(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let mut part = |longest: usize, shortest: usize| {
        let digits = parts.next()?;
        let fits = (shortest..=longest).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| digits.parse().ok()).flatten()
    };
    let (hour, minute) = (part(2, 1)?, part(2, 2)?);
    let second = if text.matches(':').count() == 2 { part(2, 2)? } else { 0 };
    let is_whole = parts.next().is_none();
    Time::new(hour, minute, second, 0).ok().filter(|_| is_whole)
}

impl Display for Until {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let clock = |time: Time| if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        match self {
            Self::Never => f.write_str("never"),
            Self::TimeOfDay(time) => write!(f, "{}", time.strftime(clock(*time))),
            Self::Moment(moment) => {
                write!(f, "{} {}", moment.date(), moment.time().strftime(clock(moment.time())))
            }
        }
    }
}

impl Until {
    /// The moment that is meant; none for never. Or why it makes no sense.
    fn deadline(self, now: &ZonedDateTime) -> Result<Option<Deadline>, String> {
        let unreadable = |error: jiff::Error| error.to_string();
        let at = match self {
            Self::Never => return Ok(None),
            Self::TimeOfDay(time) => {
                let zone = now.time_zone().clone();
                let today =
                    now.date().to_datetime(time).to_zoned_datetime(zone.clone()).map_err(unreadable)?;
                if today > *now {
                    today
                } else {
                    let tomorrow = now.date().tomorrow().map_err(unreadable)?;
                    tomorrow.to_datetime(time).to_zoned_datetime(zone).map_err(unreadable)?
                }
            }
            Self::Moment(moment) => {
                let at = moment.to_zoned_datetime(now.time_zone().clone()).map_err(unreadable)?;
                if at <= *now {
                    return Err(format!(
                        "that has passed: it is {} now; name a time that is still to come",
                        now.strftime("%Y-%m-%d %H:%M")
                    ));
                }
                if at > now.checked_add(1.year()).map_err(unreadable)? {
                    return Err("that is more than a year away; is the date right?".to_owned());
                }
                at
            }
        };
        let at = SystemTime::try_from(at.timestamp()).map_err(|error| error.to_string())?;
        Ok(Some(Deadline { at, said: self.to_string() }))
    }
}

impl NightArgs {
    /// When the run stops.
    pub(in crate::cli) fn deadline(&self, now: &ZonedDateTime) -> Result<Option<Deadline>, SettingsError> {
        let Some(until) = self.until else { return Ok(None) };
        until.deadline(now).map_err(|why| SettingsError::Until { said: until.to_string(), why })
    }

    /// The command that hears of the end.
    pub(in crate::cli) fn notify(&self) -> Option<String> {
        self.notify.clone().filter(|command| !command.trim().is_empty())
    }

    /// A moment that a journal keeps, and that has passed, was that session's.
    pub(in crate::cli) fn forget_past(&mut self, now: &ZonedDateTime) {
        if matches!(self.until, Some(Until::Moment(moment)) if moment <= now.datetime()) {
            self.until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ZonedDateTime;

    use super::{NightArgs, Until};

    fn now() -> ZonedDateTime {
        "2026-11-28T19:05:00+02:00[Europe/Kyiv]".parse().expect("a time")
    }

    fn at(text: &str, now: &ZonedDateTime) -> Result<Option<String>, String> {
        let deadline = text.parse::<Until>()?.deadline(now)?;
        Ok(deadline.map(|deadline| {
            let at = jiff::Timestamp::try_from(deadline.at)
                .expect("a time")
                .to_zoned_datetime(now.time_zone().clone());
            format!("{} {}", at.strftime("%F %T"), deadline.said)
        }))
    }

    #[test]
    fn a_time_of_day_is_the_next_one() {
        for (typed, meant) in [
            ("06:00", "2026-11-29 06:00:00 06:00"),
            ("6:00", "2026-11-29 06:00:00 06:00"),
            ("19:05", "2026-11-29 19:05:00 19:05"),
            ("19:06", "2026-11-28 19:06:00 19:06"),
            ("23:59:30", "2026-11-28 23:59:30 23:59:30"),
            ("2026-11-30 06:00", "2026-11-30 06:00:00 2026-11-30 06:00"),
            ("2026-11-28T19:05:01", "2026-11-28 19:05:01 2026-11-28 19:05:01"),
        ] {
            assert_eq!(at(typed, &now()), Ok(Some(meant.to_owned())), "{typed}");
        }
        assert_eq!(at("never", &now()), Ok(None));
    }

    /// 03:00 to 04:00 is not there on 29 March 2026, and twice on 25 October.
    #[test]
    fn clocks_are_put_forward_and_back() {
        let march: ZonedDateTime = "2026-03-28T22:00:00+02:00[Europe/Kyiv]".parse().expect("a time");
        assert_eq!(at("03:30", &march), Ok(Some("2026-03-29 04:30:00 03:30".to_owned())));
        let october: ZonedDateTime = "2026-10-24T22:00:00+03:00[Europe/Kyiv]".parse().expect("a time");
        assert_eq!(at("06:00", &october), Ok(Some("2026-10-25 06:00:00 06:00".to_owned())));
    }

    #[test]
    fn a_time_that_makes_no_sense_is_refused() {
        for bad in [
            "",
            "6",
            "6am",
            "25:00",
            "24:00",
            "06:60",
            "06:00:00:00",
            "0600",
            "-1:00",
            "06:00Z",
            "06:00+02:00",
            "2026-11-29",
            "2026-11-31 06:00",
            "29.11.2026 06:00",
            "tomorrow 06:00",
            "006:00",
            "06:0",
            "never 06:00",
        ] {
            let refusal = at(bad, &now()).expect_err(bad);
            assert!(refusal.contains("06:00, a date and a time like"), "{bad}: {refusal}");
        }
        let past = at("2026-11-28 19:05", &now()).expect_err("the past");
        assert!(past.contains("has passed: it is 2026-11-28 19:05 now"), "{past}");
        assert!(at("2027-11-29 06:00", &now()).expect_err("far").contains("more than a year"));
    }

    #[test]
    fn only_a_moment_passes_for_good() {
        for (text, is_left) in [("06:00", true), ("2026-11-28 06:00", false), ("2026-11-29 06:00", true)] {
            let mut night = NightArgs { until: Some(text.parse().expect(text)), notify: None };
            night.forget_past(&now());
            assert_eq!(night.until.is_some(), is_left, "{text}");
        }
    }
}
