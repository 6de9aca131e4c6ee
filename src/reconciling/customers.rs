//! What became of a customer that was to be created: they are searched for by what their row says about them.

use crate::sending::{Answer, FailureCode, Problem, Unread};
use crate::validating::{Call, Search};

use super::verdict::Verdict;

/// Who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
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

/// What a search says. Nobody is found where the server says `ERROR` or 404, or where the place of the id or
/// of the data is empty; a read that failed in any other way says nothing.
pub fn who(read: Result<Answer, Unread>) -> Who {
    let answer = match read {
        Ok(answer) => answer,
        Err(Unread::Refused(problem))
            if matches!(problem.code, FailureCode::ApiError | FailureCode::NotFound) =>
        {
            return Who::Nobody;
        }
        Err(Unread::Refused(problem) | Unread::KeyRefused(problem) | Unread::Lost(problem)) => {
            return Who::Unclear(problem);
        }
    };
    let mut ids = answer.ids;
    ids.sort_unstable();
    ids.dedup();
    let has_other_data = ids.is_empty() && answer.data.as_ref().is_some_and(says_something);
    if answer.has_odd_id || has_other_data {
        let text = "the server's answer to the search contains no readable id".to_owned();
        return Who::Unclear(Problem { code: FailureCode::BadAnswer, text });
    }
    match ids.len() {
        0 if !answer.has_id_field && answer.data.is_none() => Who::Unsaid,
        0 => Who::Nobody,
        1 => Who::One(ids.remove(0)),
        _ => Who::Several(ids),
    }
}

fn says_something(data: &serde_json::Value) -> bool {
    use serde_json::Value;
    match data {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => text.trim().bytes().any(|b| b != b'0'),
        Value::Number(number) => number.as_u64() != Some(0),
        Value::Bool(true) => true,
    }
}

/// The verdict on a row without a value to search for a customer by.
pub(super) fn not_searchable(call: &Call) -> Verdict {
    let name = call.parameters().find(|(p, value)| p.presence.is_required() && !value.is_empty());
    let named = name.map_or_else(String::new, |(_, name)| format!(" named '{name}'"));
    Verdict::Undecided(format!(
        "the row has no value to search for a customer by; look in UserSide for a customer{named}"
    ))
}

/// The verdict on a row that was looked for. Customers whom another row of the run has, or who were there
/// before it, are not this row's. That there are no others does not prove that this row made none: a server
/// may name one of several. With rivals, rows in doubt that are looked for by the same, one customer may be
/// any of theirs.
pub(super) fn verdict(
    search: &Search,
    who: Who,
    is_taken: impl Fn(&str) -> bool,
    has_rivals: bool,
) -> Verdict {
    let what = &search.what;
    let ids = match who {
        Who::Nobody => return Verdict::NotFound,
        Who::Unsaid => {
            return Verdict::Undecided(format!(
                "the server's answer to the search does not say whether anyone was found; look in UserSide for a customer with {what}"
            ));
        }
        Who::One(id) => vec![id],
        Who::Several(ids) => ids,
        Who::Unclear(problem) => {
            return Verdict::Undecided(format!(
                "the search failed: {problem}; look in UserSide for a customer with {what}"
            ));
        }
    };
    let free: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !is_taken(id)).collect();
    match free.as_slice() {
        [] => Verdict::Undecided(format!(
            "the server finds {} for {what}, but another row of this run has this customer, or the customer was there before; look in UserSide for a second customer with {what}",
            ids.join(", ")
        )),
        [id] if has_rivals => Verdict::Undecided(format!(
            "the server finds {id} for {what}, but another row of this run in doubt is searched for by the same value; look in UserSide to see which of them made this customer, and for a second customer with {what}"
        )),
        [id] => Verdict::Applied { id: Some((*id).to_owned()), times: 1 },
        several => Verdict::Undecided(format!(
            "{} customers have {what}; look in UserSide to see which of them the row made: {}",
            several.len(),
            several.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict::Verdict;
    use super::{Who, verdict, who};
    use crate::sending::{Answer, FailureCode, Problem, Unread};
    use crate::validating::{Call, Search};
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
            assert_eq!(who(Err(Unread::Refused(problem(code)))), Who::Nobody);
        }
        assert_eq!(who(Ok(Answer { has_id_field: true, ..Answer::default() })), Who::Nobody);
        assert_eq!(who(ids(&[])), Who::Unsaid);
        assert_eq!(who(Ok(Answer { data: Some(json!([])), ..Answer::default() })), Who::Nobody);
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
            assert!(matches!(who(unclear), Who::Unclear(_)));
        }
    }

    #[test]
    fn the_same_id_twice_is_one() {
        assert_eq!(who(ids(&["7", "7"])), Who::One("7".to_owned()));
        assert_eq!(who(ids(&["8", "7"])), Who::Several(vec!["7".to_owned(), "8".to_owned()]));
    }

    fn search() -> Search {
        Search { call: Call::probe().expect("a call"), what: "codeti 7".to_owned() }
    }

    #[track_caller]
    fn undecided(verdict: Verdict) -> String {
        let Verdict::Undecided(text) = verdict else { panic!("{verdict:?}") };
        assert!(text.contains("codeti 7") && text.contains("look in UserSide"), "{text}");
        text
    }

    #[test]
    fn an_answer_without_a_place_for_ids_decides_nothing() {
        undecided(verdict(&search(), who(ids(&[])), |_| false, false));
    }

    #[test]
    fn an_id_that_another_row_has_is_not_this_rows() {
        let judge = |found: &[&str], taken: &[&str]| {
            let found = found.iter().map(|id| (*id).to_owned()).collect();
            let answer = Answer { ids: found, has_id_field: true, ..Answer::default() };
            verdict(&search(), who(Ok(answer)), |id| taken.contains(&id), false)
        };
        let applied = |id: &str| Verdict::Applied { id: Some(id.to_owned()), times: 1 };
        assert_eq!(judge(&[], &[]), Verdict::NotFound);
        assert_eq!(judge(&["7"], &[]), applied("7"));
        assert_eq!(judge(&["7", "8"], &["7"]), applied("8"));
        // A server may name one of several: the row's own customer may still be there.
        for taken in [&["7"][..], &["7", "8"]] {
            let text = undecided(judge(taken, taken));
            assert!(text.contains(&taken.join(", ")), "{text}");
            assert!(text.ends_with("for a second customer with codeti 7"), "{text}");
        }
        assert!(undecided(judge(&["7", "8", "9"], &["9"])).ends_with("7, 8"));
    }

    #[test]
    fn one_customer_and_two_rows_in_doubt_decide_nothing() {
        let judge = |found: &[&str]| verdict(&search(), who(ids(found)), |id| id == "8", true);
        for found in [&["7"][..], &["7", "8"]] {
            assert!(undecided(judge(found)).contains("finds 7 "));
        }
        assert_eq!(
            verdict(&search(), Who::Nobody, |_| false, true),
            Verdict::NotFound,
            "neither of them was made"
        );
    }
}
