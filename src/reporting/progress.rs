//! The progress bar: rows, rate, time left, and results so far.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::count::grouped;
use crate::events::Look;
use crate::recording::Status;

/// A bar on a terminal; there is none elsewhere.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    ok: u64,
    failed: u64,
    unknown: u64,
    /// What everything waits for.
    outage: Option<String>,
}

/// How often the bar is drawn, in Hz.
const DRAWN: u8 = 10;

impl Progress {
    /// A bar for checking rows, whose number is not known yet.
    pub(super) fn checking() -> Self {
        Self::new(ProgressBar::no_length(), "checking rows  {human_pos}  {rate}")
    }

    /// A bar for sending this many rows.
    pub(super) fn sending(rows: u64) -> Self {
        Self::ticking(
            ProgressBar::new(rows),
            "{wide_bar:.cyan/dim} {human_pos}/{human_len} rows  {rate}  ETA {eta}  {msg}",
        )
    }

    /// A bar for reconciling this many rows.
    pub(super) fn finding_out(rows: u64) -> Self {
        Self::ticking(
            ProgressBar::new(rows),
            "reconciling {wide_bar:.cyan/dim} {human_pos}/{human_len} rows  ETA {eta}  {msg}",
        )
    }

    /// A bar for reads besides the rows, and for writing files.
    pub(super) fn looking(look: Look, rows: u64, done: u64) -> Self {
        let (what, of) = match look {
            Look::Existing => ("looking for existing customers", "rows"),
            Look::Bookings => ("looking for bookings that are there already", "rows"),
            Look::Balances => ("reading balances", "rows"),
            Look::BalancesAgain => ("comparing balances", "customers"),
            Look::Searches => ("searching", "searches"),
            Look::Customers => ("reading customers", "customers"),
            Look::Writing => ("writing", "customers"),
            Look::Lookups => ("looking up", "rows"),
            Look::Keys => ("looking customers up", "values"),
            Look::Histories => ("reading histories", "customers"),
        };
        let bar = ProgressBar::new(rows).with_position(done);
        Self::ticking(
            bar,
            &format!(
                "{what} {{wide_bar:.cyan/dim}} {{human_pos}}/{{human_len}} {of}  {{rate}}  ETA {{eta}}  {{msg}}"
            ),
        )
    }

    fn ticking(bar: ProgressBar, template: &str) -> Self {
        let progress = Self::new(bar, template);
        progress.bar.enable_steady_tick(Duration::from_millis(500));
        progress
    }

    fn new(bar: ProgressBar, template: &str) -> Self {
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWN));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
                // A bar that cannot be drawn must not stop the run.
                let _ = write!(out, "{:.0} rows/s", state.per_sec());
            }));
        }
        Self { bar, ok: 0, failed: 0, unknown: 0, outage: None }
    }

    /// Sets the number of rows so far.
    pub(super) fn set(&self, rows: u64) {
        self.bar.set_position(rows);
    }

    /// Adds one row.
    pub(super) fn row(&mut self, status: Status) {
        match status {
            Status::Ok => self.ok += 1,
            Status::Failed | Status::Invalid => self.failed += 1,
            Status::Unknown => self.unknown += 1,
            Status::Skipped => {}
        }
        // Formatting costs more than counting: it is done for every row only while there are few.
        if self.ok < 100 || self.ok.is_multiple_of(64) || status != Status::Ok {
            self.show();
        }
        self.bar.inc(1);
    }

    /// Shows what it is that everything waits for, or that it goes on.
    pub(super) fn wait(&mut self, outage: Option<String>) {
        self.outage = outage;
        self.show();
    }

    fn show(&self) {
        self.bar.set_message(match &self.outage {
            Some(outage) => outage.clone(),
            None => format!(
                "ok {}  failed {}  unknown {}",
                grouped(self.ok),
                grouped(self.failed),
                grouped(self.unknown)
            ),
        });
    }

    /// Prints a line above the bar.
    pub(super) fn suspend(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Removes the bar.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
