//! How fast requests leave, and how much a run puts up with.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use clap::Args;

use super::default::FallsBack as _;
use crate::cli::values;
use crate::running::{MaxFailures, RunPace};
use crate::sending::{Burst, LinkSettings, PaceSettings, Rate};

const RATE: Rate = Rate::Limited { count: NonZeroU32::new(10).unwrap(), span: Duration::from_secs(1) };
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(8).unwrap();
const RETRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(15 * 60);
const RETRY_WAIT: Duration = Duration::from_secs(1);

/// How fast requests leave.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
pub struct PaceArgs {
    /// How fast: 10/s, 600/m, 5000/h or unlimited
    ///
    /// Requests per second, minute or hour. Retries and reads count too.
    #[arg(long, value_name = "RATE", falls_back_to(RATE))]
    pub(in crate::cli) rate: Option<Rate>,
    /// Requests that may leave at once after a pause
    ///
    /// No second ever sees more than rate + burst requests.
    #[arg(long, value_name = "N", value_parser = burst, hide_short_help = true)]
    #[arg(falls_back_to("a tenth of a second's worth of the rate, at least 1"))]
    pub(in crate::cli) burst: Option<NonZeroU32>,
    /// Requests in flight at the same time
    #[arg(long, value_name = "N", value_parser = values::positive::<NonZeroUsize>, hide_short_help = true)]
    #[arg(falls_back_to(CONCURRENCY))]
    pub(in crate::cli) concurrency: Option<NonZeroUsize>,
    /// Further attempts for a request that may be sent again
    #[arg(long, value_name = "N", hide_short_help = true, falls_back_to(RETRIES))]
    pub(in crate::cli) retries: Option<u32>,
    /// The wait before the first further attempt
    ///
    /// It doubles each time, with jitter, up to a minute.
    #[arg(long, value_name = "TIME", value_parser = values::span, hide_short_help = true)]
    #[arg(falls_back_to(values::seconds(RETRY_WAIT)))]
    pub(in crate::cli) retry_wait: Option<Duration>,
    /// How long to wait for a server that is not reached or turns requests away
    ///
    /// Nothing is sent meanwhile but one harmless read, after waits that grow; then it goes on where it was.
    #[arg(long, value_name = "TIME", value_parser = values::span, hide_short_help = true)]
    #[arg(falls_back_to("15m"))]
    pub(in crate::cli) patience: Option<Duration>,
}

/// So many at once are held back by nothing, and with a rate of one in an hour they still fit into what a clock counts.
const LARGEST_BURST: u32 = 1_000_000;

fn burst(text: &str) -> Result<NonZeroU32, String> {
    values::positive::<NonZeroU32>(text)
        .ok()
        .filter(|burst| burst.get() <= LARGEST_BURST)
        .ok_or_else(|| format!("'{text}' is not a whole number from 1 to {LARGEST_BURST}"))
}

impl PaceArgs {
    pub(super) fn concurrency(&self) -> NonZeroUsize {
        self.concurrency.unwrap_or(CONCURRENCY)
    }

    /// Where nothing else is said.
    pub(in crate::cli) fn usual() -> RunPace {
        RunPace { rate: RATE, concurrency: CONCURRENCY }
    }

    pub(super) fn link(&self) -> LinkSettings {
        let burst = self.burst.map_or(Burst::Default, Burst::Requests);
        LinkSettings {
            pace: PaceSettings { rate: self.rate.unwrap_or(RATE), burst },
            retries: self.retries.unwrap_or(RETRIES),
            retry_wait: self.retry_wait.unwrap_or(RETRY_WAIT),
            patience: self.patience.unwrap_or(PATIENCE),
        }
    }
}

/// How much a run puts up with.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
pub struct PatienceArgs {
    /// Stop when N rows, or N% of the valid rows, are failed or unknown
    #[arg(long, value_name = "N|N%", hide_short_help = true, falls_back_to("25 in a row"))]
    pub(in crate::cli) max_failures: Option<MaxFailures>,
}
