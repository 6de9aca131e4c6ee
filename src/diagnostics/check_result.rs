//! A result of a check: what it is about, what was found, and what to do.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// How bad a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is to be done.
    Ok,
    /// It works, but there is something to know about it.
    Warning,
    /// It does not work.
    Problem,
}

impl Severity {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// A result of a check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckResult {
    /// What it is about.
    pub point: &'static str,
    /// How bad it is.
    pub status: Severity,
    pub text: String,
    /// What to do; none where nothing is to be done.
    pub advice: Option<String>,
    /// The same for scripts: numbers and yes or no. Null where nothing is known.
    pub found: Value,
    /// Whether nothing else works without it.
    #[serde(skip)]
    pub is_needed: bool,
}

impl CheckResult {
    /// A result where nothing is to be done.
    pub(super) fn ok(point: &'static str, text: impl Into<String>) -> Self {
        Self {
            point,
            status: Severity::Ok,
            text: text.into(),
            advice: None,
            found: Value::Null,
            is_needed: false,
        }
    }

    /// A result that a person should know about.
    pub(super) fn warning(point: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status: Severity::Warning, advice: Some(advice.into()), ..Self::ok(point, text) }
    }

    /// A result that is a problem.
    pub(super) fn problem(point: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status: Severity::Problem, advice: Some(advice.into()), ..Self::ok(point, text) }
    }

    /// The same, where nothing else works without it.
    pub(super) fn needed(self) -> Self {
        Self { is_needed: true, ..self }
    }

    /// The same, with what scripts want to know.
    pub(super) fn found(self, found: Value) -> Self {
        Self { found, ..self }
    }

    /// Whether it does not work.
    pub(super) fn is_problem(&self) -> bool {
        self.status == Severity::Problem
    }
}

/// `warning  clock: the server's clock is 90 s behind. Set the clocks`
impl fmt::Display for CheckResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<7}  {}: {}", self.status.name(), self.point, self.text)?;
        match &self.advice {
            Some(advice) => write!(f, ". {advice}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CheckResult;
    use serde_json::json;

    #[test]
    fn a_point_is_a_line_and_an_object() {
        let ok = CheckResult::ok("key", "accepted");
        assert_eq!(ok.to_string(), "ok       key: accepted");
        let bad = CheckResult::problem("key", "refused", "Check it").found(json!({"a": 1}));
        assert_eq!(bad.to_string(), "problem  key: refused. Check it");
        assert_eq!(
            serde_json::to_value(&bad).expect("JSON"),
            json!({"point": "key", "status": "problem", "text": "refused", "advice": "Check it", "found": {"a": 1}})
        );
    }
}
