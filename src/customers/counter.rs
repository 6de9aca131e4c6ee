//! How many customers are active.

use serde_json::Value;

use crate::catalogue::{ApiSelector, Choice};
use crate::sending::{Clock, FailureCode, Link, Problem, Transport, Unread};
use crate::validating::{Call, CallError};

/// Asks how many customers are active in this way.
pub async fn count<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    kind: &'static Choice,
) -> Result<Result<u64, Unread>, CallError> {
    let read = link.read(selector, &Call::count(kind)?).await;
    Ok(read.and_then(|answer| number(answer.data.as_ref()).map_err(Unread::Lost)))
}

/// The number that the answer's data is.
fn number(data: Option<&Value>) -> Result<u64, Problem> {
    let number = match data {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let text = "the server's answer contains no number";
    number.ok_or_else(|| Problem { code: FailureCode::BadAnswer, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::number;
    use serde_json::json;

    #[test]
    fn a_number_may_be_text_and_nothing_else_is_one() {
        assert_eq!(number(Some(&json!(12))), Ok(12));
        assert_eq!(number(Some(&json!("12"))), Ok(12));
        for other in [json!(null), json!([]), json!("x"), json!(1.5), json!(-1)] {
            assert!(number(Some(&other)).is_err(), "{other}");
        }
        assert!(number(None).is_err());
    }
}
