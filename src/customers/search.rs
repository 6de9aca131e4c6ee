//! Who a search has found.

use serde_json::Value;

use crate::sending::{Answer, FailureCode, Problem, Unread};

/// Who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchResult {
    /// Nobody: the server said so.
    Nobody,
    /// The answer has no field in which a customer would stand.
    Unsaid,
    /// The customer with this id.
    One(String),
    /// Customers with these ids, each once.
    Several(Vec<String>),
    /// The read failed, or its answer says nothing that can be relied on.
    Unclear(Problem),
}

impl SearchResult {
    /// The customers who were found.
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Nobody | Self::Unsaid | Self::Unclear(_) => &[],
            Self::One(id) => std::slice::from_ref(id),
            Self::Several(ids) => ids,
        }
    }

    /// Why an answer without a place for a customer is none.
    pub fn unsaid() -> Problem {
        let text = "the server's answer to the search does not say whether anyone was found".to_owned();
        Problem { code: FailureCode::BadAnswer, text }
    }
}

/// What a search says. Nobody is found where the server says `ERROR` or 404, or where the place of the id or
/// of the data is empty; a read that failed in any other way says nothing.
pub fn search_result(read: Result<Answer, Unread>) -> SearchResult {
    let answer = match read {
        Ok(answer) => answer,
        Err(Unread::Refused(problem))
            if matches!(problem.code, FailureCode::ApiError | FailureCode::NotFound) =>
        {
            return SearchResult::Nobody;
        }
        Err(Unread::Refused(problem) | Unread::KeyRefused(problem) | Unread::Lost(problem)) => {
            return SearchResult::Unclear(problem);
        }
    };
    let mut ids = answer.ids;
    ids.sort_unstable();
    ids.dedup();
    let has_other_data = ids.is_empty() && answer.data.as_ref().is_some_and(says_something);
    if answer.has_odd_id || has_other_data {
        let text = "the server's answer to the search contains no readable id".to_owned();
        return SearchResult::Unclear(Problem { code: FailureCode::BadAnswer, text });
    }
    match ids.len() {
        0 if !answer.has_id_field && answer.data.is_none() => SearchResult::Unsaid,
        0 => SearchResult::Nobody,
        1 => SearchResult::One(ids.remove(0)),
        _ => SearchResult::Several(ids),
    }
}

fn says_something(data: &Value) -> bool {
    match data {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => text.trim().bytes().any(|b| b != b'0'),
        Value::Number(number) => number.as_u64() != Some(0),
        Value::Bool(true) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{SearchResult, search_result};
    use crate::sending::{Answer, FailureCode, Problem, Unread};
    use serde_json::json;

    fn problem(code: FailureCode) -> Problem {
        Problem { code, text: "x".to_owned() }
    }

    fn ids(ids: &[&str]) -> Result<Answer, Unread> {
        Ok(Answer { ids: ids.iter().map(|id| (*id).to_owned()).collect(), ..Answer::default() })
    }

    #[test]
    fn only_a_plain_no_is_nobody() {
        for code in [FailureCode::ApiError, FailureCode::NotFound] {
            assert_eq!(search_result(Err(Unread::Refused(problem(code)))), SearchResult::Nobody);
        }
        assert_eq!(
            search_result(Ok(Answer { has_id_field: true, ..Answer::default() })),
            SearchResult::Nobody
        );
        assert_eq!(search_result(ids(&[])), SearchResult::Unsaid);
        assert_eq!(
            search_result(Ok(Answer { data: Some(json!([])), ..Answer::default() })),
            SearchResult::Nobody
        );
        for unclear in [
            Err(Unread::Refused(problem(FailureCode::HttpStatus))),
            Err(Unread::KeyRefused(problem(FailureCode::HttpStatus))),
            Err(Unread::Lost(problem(FailureCode::Timeout))),
            // The code alone does not do: a web server's own page under 404 is lost, not refused.
            Err(Unread::Lost(problem(FailureCode::NotFound))),
            Ok(Answer { has_odd_id: true, ..Answer::default() }),
            Ok(Answer { ids: vec!["7".to_owned()], has_odd_id: true, ..Answer::default() }),
            Ok(Answer { data: Some(json!({"customer": "x"})), ..Answer::default() }),
        ] {
            assert!(matches!(search_result(unclear), SearchResult::Unclear(_)));
        }
    }

    #[test]
    fn the_same_id_twice_is_one() {
        assert_eq!(search_result(ids(&["7", "7"])), SearchResult::One("7".to_owned()));
        assert_eq!(
            search_result(ids(&["8", "7"])),
            SearchResult::Several(vec!["7".to_owned(), "8".to_owned()])
        );
    }
}
