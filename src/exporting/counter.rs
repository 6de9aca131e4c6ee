//! A number that a server answers with.

use serde_json::Value;

use crate::sending::{FailureCode, Problem};

/// The number that the answer's data is.
pub fn number(data: Option<&Value>) -> Result<u64, Problem> {
    let number = match data {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let text = "the server's answer names no number";
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
