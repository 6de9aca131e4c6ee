//! Looking up who has the values by which a file names its customers: each once, several beside each other, at the link's
//! pace. Only an answer that says who, or that nobody, counts; any other one is the end of it.

use futures_util::stream::{StreamExt, iter};

use crate::catalogue::{ApiSelector, KeyKind};
use crate::customers::control::{SearchControl, control_search};
use crate::customers::finder::CustomerFinder;
use crate::customers::search::SearchResult;
use crate::sending::{Clock, FailureCode, Link, Problem, Stop, StopReason, Transport, Unread};
use crate::validating::{Call, FindError, KeyHolder, KeyMap, WantedKeys};

/// The way of the look-ups of a command.
pub struct KeyLookup<'l, T, C: Clock> {
    pub link: &'l Link<T, C>,
    pub selector: ApiSelector,
    /// Asks under the name that the server has for the search.
    pub finder: &'l CustomerFinder,
    /// How many may be in flight.
    pub concurrency: usize,
}

/// Why not everything was looked up.
#[derive(Debug)]
pub enum KeyStop {
    /// The user wants an end, or the server refuses the key.
    Stopped(StopReason),
    /// The server does not say who has a value; what to tell of that.
    Unanswered(String),
}

impl<T: Transport, C: Clock> KeyLookup<'_, T, C> {
    /// Looks everything up that is wanted. `told` hears how many are done.
    pub async fn all(
        &self,
        wanted: WantedKeys,
        stop: &Stop,
        mut told: impl FnMut(u64),
    ) -> Result<KeyMap, KeyStop> {
        let asked = iter(wanted.into_iter()).map(|(kind, value)| async move {
            let holder = self.holder(kind, &value).await;
            (kind, value, holder)
        });
        let mut answers = std::pin::pin!(asked.buffered(self.concurrency));
        let (mut map, mut done, mut is_seen, mut unfound) = (KeyMap::default(), 0, false, None);
        loop {
            let next = stop.race(answers.next()).await;
            let Some(answer) = next.ok_or_else(|| KeyStop::Stopped(stop.reason()))? else { break };
            let (kind, value, holder) = answer;
            let holder = holder.map_err(|unread| of_unread(kind, &value, unread))?;
            if holder == KeyHolder::Nobody {
                unfound.get_or_insert((kind, value.clone()));
            } else {
                is_seen = true;
            }
            map.put(kind, &value, holder);
            done += 1;
            told(done);
        }
        if let Some((kind, value)) = unfound.filter(|_| !is_seen)
            && let Ok(find) = Call::find(kind.choice(), &value, false)
        {
            // Nobody was found: only from a server that finds who is there does that say something.
            let tried = control_search(self.link, self.selector, self.finder, &find);
            match stop.race(tried).await {
                Some(SearchControl::Missed(why)) => {
                    return Err(KeyStop::Unanswered(format!(
                        "{why}; so that the server finds nobody of this file says nothing"
                    )));
                }
                Some(SearchControl::Found | SearchControl::Untried) => {}
                None => return Err(KeyStop::Stopped(stop.reason())),
            }
        }
        Ok(map)
    }

    /// Who has a value.
    async fn holder(&self, kind: KeyKind, value: &str) -> Result<KeyHolder, Unread> {
        let unclear = |text: String| Unread::Lost(Problem { code: FailureCode::BadAnswer, text });
        let find =
            Call::find(kind.choice(), value, false).map_err(|error: FindError| unclear(error.to_string()))?;
        let ids = match self.finder.find_strictly(self.link, self.selector, &find).await? {
            SearchResult::One(id) => vec![id],
            SearchResult::Several(ids) => ids,
            SearchResult::Nobody => Vec::new(),
            SearchResult::Unsaid => {
                return Err(unclear("the answer does not say whether anyone was found".to_owned()));
            }
            SearchResult::Unclear(problem) => return Err(Unread::Lost(problem)),
        };
        let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<u64>, _>>();
        ids.map(KeyHolder::of).map_err(|_| unclear("the answer contains no readable id".to_owned()))
    }
}

fn of_unread(kind: KeyKind, value: &str, unread: Unread) -> KeyStop {
    match unread {
        Unread::KeyRefused(problem) => KeyStop::Stopped(StopReason::KeyRefused(problem)),
        Unread::Lost(problem) | Unread::Refused(problem) => {
            KeyStop::Unanswered(format!("who has the {kind} '{value}' cannot be found out: {problem}"))
        }
    }
}
