//! A quota: how many requests a server takes in a second, a minute or an hour. Those beyond it are turned away.

use std::num::NonZeroU64;
use std::str::FromStr;
use std::time::Duration;

/// So many requests in each span of time, written like `5/s`, `100/m` or `1000/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    requests: NonZeroU64,
    span: Duration,
}

/// The text is not a quota.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a quota: write it like 5/s, 100/m or 1000/h")]
pub struct ParseQuotaError {
    text: String,
}

impl FromStr for Quota {
    type Err = ParseQuotaError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ParseQuotaError { text: text.to_owned() };
        let (requests, unit) = text.trim().split_once('/').ok_or_else(refused)?;
        let seconds = match unit.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(refused()),
        };
        let requests = requests.trim().parse().map_err(|_| refused())?;
        Ok(Self { requests, span: Duration::from_secs(seconds) })
    }
}

/// What was used of a quota. The spans follow each other without a gap, as a counter that is set back counts.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// The span that is counted, by its place since the start.
    span: u128,
    requests: u64,
}

impl Usage {
    /// Counts a request, and says whether it is still within the quota.
    pub(super) fn admits(&mut self, quota: Quota, elapsed: Duration) -> bool {
        let span = elapsed.as_nanos() / quota.span.as_nanos();
        if span != self.span {
            *self = Self { span, requests: 0 };
        }
        let within = self.requests < quota.requests.get();
        self.requests += u64::from(within);
        within
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Quota, Usage};

    #[test]
    fn a_quota_is_so_many_in_a_span() {
        let quota: Quota = "2/s".parse().expect("a quota");
        let mut usage = Usage::default();
        let mut admits = |ms| usage.admits(quota, Duration::from_millis(ms));
        assert_eq!([0, 1, 2, 999].map(&mut admits), [true, true, false, false]);
        assert_eq!([1000, 1001, 1002, 5000].map(&mut admits), [true, true, false, true]);
    }

    #[test]
    fn what_is_refused_says_how_to_write_it() {
        for text in ["", "5", "0/s", "5/d", "-1/s", "x/s", "5/s/s"] {
            let error = text.parse::<Quota>().expect_err(text).to_string();
            assert!(error.contains("like 5/s, 100/m"), "{error}");
        }
        assert_eq!(" 100 / m ".parse::<Quota>().map(|quota| quota.span), Ok(Duration::from_secs(60)));
    }
}
