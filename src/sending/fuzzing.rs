//! The reading of an answer, for the fuzzers.

use serde_json::Value;

use super::id_list::ids_of;
use super::interpret::of_response;
use super::key::ApiKey;
use super::reply::{Reply, Wanted};
use super::transport::Response;

/// Reads an answer as to a write, to a read and to a search, and returns the data of each that has some.
pub fn read_answer(status: u16, body: &[u8]) -> Vec<Value> {
    let Ok(key) = ApiKey::new("s3cret") else { return Vec::new() };
    let response = Response { status, body: body.to_vec(), ..Response::default() };
    let mut data = Vec::new();
    for wanted in [Wanted::Verdict, Wanted::Content, Wanted::Ids] {
        match of_response(&response, wanted, &key).reply {
            Reply::Accepted(accepted) => data.extend(accepted.data),
            Reply::Problem { problem, .. } => assert!(!problem.to_string().contains("s3cret")),
        }
    }
    let _ = ids_of(&String::from_utf8_lossy(body));
    data
}
