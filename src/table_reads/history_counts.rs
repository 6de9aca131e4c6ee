//! How the customers of a table ended, counted; the first ones who could not be read are named.

use super::customer_history::{CustomerHistory, HistoryRead};
use super::period::Period;
use crate::count::{Count, grouped};
use crate::events::{Event, Listener, ReadSummary};

/// So many customers who could not be read are named.
const NAMED: u64 = 5;

/// What was read of how many customers.
#[derive(Debug, Default)]
pub(super) struct HistoryCounts {
    ok: u64,
    unread: u64,
    no_id: u64,
    stopped: u64,
    entries: u64,
    undated: u64,
}

impl HistoryCounts {
    /// The first ones who could not be read are named.
    pub(super) fn count(&mut self, history: &CustomerHistory, listener: &dyn Listener) {
        let is_named = self.unread + self.no_id < NAMED;
        let (customer, warn) = (&history.customer, |text: String| listener.event(Event::Warning(&text)));
        match &history.read {
            HistoryRead::Lines { lines, undated } => {
                self.ok += 1;
                self.entries += lines.len() as u64;
                self.undated += undated;
            }
            HistoryRead::Unread(reason) => {
                self.unread += 1;
                if is_named {
                    warn(format!("customer {customer} could not be read: {reason}"));
                }
            }
            HistoryRead::NoId(reason) => {
                self.no_id += 1;
                if is_named {
                    warn(format!("'{customer}' is left out: {reason}"));
                }
            }
            HistoryRead::Stopped => self.stopped += 1,
        }
    }

    /// Says what a person must know of the whole.
    pub(super) fn tell(&self, period: &Period, listener: &dyn Listener) {
        let left_out = self.unread + self.no_id;
        if left_out > NAMED {
            let more = left_out - NAMED;
            listener.event(Event::Warning(&format!(
                "and {} more; --errors FILE lists all of them",
                grouped(more)
            )));
        }
        if period.is_limited() && self.undated > 0 {
            let entries = Count(self.undated, "entry");
            listener.event(Event::Warning(&format!(
                "{entries} {} a date that cannot be read; {} kept, whatever --from and --to say",
                entries.agree("has", "have"),
                entries.agree("it is", "they are")
            )));
        }
    }

    pub(super) fn customers(&self) -> u64 {
        self.ok + self.unread + self.no_id + self.stopped
    }

    pub(super) fn summary(&self, repeated: u64) -> ReadSummary {
        let mut lines = vec![format!("  {}", Count(self.entries, "entry"))];
        if repeated > 0 {
            let rows = Count(repeated, "row");
            lines.push(format!("  {rows} {} a customer; each is read once", rows.agree("repeats", "repeat")));
        }
        ReadSummary {
            command: "history",
            what: "customer",
            rows: self.customers(),
            ok: self.ok,
            failed: self.unread,
            invalid: self.no_id,
            skipped: self.stopped,
            lines,
            ..ReadSummary::default()
        }
    }
}
