//! What became of a customer that was to be created: they are searched for by what their row says about them.

use std::time::Duration;

use super::evidence::{CustomerEvidence, FoundWho, Gap, Judgement};
use super::instrument::Instrument;
use super::verdict::Verdict;
use crate::customers::SearchResult;
use crate::validating::{Call, Search};

/// A new customer in doubt who can be searched for.
pub(super) struct CustomerInDoubt<'c> {
    pub(super) search: &'c Search,
    /// Whether other rows in doubt are looked for by the same value: one customer may be any of theirs.
    pub(super) has_rivals: bool,
    /// Whether customers were looked for before the first row was sent.
    pub(super) was_looked_for: bool,
    pub(super) is_settled: bool,
    pub(super) due: Duration,
    /// What this session has seen this server find; the text says why it has seen nothing.
    pub(super) instrument: &'c Result<Instrument, String>,
}

impl CustomerInDoubt<'_> {
    /// The verdict on a row without a value to search for a customer by.
    pub(super) fn not_searchable(call: &Call) -> Verdict {
        let name = call.parameters().find(|(p, value)| p.presence.is_required() && !value.is_empty());
        let named = name.map_or_else(String::new, |(_, name)| format!(" named '{name}'"));
        Verdict::Undecided(format!(
            "the row has no value to search for a customer by; look in UserSide for a customer{named}"
        ))
    }

    /// The verdict. Customers whom another row of the run has, or who were there before it, are not this row's. That
    /// there are no others does not prove that this row made none: a server may name one of several.
    pub(super) fn verdict(&self, found: SearchResult, is_taken: impl Fn(&str) -> bool) -> Verdict {
        let what = &self.search.what;
        let open = |text: String| Verdict::Undecided(text);
        let ids = match found {
            SearchResult::Nobody => Vec::new(),
            SearchResult::Unsaid => {
                return open(format!(
                    "the server's answer to the search does not say whether anyone was found; look in UserSide for a customer with {what}"
                ));
            }
            SearchResult::One(id) => vec![id],
            SearchResult::Several(ids) => ids,
            SearchResult::Unclear(problem) => {
                return open(format!(
                    "the search failed: {problem}; look in UserSide for a customer with {what}"
                ));
            }
        };
        let free: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !is_taken(id)).collect();
        let found = match (ids.as_slice(), free.as_slice()) {
            ([], _) => FoundWho::Nobody,
            (_, [_]) if !self.has_rivals => FoundWho::One,
            _ => FoundWho::Others,
        };
        let evidence = CustomerEvidence {
            found,
            was_missing: self.was_looked_for,
            is_settled: self.is_settled,
            is_proven: self.instrument.is_ok(),
        };
        match evidence.judge() {
            Judgement::Applied(times) => {
                Verdict::Applied { id: free.first().map(|id| (*id).to_owned()), times }
            }
            Judgement::NotApplied => Verdict::NotApplied,
            Judgement::NotYet => Verdict::Later(self.due),
            Judgement::Open(Gap::NobodyLooked) => open(format!(
                "the server finds {} for {what}, but nobody looked before the row was sent (--existing ignore), so the customer may have been there before; look in UserSide when it was made",
                ids.join(", ")
            )),
            Judgement::Open(Gap::Proof) => {
                let why = self.instrument.as_ref().err().map_or("", String::as_str);
                open(format!("{why}; look in UserSide for a customer with {what}"))
            }
            Judgement::Open(_) => open(match free.as_slice() {
                [] => format!(
                    "the server finds {} for {what}, but another row of this run has this customer, or the customer was there before; look in UserSide for a second customer with {what}",
                    ids.join(", ")
                ),
                [id] => format!(
                    "the server finds {id} for {what}, but another row of this run in doubt is searched for by the same value; look in UserSide to see which of them made this customer, and for a second customer with {what}"
                ),
                several => format!(
                    "{} customers have {what}; look in UserSide to see which of them the row made: {}",
                    several.len(),
                    several.join(", ")
                ),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::instrument::Instrument;
    use super::super::verdict::Verdict;
    use super::{CustomerInDoubt, SearchResult};
    use crate::customers::search_result;
    use crate::sending::{Answer, Unread};
    use crate::validating::{Call, Search};

    fn ids(ids: &[&str]) -> Result<Answer, Unread> {
        Ok(Answer { ids: ids.iter().map(|id| (*id).to_owned()).collect(), ..Answer::default() })
    }

    /// Every proof is there, unless it is left out.
    fn judge(
        found: SearchResult,
        taken: &[&str],
        leave_out: impl FnOnce(&mut CustomerInDoubt<'_>),
    ) -> Verdict {
        let search = Search { call: Call::probe().expect("a call"), what: "codeti 7".to_owned() };
        let mut row = CustomerInDoubt {
            search: &search,
            has_rivals: false,
            was_looked_for: true,
            is_settled: true,
            due: Duration::from_secs(9),
            instrument: &Ok(Instrument::default()),
        };
        leave_out(&mut row);
        row.verdict(found, |id| taken.contains(&id))
    }

    fn found(found: &[&str]) -> SearchResult {
        let found = found.iter().map(|id| (*id).to_owned()).collect();
        search_result(Ok(Answer { ids: found, has_id_field: true, ..Answer::default() }))
    }

    #[track_caller]
    fn undecided(verdict: Verdict) -> String {
        let Verdict::Undecided(text) = verdict else { panic!("{verdict:?}") };
        assert!(text.contains("codeti 7") && text.contains("look in UserSide"), "{text}");
        text
    }

    #[test]
    fn an_answer_without_a_place_for_ids_decides_nothing() {
        undecided(judge(search_result(ids(&[])), &[], |_| {}));
    }

    #[test]
    fn an_id_that_another_row_has_is_not_this_rows() {
        let judge = |ids: &[&str], taken: &[&str]| judge(found(ids), taken, |_| {});
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
        for ids in [&["7"][..], &["7", "8"]] {
            let verdict = judge(found(ids), &["8"], |row| row.has_rivals = true);
            assert!(undecided(verdict).contains("finds 7 "));
        }
        assert_eq!(
            judge(SearchResult::Nobody, &[], |row| row.has_rivals = true),
            Verdict::NotApplied,
            "neither of them was made"
        );
    }

    /// The customer may have been there all along.
    #[test]
    fn who_is_found_and_was_not_looked_for_before_is_nobodys() {
        let text = undecided(judge(found(&["7"]), &[], |row| row.was_looked_for = false));
        assert!(text.contains("--existing ignore"), "{text}");
    }

    #[test]
    fn nobody_proves_nothing_too_early_or_on_a_server_that_finds_nobody() {
        let early = judge(SearchResult::Nobody, &[], |row| row.is_settled = false);
        assert_eq!(early, Verdict::Later(Duration::from_secs(9)));
        let blind = Err("a search for codeti 1 does not find a customer".to_owned());
        let text = {
            let search = Search { call: Call::probe().expect("a call"), what: "codeti 7".to_owned() };
            let row = CustomerInDoubt {
                search: &search,
                has_rivals: false,
                was_looked_for: true,
                is_settled: true,
                due: Duration::ZERO,
                instrument: &blind,
            };
            undecided(row.verdict(SearchResult::Nobody, |_| false))
        };
        assert!(text.starts_with("a search for codeti 1 does not find"), "{text}");
    }
}
