//! The instrument by which doubts are settled is tried before it is relied on: does this server show what is known to be
//! there? A row that is `ok` is read back. What the reading measures is kept, and used for the rows in doubt.

use std::time::Duration;

use jiff::Timestamp;

use super::bookings::times_shown;
use super::movement::CustomerBookings;
use super::time_window::Offset;
use crate::catalogue::{Action, ApiSelector};
use crate::customers::{CustomerFinder, HistoryEntry, HistoryReader, NoHistory, SearchResult, balance};
use crate::recording::Tag;
use crate::sending::{Clock, Link, Transport, Unread};
use crate::validating::Call;

/// A row that is known to have been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its call as the file has it, without a tag.
    pub call: Call,
    /// The tag that it was sent with; none where the run left notes alone.
    pub tag: Option<Tag>,
    /// The id of the customer that it made.
    pub id: Option<String>,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// The bookings of its customer, this one among them.
    pub bookings: CustomerBookings,
}

/// What the reading back of a row has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Instrument {
    /// How long it took at the most until the server showed it.
    pub lag: Duration,
    /// How far the times in its histories are ahead, where an entry tells.
    pub offset: Option<Offset>,
    /// Whether the customer's balance has moved by what was booked.
    pub has_balance: bool,
    /// How many times the booking that was read back is there, by its tag.
    pub times: u64,
}

/// Whether this server shows what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    Shown(Instrument),
    /// It does not; the text says what was not seen, and where.
    NotShown(String),
    /// The reading failed, so that it says nothing; the text says how.
    Unread(String),
    /// There was nothing to see it by.
    Untried,
}

/// One look at a sample.
enum Reading {
    Shown {
        offset: Option<Offset>,
        has_balance: bool,
        times: u64,
    },
    /// It may show later.
    NotYet(String),
    /// It will not.
    Never(String),
    /// The read failed, which says nothing.
    Failed(String),
}

/// The waits between the looks at a row that was sent just now.
const WAITS: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(700),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// A balance that has not moved so long after the history shows the booking does not count as evidence.
const FOR_BALANCE: Duration = Duration::from_secs(2);

/// How to read back.
pub struct ReadBack<'r, T, C: Clock> {
    /// The way to the server.
    pub link: &'r Link<T, C>,
    /// The name under which it takes the subcategory.
    pub selector: ApiSelector,
    pub histories: &'r HistoryReader,
    pub finder: &'r CustomerFinder,
}

impl<T: Transport, C: Clock> ReadBack<'_, T, C> {
    /// Reads rows back that were sent long ago. One that shows is enough.
    pub async fn any_of(&self, samples: &[Sample]) -> Proof {
        let (mut missing, mut failed) = (None, None);
        for sample in samples {
            match self.look(sample).await {
                Reading::Shown { offset, has_balance, times } => {
                    return Proof::Shown(Instrument { lag: Duration::ZERO, offset, has_balance, times });
                }
                Reading::NotYet(why) | Reading::Never(why) => missing = missing.or(Some(why)),
                Reading::Failed(why) => failed = failed.or(Some(why)),
            }
        }
        let unread = failed.map_or(Proof::Untried, Proof::Unread);
        missing.map_or(unread, Proof::NotShown)
    }

    /// Reads a row back that was answered `OK` just now, a few times until it shows. Where a balance is known before it,
    /// that is waited for too.
    pub async fn fresh(&self, sample: &Sample) -> Proof {
        let begun = self.link.clock().now();
        let mut seen = None;
        let mut waits = WAITS.into_iter();
        loop {
            let look = self.look(sample).await;
            let lag = self.link.clock().now() - begun;
            let why = match look {
                Reading::Shown { offset, has_balance, times } => {
                    let first = Instrument { lag, offset, has_balance: false, times };
                    let instrument = *seen.get_or_insert(first);
                    let is_late = lag.saturating_sub(instrument.lag) >= FOR_BALANCE;
                    if has_balance || is_late || !sample.bookings.is_known() {
                        return Proof::Shown(Instrument { lag, has_balance, times, ..instrument });
                    }
                    String::new()
                }
                Reading::NotYet(why) => why,
                Reading::Never(why) => return Proof::NotShown(why),
                Reading::Failed(why) => return seen.map_or(Proof::Unread(why), Proof::Shown),
            };
            let Some(wait) = waits.next() else {
                return seen.map_or(Proof::NotShown(why), Proof::Shown);
            };
            let clock = self.link.clock();
            clock.sleep_until(clock.now() + wait).await;
        }
    }

    async fn look(&self, sample: &Sample) -> Reading {
        match sample.call.action() {
            Action::ChangeBalance => self.booking(sample).await,
            Action::Add => self.customer(sample).await,
            _ => Reading::Failed("there is nothing to read back".to_owned()),
        }
    }

    async fn booking(&self, sample: &Sample) -> Reading {
        let customer = sample.call.customer().unwrap_or_default();
        let shown = match self.histories.read(self.link, self.selector, customer).await {
            Ok(shown) => shown,
            Err(NoHistory::Unknown) => {
                return Reading::Never(format!("the history of customer {customer} can't be read"));
            }
            Err(NoHistory::Unread(Unread::Refused(problem))) => {
                return Reading::NotYet(format!(
                    "the server does not show the history of customer {customer}: {problem}"
                ));
            }
            Err(NoHistory::Unread(unread)) => {
                return Reading::Failed(format!(
                    "the history of customer {customer} could not be read: {unread}"
                ));
            }
        };
        let Some(entry) = shown.entries.iter().find(|entry| sample.is_in(entry)) else {
            return match shown.entries.iter().find_map(|entry| sample.kept_of_note(entry)) {
                Some(kept) => Reading::Never(format!(
                    "this server keeps {kept} characters of a comment (customer {customer}), so the tag of a booking is cut off"
                )),
                None => Reading::NotYet(format!(
                    "the history of customer {customer} does not show a booking of this run that was applied"
                )),
            };
        };
        // Without a tag it may be somebody else's, made at another time.
        let offset = sample.tag.as_ref().and(sample.sent).and_then(|sent| Offset::measured(entry.at, sent));
        let has_balance = sample.bookings.is_known()
            && balance(self.link, self.selector, customer)
                .await
                .is_ok_and(|after| sample.bookings.fits(after) == Some(true));
        let times = sample.tag.map_or(1, |tag| times_shown(&shown.entries, tag, sample.call.amount()));
        Reading::Shown { offset, has_balance, times }
    }

    async fn customer(&self, sample: &Sample) -> Reading {
        let Some(search) = sample.call.find_same() else {
            return Reading::Failed("the row has no value to search for a customer by".to_owned());
        };
        let what = search.what;
        let found = match self.finder.find(self.link, self.selector, &search.call).await {
            Ok(found) => found,
            Err(unread) => return Reading::Failed(format!("the search for {what} failed: {unread}")),
        };
        match found {
            SearchResult::One(id) if sample.id.as_ref() == Some(&id) => {
                Reading::Shown { offset: None, has_balance: false, times: 1 }
            }
            SearchResult::Several(ids) if sample.id.as_ref().is_some_and(|id| ids.contains(id)) => {
                Reading::Shown { offset: None, has_balance: false, times: 1 }
            }
            SearchResult::Unclear(problem) => {
                Reading::Failed(format!("the search for {what} failed: {problem}"))
            }
            SearchResult::Nobody | SearchResult::Unsaid | SearchResult::One(_) | SearchResult::Several(_) => {
                Reading::NotYet(format!(
                    "a search for {what} does not find the customer that was made with it in this run"
                ))
            }
        }
    }
}

impl Sample {
    fn is_in(&self, entry: &HistoryEntry) -> bool {
        match &self.tag {
            Some(tag) => entry.texts.iter().any(|text| tag.is_in(text)),
            None => entry.amount == self.call.amount() && entry.note.as_deref() == self.call.note(),
        }
    }

    /// How many characters of the note an entry has kept that is this booking but for the end of its tag.
    fn kept_of_note(&self, entry: &HistoryEntry) -> Option<usize> {
        let tagged = self.tag?.put_on(&self.call);
        let note = entry.note.as_deref().filter(|note| !note.is_empty())?;
        let is_cut = entry.amount == self.call.amount() && tagged.note()?.starts_with(note);
        is_cut.then(|| note.chars().count())
    }
}
