//! Does this server's history show bookings at all? Where it does not, that a booking is not found there
//! proves nothing. Rows that are known to have been applied tell.

use crate::catalogue::{ApiSelector, Version};
use crate::customers::{HistoryEntry, read_history};
use crate::recording::Tag;
use crate::sending::{Clock, Link, Transport};
use crate::validating::Call;

/// A booking that is known to have been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The call as the file has it, without a tag.
    pub call: Call,
    /// The tag that it was sent with; none where the run left notes alone.
    pub tag: Option<Tag>,
}

/// Whether the history shows bookings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// It does: what it does not show is not there.
    Shows,
    /// It does not; the text says at which customer.
    DoesNot(String),
    /// There was nothing to see it by.
    Unknown,
}

/// Looks for bookings that must be there. One that is shown is enough; the rest is then not asked for.
pub async fn shows_bookings<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    samples: &[Sample],
) -> Control {
    let mut missing = None;
    for sample in samples {
        let Some(customer) = sample.call.customer() else { continue };
        match read_history(link, selector, server, customer).await {
            Ok(entries) if entries.iter().any(|entry| sample.is_in(entry)) => return Control::Shows,
            Ok(_) => missing = missing.or(Some(customer)),
            Err(_) => {}
        }
    }
    missing.map_or(Control::Unknown, |customer| {
        Control::DoesNot(format!(
            "the history of customer {customer} does not show a booking of this run that was applied, so nothing can be concluded from it"
        ))
    })
}

impl Sample {
    fn is_in(&self, entry: &HistoryEntry) -> bool {
        match self.tag {
            Some(tag) => entry.texts.iter().any(|text| tag.is_in(text)),
            None => entry.amount == self.call.amount() && entry.note.as_deref() == self.call.note(),
        }
    }
}
