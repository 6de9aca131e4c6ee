//! Ids to customers: many in a request where the server can, at the link's pace. A request for several that fails
//! is halved until the customer at fault is alone.

use std::cell::Cell;

use serde_json::Value;

use super::answer::{self, CustomerFields, SingleAnswer};
use super::fields::{KeptFields, tidy};
use super::group_size::GroupSize;
use crate::catalogue::ApiSelector;
use crate::sending::{Clock, FailureCode, Link, Outage, Problem, Transport, Unread};
use crate::validating::{Call, CallError};

/// What became of a customer who was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedCustomer {
    pub id: u64,
    /// The customer as one JSON text, or why they could not be read.
    pub customer: Result<String, String>,
}

/// No further customer can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchStop {
    /// The server refused the key.
    #[error("{0}")]
    KeyRefused(Problem),
    /// So many reads in a row had no answer that the server must be gone; with the last problem.
    #[error("{0}")]
    ServerGone(Problem),
    /// The program cannot make its own read.
    #[error(transparent)]
    Call(#[from] CallError),
}

pub struct Fetcher<'l, T, C: Clock> {
    link: &'l Link<T, C>,
    selector: ApiSelector,
    keep: KeptFields,
    size: GroupSize,
    /// Customers in a row who could not be read: beyond a number it is doubtful that the server is there at all.
    outage: Cell<Outage>,
    /// A customer who could be read.
    known: Cell<Option<u64>>,
}

/// What a server does with a request for two customers.
#[derive(Debug, PartialEq, Eq)]
pub struct BatchTrial {
    /// Whether it answers them both.
    pub taken: bool,
    /// The customers that were read to find that out.
    pub fetched: Vec<FetchedCustomer>,
}

impl<'l, T: Transport, C: Clock> Fetcher<'l, T, C> {
    /// Reads customers from a server; of each only what `keep` says.
    pub fn new(link: &'l Link<T, C>, selector: ApiSelector, keep: KeptFields) -> Self {
        let (outage, known) = (Cell::default(), Cell::new(None));
        Self { link, selector, keep, size: GroupSize::growing(), outage, known }
    }

    /// From now on so many customers are asked for at once.
    pub fn fix_size(&self, size: usize) {
        self.size.fix(size);
    }

    /// The next of these customers, as many as should be asked for at once.
    pub fn next_group(&self, ids: &mut impl Iterator<Item = u64>) -> Option<Vec<u64>> {
        let group: Vec<u64> = ids.take(self.size.get()).collect();
        (!group.is_empty()).then_some(group)
    }

    /// How many customers should be asked for at once: more, after every good answer, up to a bound.
    pub fn size(&self) -> usize {
        self.size.get()
    }

    /// Whether the server answers several customers at once: two are asked for, and if not both come back, one
    /// of them may be gone meanwhile, so that one more pair is tried, from elsewhere among them. Where no answer
    /// came at all nothing was learnt, and it is taken for granted: what fails is halved anyway.
    pub async fn try_batches(&self, ids: &[u64]) -> Result<BatchTrial, FetchStop> {
        let middle = if ids.len() >= 4 { ids.len() / 2 } else { ids.len() };
        let pairs = [ids, &ids[middle..]].into_iter().filter_map(|ids| ids.get(..2));
        let mut was_answered = ids.len() < 2;
        for pair in pairs {
            let read = self.link.read(self.selector, &Call::read_customers(pair)?).await;
            match read {
                Ok(answer) => {
                    was_answered = true;
                    if let Ok(found) = answer::several(answer.data, pair)
                        && found.len() == pair.len()
                    {
                        let fetched = found.into_iter().map(|(id, fields)| self.customer(id, fields));
                        return Ok(BatchTrial { taken: true, fetched: fetched.collect() });
                    }
                }
                Err(Unread::KeyRefused(problem)) => return Err(FetchStop::KeyRefused(problem)),
                // A page of the web server is an answer too: PHP may have broken down over the list.
                Err(Unread::Lost(problem)) => {
                    was_answered |= !matches!(problem.code, FailureCode::Connect | FailureCode::Timeout);
                }
                Err(Unread::Refused(_)) => was_answered = true,
            }
        }
        if was_answered {
            self.size.fix(1);
        }
        Ok(BatchTrial { taken: !was_answered, fetched: Vec::new() })
    }

    /// Reads these customers, together if they are several. Each of them comes back exactly once.
    pub async fn read(&self, ids: Vec<u64>) -> Result<Vec<FetchedCustomer>, FetchStop> {
        let mut fetched = Vec::with_capacity(ids.len());
        let mut groups = vec![ids];
        while let Some(group) = groups.pop() {
            match group.as_slice() {
                [] => {}
                [id] => fetched.push(self.read_one(*id).await?),
                _ => {
                    let (found, rest) = self.read_several(&group).await?;
                    self.size.came(group.len(), found.len());
                    let is_whole = found.len() + rest.len() == group.len() && !found.is_empty();
                    fetched.extend(found);
                    if is_whole {
                        // A server that answers only the first so many of a list answers the rest when asked.
                        groups.push(rest);
                    } else {
                        let (first, second) = rest.split_at(rest.len() / 2);
                        groups.extend([second.to_vec(), first.to_vec()]);
                    }
                }
            }
        }
        Ok(fetched)
    }

    /// Those of a group who came, and the others.
    async fn read_several(&self, group: &[u64]) -> Result<(Vec<FetchedCustomer>, Vec<u64>), FetchStop> {
        let call = Call::read_customers(group)?;
        // What fails is asked for again in halves, so that it is not tried again as it is.
        match self.link.read_hastily(self.selector, &call).await {
            Ok(answer) => {
                let mut found = answer::several(answer.data, group).unwrap_or_default();
                let mut came = Vec::with_capacity(found.len());
                let mut rest = Vec::new();
                for id in group {
                    match found.remove(id) {
                        Some(fields) => came.push(self.customer(*id, fields)),
                        None => rest.push(*id),
                    }
                }
                if !came.is_empty() {
                    self.outage.set(Outage::default());
                }
                Ok((came, rest))
            }
            Err(Unread::KeyRefused(problem)) => Err(FetchStop::KeyRefused(problem)),
            Err(Unread::Refused(_) | Unread::Lost(_)) => Ok((Vec::new(), group.to_vec())),
        }
    }

    async fn read_one(&self, id: u64) -> Result<FetchedCustomer, FetchStop> {
        let call = Call::read_customers(&[id])?;
        let reason = match self.link.read(self.selector, &call).await {
            Ok(answer) => {
                self.outage.set(Outage::default());
                match answer::one(answer.data, id) {
                    SingleAnswer::Customer(fields) => return Ok(self.customer(id, fields)),
                    SingleAnswer::Nobody => "the server has no customer with this id".to_owned(),
                    SingleAnswer::Another(other) => format!("the server answered with customer {other}"),
                    SingleAnswer::Unreadable => "the server's answer is not a customer".to_owned(),
                }
            }
            Err(Unread::KeyRefused(problem)) => return Err(FetchStop::KeyRefused(problem)),
            Err(Unread::Refused(problem) | Unread::Lost(problem)) => {
                self.count_lost(&problem).await?;
                problem.text
            }
        };
        Ok(FetchedCustomer { id, customer: Err(reason) })
    }

    /// Customers over whom a server breaks down, or who are gone, may stand side by side: before a run is given up,
    /// a customer is asked for who could be read before. A server that refuses that one too is no longer
    /// useful, whatever it says: the output would lack every customer.
    async fn count_lost(&self, problem: &Problem) -> Result<(), FetchStop> {
        let mut outage = self.outage.get();
        let is_doubtful = outage.lost();
        self.outage.set(outage);
        if !is_doubtful {
            return Ok(());
        }
        let call = self.known.get().map_or_else(Call::probe, |known| Call::read_customers(&[known]))?;
        let answers = match self.link.read(self.selector, &call).await {
            Ok(_) => true,
            // No customer could be read so far, and an old server may not know the smaller read.
            Err(Unread::Refused(_)) => self.known.get().is_none(),
            Err(Unread::KeyRefused(_) | Unread::Lost(_)) => false,
        };
        if !answers {
            return Err(FetchStop::ServerGone(problem.clone()));
        }
        self.outage.set(Outage::default());
        Ok(())
    }

    fn customer(&self, id: u64, fields: CustomerFields) -> FetchedCustomer {
        self.known.set(Some(id));
        FetchedCustomer { id, customer: Ok(Value::Object(tidy(id, fields, &self.keep)).to_string()) }
    }
}
