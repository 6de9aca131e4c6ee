//! A customer as the server answers it: their fields, their balance, their history, and who a search has found. Every
//! request goes through a [`Link`](crate::sending::Link).

mod amount;
mod answer;
mod balance;
mod balances;
mod control;
mod counter;
mod empty_billing;
mod entry_time;
mod fetch;
mod fields;
mod finder;
#[cfg(any(test, fuzzing))]
mod fuzzing;
mod group_size;
mod history;
mod keys;
mod read_history;
mod refusal;
mod search;
#[cfg(test)]
mod tests;

pub use amount::{is_plain, plain, summand, without_exponent};
pub use balance::balance;
pub use balances::{BalanceReader, ReadBalance};
pub use control::{SearchControl, control_search};
pub use counter::count;
pub use empty_billing::{EmptyBillings, Whereabouts};
pub use entry_time::EntryTime;
pub use fetch::{BatchTrial, FetchStop, FetchedCustomer, Fetcher};
pub use fields::KeptFields;
pub use finder::CustomerFinder;
#[cfg(any(test, fuzzing))]
pub use fuzzing::read_anything;
pub use group_size::group_count;
pub use history::{HistoryEntry, ShownHistory};
pub use keys::{
    CustomerColumns, CustomerColumnsError, IdMap, IdMapError, IdMapWriteError, IdMapWriter, KeyLookup,
    KeyStop, MappedCustomer, NamedCustomer, UnnamedCustomer, names_customer, read_id_maps,
};
pub use read_history::{HistoryReader, NoHistory};
pub use refusal::{RefusalMeaning, refusal_meaning};
pub use search::{SearchResult, search_result};

#[cfg(test)]
pub(crate) use balance::BalanceError;
#[cfg(test)]
pub(crate) use fields::tidy;
#[cfg(test)]
pub(crate) use history::entries;
