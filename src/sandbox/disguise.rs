//! What a fault changes in an answer before it is written. The answer is still one of the API's; what the web
//! server in front does to it is the business of `transmission`.

use axum::http::StatusCode;
use serde_json::json;

use super::answer::{ApiError, CallResult, Done, Payload};
use super::kind::Symptom;
use super::paths;
use crate::catalogue::BALANCE;

/// The answer as the symptom leaves it.
pub(super) fn disguise(reply: CallResult, symptom: Option<Symptom>) -> CallResult {
    match (symptom, reply) {
        (Some(Symptom::FalseOk), _) | (Some(Symptom::Bare), Ok(_)) => Ok(Done::default()),
        (Some(Symptom::NoId), Ok(done)) => Ok(Done { ids: None, ..done }),
        (Some(Symptom::ZeroId), Ok(done)) => Ok(Done { ids: done.ids.map(|_| vec![0]), ..done }),
        (Some(Symptom::IdInData), Ok(Done { ids: Some(ids), .. })) => {
            let id = ids.first().copied().unwrap_or_default();
            Ok(Done::data(Payload::Plain(json!({"Id": id}))))
        }
        (_, reply) => reply,
    }
}

/// The API's error for a fault that refuses a request.
pub(super) fn refusal_of(symptom: Option<Symptom>) -> ApiError {
    let status = match symptom {
        Some(Symptom::ApiError(status)) => StatusCode::from_u16(status).ok(),
        Some(Symptom::Contradiction | Symptom::TwoVerdicts) => Some(StatusCode::OK),
        _ => None,
    };
    ApiError::new(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE), "refused on purpose by the sandbox")
}

/// The answer with balances as a server prints them that keeps money in binary floats: 12.340000001.
pub(super) fn with_residue(reply: CallResult) -> CallResult {
    /// Far below a cent, far above what a float of this size rounds away.
    const RESIDUE: f64 = 1e-9;
    let mut done = reply?;
    let customers: Vec<&mut serde_json::Value> = match &mut done.data {
        Some(Payload::Plain(serde_json::Value::Array(list))) => list.iter_mut().collect(),
        Some(Payload::Plain(one)) => vec![one],
        Some(Payload::Several(several)) => several.iter_mut().map(|(_, customer)| customer).collect(),
        _ => Vec::new(),
    };
    for customer in customers {
        let balance = paths::first(customer, BALANCE).map(|balance| paths::text(balance).parse::<f64>());
        if let Some(Ok(balance)) = balance {
            paths::set(customer, BALANCE, json!(balance + RESIDUE));
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CallResult, Done, Payload, Symptom, disguise, with_residue};

    fn added() -> CallResult {
        Ok(Done::ids(vec![7]))
    }

    fn read(balance: &str) -> String {
        let done = Done::data(Payload::Plain(json!({"balance": balance})));
        match with_residue(Ok(done)).expect("an answer").data {
            Some(Payload::Plain(customer)) => customer["balance"].to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_id_is_left_out_or_moved() {
        let ids = |symptom| disguise(added(), Some(symptom)).expect("OK").ids;
        assert_eq!((ids(Symptom::True), ids(Symptom::NoId)), (Some(vec![7]), None));
        assert_eq!((ids(Symptom::ZeroId), ids(Symptom::IdInData)), (Some(vec![0]), None));
        let booked = disguise(Ok(Done::default()), Some(Symptom::ZeroId)).expect("OK");
        assert!(booked.ids.is_none() && booked.data.is_none());
    }

    #[test]
    fn a_residue_is_seen_and_changes_no_cent() {
        assert_eq!((read("12.34").as_str(), read("-0.10").as_str()), ("12.340000001", "-0.099999999"));
    }
}
