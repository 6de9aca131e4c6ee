//! What the results say about one row.

use crate::sending::{FailureCode, Fate, Outcome};
use crate::validating::{Rejection, ViolationCode};

/// The columns that the results add to the input's own, in their order.
pub const RESULT_COLUMNS: [&str; 6] = [
    "result_status",
    "result_id",
    "result_error_code",
    "result_error",
    "result_http_status",
    "result_attempts",
];

/// `result_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Applied.
    Ok,
    /// Refused before sending.
    Invalid,
    /// Not applied.
    Failed,
    /// Sent, outcome not known.
    Unknown,
    /// Never sent.
    Skipped,
    /// Some step is applied and another is not, or not known; only of rows with several.
    Partial,
}

impl Status {
    const ALL: [Self; 6] =
        [Self::Ok, Self::Invalid, Self::Failed, Self::Unknown, Self::Skipped, Self::Partial];

    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Its name in the results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Invalid => "invalid",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
            Self::Partial => "partial",
        }
    }
}

/// `result_error_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorCode {
    MissingParameter,
    BadValue,
    UnknownParameter,
    NotInVersion,
    DuplicateRow,
    AlreadyExists,
    AlreadyBooked,
    NotFound,
    Ambiguous,
    ApiError,
    HttpStatus,
    Connect,
    Timeout,
    BadAnswer,
    NotApplied,
    BookedTwice,
    Stopped,
    ParentMissing,
    ParentCycle,
    ParentNotOk,
}

impl ErrorCode {
    const ALL: [Self; 20] = [
        Self::MissingParameter,
        Self::BadValue,
        Self::UnknownParameter,
        Self::NotInVersion,
        Self::DuplicateRow,
        Self::AlreadyExists,
        Self::AlreadyBooked,
        Self::NotFound,
        Self::Ambiguous,
        Self::ApiError,
        Self::HttpStatus,
        Self::Connect,
        Self::Timeout,
        Self::BadAnswer,
        Self::NotApplied,
        Self::BookedTwice,
        Self::Stopped,
        Self::ParentMissing,
        Self::ParentCycle,
        Self::ParentNotOk,
    ];

    /// Its name in the results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissingParameter => "missing_parameter",
            Self::BadValue => "bad_value",
            Self::UnknownParameter => "unknown_parameter",
            Self::NotInVersion => "not_in_version",
            Self::DuplicateRow => "duplicate_row",
            Self::AlreadyExists => "already_exists",
            Self::AlreadyBooked => "already_booked",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::ApiError => "api_error",
            Self::HttpStatus => "http_status",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::BadAnswer => "bad_answer",
            Self::NotApplied => "not_applied",
            Self::BookedTwice => "booked_twice",
            Self::Stopped => "stopped",
            Self::ParentMissing => "parent_missing",
            Self::ParentCycle => "parent_cycle",
            Self::ParentNotOk => "parent_not_ok",
        }
    }

    /// The problem of a call that it stands for; what no call can have counts as stopped.
    pub(super) const fn failure(self) -> FailureCode {
        match self {
            Self::NotFound => FailureCode::NotFound,
            Self::ApiError => FailureCode::ApiError,
            Self::HttpStatus => FailureCode::HttpStatus,
            Self::Connect => FailureCode::Connect,
            Self::Timeout => FailureCode::Timeout,
            Self::BadAnswer => FailureCode::BadAnswer,
            _ => FailureCode::Stopped,
        }
    }

    /// Whether it is about a row as a whole, not about one of its steps.
    pub const fn is_of_row(self) -> bool {
        matches!(
            self,
            Self::MissingParameter
                | Self::BadValue
                | Self::UnknownParameter
                | Self::NotInVersion
                | Self::DuplicateRow
                | Self::ParentNotOk
        )
    }

    /// Whether the row was found on the server before anything was sent.
    pub const fn is_there_already(self) -> bool {
        matches!(self, Self::AlreadyExists | Self::AlreadyBooked)
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }
}

impl From<ViolationCode> for ErrorCode {
    fn from(code: ViolationCode) -> Self {
        match code {
            ViolationCode::MissingParameter => Self::MissingParameter,
            ViolationCode::BadValue => Self::BadValue,
            ViolationCode::UnknownParameter => Self::UnknownParameter,
            ViolationCode::NotInVersion => Self::NotInVersion,
            ViolationCode::DuplicateRow => Self::DuplicateRow,
            ViolationCode::NotFound => Self::NotFound,
            ViolationCode::Ambiguous => Self::Ambiguous,
            ViolationCode::ParentMissing => Self::ParentMissing,
            ViolationCode::ParentCycle => Self::ParentCycle,
        }
    }
}

impl From<FailureCode> for ErrorCode {
    fn from(code: FailureCode) -> Self {
        match code {
            FailureCode::NotFound => Self::NotFound,
            FailureCode::ApiError => Self::ApiError,
            FailureCode::HttpStatus => Self::HttpStatus,
            FailureCode::Connect => Self::Connect,
            FailureCode::Timeout => Self::Timeout,
            FailureCode::BadAnswer => Self::BadAnswer,
            FailureCode::ParentNotOk => Self::ParentNotOk,
            FailureCode::Stopped => Self::Stopped,
        }
    }
}

/// What the results say about one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// `result_status`.
    pub status: Status,
    /// `result_id`.
    pub id: Option<String>,
    /// `result_error_code` and `result_error`.
    pub error: Option<(ErrorCode, String)>,
    /// `result_http_status`.
    pub http_status: Option<u16>,
    /// `result_attempts`.
    pub attempts: u32,
}

impl RowResult {
    /// A row that was refused before sending.
    pub fn invalid(rejection: &Rejection) -> Self {
        Self::unsent(Status::Invalid, rejection.code().into(), rejection.to_string())
    }

    /// A valid row that was never sent, and why.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self::unsent(Status::Skipped, ErrorCode::Stopped, why.into())
    }

    /// Whether it is as wanted although nothing was sent: it is there already, and that was to be passed over.
    pub fn is_passed_over(&self) -> bool {
        self.status == Status::Skipped && self.error.as_ref().is_some_and(|(code, _)| code.is_there_already())
    }

    /// What is said of a row that was found so many times on the server; none where once.
    pub fn doubled(times: u64) -> Option<(ErrorCode, String)> {
        let text =
            format!("booked {times} times; `undo --surplus` writes the rows that take the surplus back");
        (times > 1).then_some((ErrorCode::BookedTwice, text))
    }

    /// A row that was found on the server, so many times.
    pub fn found(times: u64) -> Self {
        Self { status: Status::Ok, id: None, error: Self::doubled(times), http_status: None, attempts: 0 }
    }

    /// A row for which nothing was sent, and why.
    pub fn unsent(status: Status, code: ErrorCode, text: String) -> Self {
        Self { status, id: None, error: Some((code, text)), http_status: None, attempts: 0 }
    }
}

/// Whether a person has to put a row with this status, code and HTTP status right: no command settles it, and it is not as
/// it should be already.
pub fn is_to_be_fixed(status: Status, code: Option<ErrorCode>, http_status: Option<u16>) -> bool {
    match status {
        Status::Invalid => true,
        Status::Failed => {
            // The key has to be put right, not the row.
            let is_keys = matches!(http_status, Some(401 | 403));
            let is_ours = |code: ErrorCode| code == ErrorCode::NotApplied || code.is_there_already();
            !is_keys && !code.is_some_and(is_ours)
        }
        Status::Ok | Status::Unknown | Status::Skipped | Status::Partial => false,
    }
}

impl From<Outcome> for RowResult {
    fn from(outcome: Outcome) -> Self {
        let (status, id, problem) = match outcome.fate {
            Fate::Ok { id } => (Status::Ok, id, None),
            Fate::Failed(problem) => (Status::Failed, None, Some(problem)),
            Fate::Unknown(problem) => (Status::Unknown, None, Some(problem)),
            Fate::Skipped(problem) => (Status::Skipped, None, Some(problem)),
        };
        let error = problem.map(|problem| (problem.code.into(), problem.text));
        Self { status, id, error, http_status: outcome.http_status, attempts: outcome.attempts }
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn the_book_has_a_section_for_every_error_code() {
        let page = include_str!("../../docs/src/subjects/troubleshooting.md");
        for code in ErrorCode::ALL {
            let heading = format!("\n### {}\n", code.name());
            assert!(page.contains(&heading), "troubleshooting.md has no section {}", code.name());
        }
    }
}
