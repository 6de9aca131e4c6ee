//! What became of a customer that was to be created: they are searched for by what their row says about them.

use super::verdict::Verdict;
use crate::customers::SearchResult;
use crate::validating::{Call, Search};

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
/// any of theirs. Nobody at all is `missing`.
pub(super) fn verdict(
    search: &Search,
    found: SearchResult,
    is_taken: impl Fn(&str) -> bool,
    has_rivals: bool,
    missing: Verdict,
) -> Verdict {
    let what = &search.what;
    let ids = match found {
        SearchResult::Nobody => return missing,
        SearchResult::Unsaid => {
            return Verdict::Undecided(format!(
                "the server's answer to the search does not say whether anyone was found; look in UserSide for a customer with {what}"
            ));
        }
        SearchResult::One(id) => vec![id],
        SearchResult::Several(ids) => ids,
        SearchResult::Unclear(problem) => {
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
    use super::{SearchResult, verdict};
    use crate::customers::search_result;
    use crate::sending::{Answer, Unread};
    use crate::validating::{Call, Search};

    fn ids(ids: &[&str]) -> Result<Answer, Unread> {
        Ok(Answer { ids: ids.iter().map(|id| (*id).to_owned()).collect(), ..Answer::default() })
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
        undecided(verdict(&search(), search_result(ids(&[])), |_| false, false, Verdict::NotApplied));
    }

    #[test]
    fn an_id_that_another_row_has_is_not_this_rows() {
        let judge = |found: &[&str], taken: &[&str]| {
            let found = found.iter().map(|id| (*id).to_owned()).collect();
            let answer = Answer { ids: found, has_id_field: true, ..Answer::default() };
            verdict(
                &search(),
                search_result(Ok(answer)),
                |id| taken.contains(&id),
                false,
                Verdict::NotApplied,
            )
        };
        let applied = |id: &str| Verdict::Applied { id: Some(id.to_owned()), times: 1 };
        assert_eq!(judge(&[], &[]), Verdict::NotApplied);
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
        let judge = |found: &[&str]| {
            verdict(&search(), search_result(ids(found)), |id| id == "8", true, Verdict::NotApplied)
        };
        for found in [&["7"][..], &["7", "8"]] {
            assert!(undecided(judge(found)).contains("finds 7 "));
        }
        assert_eq!(
            verdict(&search(), SearchResult::Nobody, |_| false, true, Verdict::NotApplied),
            Verdict::NotApplied,
            "neither of them was made"
        );
    }
}
