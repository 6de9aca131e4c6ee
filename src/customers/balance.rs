//! A customer's balance.

use serde_json::Value;

use super::amount::exact;
use super::answer::{SingleAnswer, one};
use crate::catalogue::{ApiSelector, BALANCE, is_field};
use crate::sending::{Clock, Link, Transport, Unread};
use crate::validating::{Call, CallError, Money};

/// A balance is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BalanceError {
    /// The customer could not be read.
    #[error("{0}")]
    Unread(Unread),
    /// The answer holds no customer, another one, or one without a balance.
    #[error("the server's answer contains no readable balance")]
    NoBalance,
    /// The program cannot make its own read.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Reads a customer's balance.
pub async fn balance<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    customer: &str,
) -> Result<Money, BalanceError> {
    let id = customer.parse().map_err(|_| BalanceError::NoBalance)?;
    let answer = link.read(selector, &Call::read_customers(&[id])?).await.map_err(BalanceError::Unread)?;
    balance_in(answer.data, id).ok_or(BalanceError::NoBalance)
}

fn balance_in(data: Option<Value>, customer: u64) -> Option<Money> {
    let SingleAnswer::Customer(fields) = one(data, customer) else { return None };
    fields.iter().find(|(name, _)| is_field(name, BALANCE)).and_then(|(_, value)| exact(value))
}

#[cfg(test)]
mod tests {
    use super::balance_in;
    use crate::validating::Money;
    use serde_json::json;

    fn money(text: &str) -> Money {
        text.parse().expect("money")
    }

    #[test]
    fn a_balance_is_read_in_every_shape() {
        for data in [
            json!({"id": 1002, "balance": "-15.40"}),
            json!({"id": 1002, "Balance": -15.4}),
            json!({"1002": {"balance": "-15,40"}}),
            json!([{"balance": "-15.40"}]),
        ] {
            assert_eq!(balance_in(Some(data.clone()), 1002), Some(money("-15.40")), "{data}");
        }
        for data in [
            json!([]),
            json!(null),
            json!({"balance": null}),
            json!({"balance": ""}),
            json!({"1003": {"balance": "1"}}),
            json!([{"balance": "1"}, {"balance": "1"}]),
            json!({"id": 1003, "balance": "1"}),
        ] {
            assert_eq!(balance_in(Some(data.clone()), 1002), None, "{data}");
        }
    }
}
