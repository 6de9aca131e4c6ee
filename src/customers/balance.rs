//! A customer's balance.

use serde_json::{Map, Value};

use super::amount::{decoded, summand, without_exponent};
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
    balance_of(&fields)
}

/// The balance among a customer's fields. It is read also where it has the long tail of decimals that binary
/// arithmetic leaves: balances are compared, not booked.
pub(super) fn balance_of(fields: &Map<String, Value>) -> Option<Money> {
    let (_, value) = fields.iter().find(|(name, _)| is_field(name, BALANCE))?;
    match value {
        Value::Number(number) => summand(&without_exponent(&number.to_string())),
        Value::String(text) => summand(&decoded(text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::balance_in;
    use crate::validating::Money;
    use serde_json::{Value, json};

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
            json!({"id": 1002, "balance": "-15,4"}),
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

    /// Servers that count in binary show it.
    #[test]
    fn a_residue_is_read_with_the_balance() {
        let number: Value = serde_json::from_str("-1.1368683772161603e-13").expect("JSON");
        for (balance, expected) in [
            (json!("12.340000001"), "12.340000001"),
            (json!("12.340000000000000024"), "12.340000000000000024"),
            (json!(12.34000015258789), "12.34000015258789"),
            (number, "-0.000000000000113686837721616"),
            (json!("-1234567.8900000000139698386192321777"), "-1234567.890000000013969838619"),
        ] {
            let read = balance_in(Some(json!({"id": 1002, "balance": balance})), 1002);
            assert_eq!(read, Money::written_by_server(expected), "{balance}");
        }
    }
}
