//! Balances before and after a run: is the difference what was booked?

use serde_json::Value;

use super::history::money;
use crate::catalogue::{ApiSelector, BALANCE, is_field};
use crate::sending::{Clock, Link, Transport, Unread};
use crate::validating::{Call, CallError, Money};

/// A balance is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BalanceError {
    /// The customer could not be read.
    #[error("{0}")]
    Unread(Unread),
    /// There is no customer, or none with a balance, in the answer.
    #[error("the server's answer names no balance that can be read")]
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
    let call = Call::read_customer_by_id(customer)?;
    let answer = link.read(selector, &call).await.map_err(BalanceError::Unread)?;
    answer.data.as_ref().and_then(|data| in_data(data, customer)).ok_or(BalanceError::NoBalance)
}

/// The customer stands there by themselves, or alone in a list, or under their id in a map.
fn in_data(data: &Value, customer: &str) -> Option<Money> {
    let fields = match data {
        Value::Array(list) => match list.as_slice() {
            [one] => one.as_object()?,
            _ => return None,
        },
        Value::Object(fields) => fields,
        _ => return None,
    };
    let balance = fields.iter().find(|(name, _)| is_field(name, BALANCE)).map(|(_, value)| value);
    if let Some(balance) = balance {
        return money(balance);
    }
    let one = fields.get(customer)?.as_object()?;
    one.iter().find(|(name, _)| is_field(name, BALANCE)).and_then(|(_, value)| money(value))
}

/// By how much the balance behind differs from the one before with what was booked; none where it agrees.
pub fn difference(before: Money, after: Money, booked: Money) -> Option<Money> {
    let expected = before.plus(booked);
    if expected == Some(after) {
        return None;
    }
    // Beyond what a decimal holds the sum is not known, and certainly not what the server has.
    Some(expected.and_then(|expected| after.minus(expected)).unwrap_or(after))
}

#[cfg(test)]
mod tests {
    use super::{difference, in_data};
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
            assert_eq!(in_data(&data, "1002"), Some(money("-15.40")), "{data}");
        }
        for data in [
            json!([]),
            json!(null),
            json!({"balance": null}),
            json!({"balance": ""}),
            json!({"1003": {"balance": "1"}}),
            json!([{"balance": "1"}, {"balance": "1"}]),
        ] {
            assert_eq!(in_data(&data, "1002"), None, "{data}");
        }
    }

    #[test]
    fn a_difference_is_told_to_the_last_kopeck() {
        let differs = |before: &str, after: &str, booked: &str| {
            difference(money(before), money(after), money(booked)).map(|d| d.to_string())
        };
        assert_eq!(differs("0.10", "0.30", "0.20"), None);
        assert_eq!(differs("10", "-5.50", "-15.5"), None);
        assert_eq!(differs("10", "41.00", "15.5").as_deref(), Some("15.50"));
        assert_eq!(differs("10", "10", "0.01").as_deref(), Some("-0.01"));
        let most = "79228162514264337593543950335";
        assert!(difference(Money::written_by_server(most).expect("money"), money("1"), money("1")).is_some());
    }
}
