//! The progress bar of a terminal: the whole command's length and time left; the rows of the part that goes on, the rate,
//! and results so far.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::whole_run::WholeRun;
use crate::count::grouped;
use crate::events::{Look, WorkPart};

/// A bar on a terminal; there is none elsewhere.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

/// How often the bar is drawn, in Hz.
const DRAWN: u8 = 10;

/// What a part does, and what it counts.
pub(super) const fn what(part: WorkPart) -> (&'static str, &'static str) {
    match part {
        WorkPart::Sending => ("sending", "rows"),
        WorkPart::FindingOut => ("reconciling", "rows"),
        WorkPart::Look(look) => match look {
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
        },
    }
}

impl Progress {
    /// A bar for checking rows, whose number is not known yet.
    pub(super) fn checking() -> Self {
        let progress = Self::new(ProgressBar::no_length());
        progress.style("checking rows  {human_pos}  {rate}", "rows");
        progress
    }

    /// A bar for a command with parts.
    pub(super) fn of_parts() -> Self {
        let progress = Self::new(ProgressBar::new(0));
        progress.bar.enable_steady_tick(Duration::from_millis(500));
        progress
    }

    fn new(bar: ProgressBar) -> Self {
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWN));
        Self { bar }
    }

    fn style(&self, template: &str, unit: &'static str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.with_key("rate", move |state: &ProgressState, out: &mut dyn Write| {
                // A bar that cannot be drawn must not stop the run.
                let _ = write!(out, "{:.0} {unit}/s", state.per_sec());
            }));
        }
    }

    /// A part begins.
    pub(super) fn begin(&self, run: &WholeRun) {
        let Some(part) = run.now() else { return };
        let (name, of) = what(part.part);
        let name = if part.part == WorkPart::Sending { String::new() } else { format!("{name} ") };
        self.style(
            &format!("{name}{{wide_bar:.cyan/dim}} {{prefix}} {of}  {{rate}}  ETA {{eta}}  {{msg}}"),
            if part.is_by_rows() { of } else { "requests" },
        );
        self.bar.set_length(run.total());
        self.show(run);
    }

    /// Sets the number of rows that were checked.
    pub(super) fn check(&self, rows: u64) {
        self.bar.set_position(rows);
    }

    /// Shows how far it is.
    pub(super) fn advance(&self, run: &WholeRun) {
        // Formatting costs more than counting: it is done for every row only while there are few.
        let done = run.now().map_or(0, |part| part.done);
        if done < 100 || done.is_multiple_of(64) {
            self.show(run);
        }
    }

    /// The same, whatever it costs.
    pub(super) fn show(&self, run: &WholeRun) {
        if let Some(part) = run.now() {
            self.bar.set_prefix(format!("{}/{}", grouped(part.done), grouped(part.rows)));
        }
        self.bar.set_message(match &run.outage {
            Some(outage) => outage.clone(),
            None => format!(
                "ok {}  failed {}  unknown {}",
                grouped(run.ok),
                grouped(run.failed),
                grouped(run.unknown)
            ),
        });
        self.bar.set_position(run.position());
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
