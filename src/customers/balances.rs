//! The balances of many customers: many in a request where the server can, or one by one.

use serde_json::{Map, Value};

use super::balance::{BalanceError, balance, balance_of};
use super::fetch::{FetchStop, FetchedCustomer, Fetcher};
use super::fields::KeptFields;
use crate::catalogue::{ApiSelector, BALANCE};
use crate::sending::{Clock, Link, Transport, Unread};
use crate::validating::Money;

/// What became of a customer whose balance was asked for.
pub type ReadBalance = (u64, Result<Money, String>);

/// Reads balances from a server.
pub struct BalanceReader<'l, T, C: Clock> {
    link: &'l Link<T, C>,
    selector: ApiSelector,
    fetcher: Fetcher<'l, T, C>,
}

/// What a server does with a request for two customers.
#[derive(Debug, PartialEq, Eq)]
pub struct BalanceTrial {
    /// Whether it answers them both.
    pub taken: bool,
    /// The balances that were read to find that out.
    pub read: Vec<ReadBalance>,
}

impl<'l, T: Transport, C: Clock> BalanceReader<'l, T, C> {
    /// Nothing is read yet.
    pub fn new(link: &'l Link<T, C>, selector: ApiSelector) -> Self {
        let keep = KeptFields::Only([BALANCE.to_owned()].into());
        Self { link, selector, fetcher: Fetcher::new(link, selector, keep) }
    }

    /// Finds out how many customers the server answers at once: one, or many. [`Self::size`] is what it has shown.
    pub async fn try_size(&self, ids: &[u64]) -> Result<BalanceTrial, FetchStop> {
        let trial = self.fetcher.try_batches(ids).await?;
        Ok(BalanceTrial { taken: trial.taken, read: trial.fetched.into_iter().map(read).collect() })
    }

    /// How many customers should be asked for at once; it changes with what the server answers.
    pub fn size(&self) -> usize {
        self.fetcher.size()
    }

    /// The next of these customers, as many as should be asked for at once.
    pub fn next_group(&self, ids: &mut impl Iterator<Item = u64>) -> Option<Vec<u64>> {
        self.fetcher.next_group(ids)
    }

    /// Reads the balances of these customers. Each of them comes back exactly once.
    pub async fn read(&self, ids: Vec<u64>) -> Result<Vec<ReadBalance>, FetchStop> {
        if let [id] = ids.as_slice() {
            return match balance(self.link, self.selector, &id.to_string()).await {
                Err(BalanceError::Unread(Unread::KeyRefused(problem))) => Err(FetchStop::KeyRefused(problem)),
                found => Ok(vec![(*id, found.map_err(|error| error.to_string()))]),
            };
        }
        Ok(self.fetcher.read(ids).await?.into_iter().map(read).collect())
    }
}

fn read(FetchedCustomer { id, customer }: FetchedCustomer) -> ReadBalance {
    let balance = customer.and_then(|customer| {
        let fields: Option<Map<String, Value>> = serde_json::from_str(&customer).ok();
        fields.and_then(|fields| balance_of(&fields)).ok_or_else(|| BalanceError::NoBalance.to_string())
    });
    (id, balance)
}
