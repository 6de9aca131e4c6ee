//! Who has the value of a row: one read, and what its answer says.

use super::lookup_table::LookupResult;
use super::reader::TableReader;
use crate::catalogue::{Choice, ValueKind};
use crate::customers::{SearchResult, search_result};
use crate::reading::Row;
use crate::recording::ErrorCode;
use crate::sending::{Clock, FailureCode, StopReason, Transport, Unread};
use crate::validating::{Call, FindError};

/// What is looked for, and where in a row it stands.
#[derive(Debug, Clone)]
pub(super) struct RowLookup {
    /// What the values are.
    pub(super) kind: &'static Choice,
    /// Whether former customers are left out.
    pub(super) skip_former: bool,
    /// The place of the values' column.
    pub(super) column: usize,
    pub(super) name: String,
    /// How many columns the header has.
    pub(super) width: usize,
}

impl RowLookup {
    /// The read for a row, or why there is none.
    fn call(&self, row: &Row) -> Result<Call, LookupResult> {
        let bad = |text: String| Err(LookupResult::Invalid(ErrorCode::BadValue, text));
        let extra = row.cells().enumerate().skip(self.width).find(|(_, cell)| !cell.trim().is_empty());
        if let Some((place, _)) = extra {
            return bad(format!(
                "the row has more cells than the header has columns ({}); cell {} is one too many. Put a value that holds the delimiter in quotation marks",
                self.width,
                place + 1
            ));
        }
        if let Some(flaw) = row.flaws().iter().find(|flaw| flaw.column.is_none_or(|at| at == self.column)) {
            return bad(format!("column '{}': {}", self.name, flaw.kind));
        }
        let value = row.cell(self.column).unwrap_or_default().trim();
        if value.is_empty() {
            let text = format!("column '{}' is empty: there is nothing to look for", self.name);
            return Err(LookupResult::Invalid(ErrorCode::MissingParameter, text));
        }
        match Call::find(self.kind, value, self.skip_former) {
            Ok(call) => Ok(call),
            Err(FindError::Refused(refusal)) => bad(format!("column '{}': {refusal}", self.name)),
            Err(FindError::Call(error)) => bad(error.to_string()),
        }
    }

    /// Looks for the value of a row.
    pub(super) async fn of<T: Transport, C: Clock>(
        &self,
        row: Row,
        reader: &TableReader<'_, T, C>,
    ) -> (Row, LookupResult) {
        let call = match self.call(&row) {
            Ok(call) => call,
            Err(invalid) => return (row, invalid),
        };
        let read = reader.finder.find_strictly(reader.link, reader.selector, &call);
        let result = match reader.read(read, |read| read.as_ref().err()).await {
            Some(read) => found(read, self.kind),
            None => LookupResult::Skipped(why_skipped(reader.stopped().as_ref())),
        };
        (row, result)
    }
}

/// Whether a text reads like a value of this kind, and not like the name of a column.
pub(super) fn reads_like_a_value(kind: &'static Choice, text: &str) -> bool {
    let has_letters = text.chars().any(char::is_alphabetic);
    !has_letters || kind.kind != ValueKind::Text && Call::find(kind, text, false).is_ok()
}

/// What a read says of a row: not found only where the server said so.
fn found(read: Result<SearchResult, Unread>, kind: &Choice) -> LookupResult {
    match read.unwrap_or_else(|unread| search_result(Err(unread))) {
        SearchResult::One(id) => LookupResult::One(id),
        SearchResult::Several(ids) => LookupResult::Several(ids),
        SearchResult::Nobody => {
            LookupResult::Failed(ErrorCode::NotFound, format!("nobody has this {}", kind.name))
        }
        SearchResult::Unsaid => LookupResult::Failed(
            ErrorCode::BadAnswer,
            "the server's answer does not say whether anyone was found".to_owned(),
        ),
        SearchResult::Unclear(problem) => {
            // A 404 that is not the API's says nothing about customers.
            let is_no_answer = problem.code == FailureCode::NotFound;
            let code = if is_no_answer { ErrorCode::HttpStatus } else { problem.code.into() };
            LookupResult::Failed(code, problem.text)
        }
    }
}

fn why_skipped(reason: Option<&StopReason>) -> String {
    let why = match reason {
        Some(StopReason::Interrupted) => "the command was interrupted",
        Some(StopReason::KeyRefused(_)) => "the server refused the key",
        Some(StopReason::ServerGone(_)) => "the server stopped answering",
        _ => "the command stopped",
    };
    format!("{why} before this row was answered")
}

#[cfg(test)]
mod tests {
    use super::{RowLookup, found, reads_like_a_value};
    use crate::catalogue::{Action, Choice, choices};
    use crate::customers::search_result;
    use crate::reading::Row;
    use crate::recording::ErrorCode;
    use crate::sending::{Answer, FailureCode, Problem, Unread};
    use crate::table_reads::lookup_table::LookupResult;

    fn kind(name: &str) -> &'static Choice {
        choices(Action::Find).iter().find(|choice| choice.name == name).expect(name)
    }

    fn code(read: Result<Answer, Unread>) -> &'static str {
        match found(Ok(search_result(read)), kind("login")) {
            LookupResult::Failed(code, _) => code.name(),
            other => other.status(),
        }
    }

    #[test]
    fn only_the_servers_own_no_is_not_found() {
        let problem = |code| Problem { code, text: "x".to_owned() };
        let answer = |ids: &[&str], has_id_field| {
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            Ok(Answer { ids, has_id_field, ..Answer::default() })
        };
        for (read, expected) in [
            (answer(&["7"], true), "ok"),
            (answer(&["7", "8"], true), "ambiguous"),
            (answer(&[], true), "not_found"),
            (answer(&[], false), "bad_answer"),
            (Err(Unread::Refused(problem(FailureCode::ApiError))), "not_found"),
            (Err(Unread::Refused(problem(FailureCode::NotFound))), "not_found"),
            (Err(Unread::Refused(problem(FailureCode::HttpStatus))), "http_status"),
            (Err(Unread::KeyRefused(problem(FailureCode::HttpStatus))), "http_status"),
            (Err(Unread::Lost(problem(FailureCode::NotFound))), "http_status"),
            (Err(Unread::Lost(problem(FailureCode::Timeout))), "timeout"),
            (Err(Unread::Lost(problem(FailureCode::Connect))), "connect"),
            (Err(Unread::Lost(problem(FailureCode::BadAnswer))), "bad_answer"),
        ] {
            assert_eq!(code(read.clone()), expected, "{read:?}");
        }
    }

    #[test]
    fn a_row_without_a_value_is_not_asked_for() {
        let lookup =
            RowLookup { kind: kind("mac"), skip_former: false, column: 1, name: "MAC".to_owned(), width: 2 };
        let judge = |cells: &[&str]| match lookup.call(&Row::from_cells(0, cells)) {
            Ok(_) => "asked",
            Err(LookupResult::Invalid(code, text)) => {
                assert!(!text.is_empty());
                code.name()
            }
            Err(other) => panic!("{other:?}"),
        };
        for (cells, expected) in [
            (&["x", " 00:1a:2b:3c:4d:5e "][..], "asked"),
            (&["x", "001a.2b3c.4d5e", ""], "asked"),
            (&["x", " "], ErrorCode::MissingParameter.name()),
            (&["x"], ErrorCode::MissingParameter.name()),
            (&["x", "00:1a"], ErrorCode::BadValue.name()),
            (&["x", "00:1a:2b:3c:4d:\u{FFFD}e"], ErrorCode::BadValue.name()),
            (&["x", "00:1a:2b:3c:4d:5e", "y"], ErrorCode::BadValue.name()),
        ] {
            assert_eq!(judge(cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn values_are_told_from_names() {
        for (of, text, expected) in [
            ("phone", "0671112233", true),
            ("phone", "Телефон", false),
            ("mail", "a@example.com", true),
            ("mail", "e-mail", false),
            ("mac", "aabbccddeeff", true),
            ("ip", "10.0.0.1", true),
            ("login", "anna", false),
            ("login", "1001", true),
        ] {
            assert_eq!(reads_like_a_value(kind(of), text), expected, "{text}");
        }
    }
}
