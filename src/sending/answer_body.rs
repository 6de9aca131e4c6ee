//! The JSON object in the body of an answer, and its verdict.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::attempt_end::AttemptEnd;
use super::excerpt::{is_page, line, shorten, unreadable};
use super::key::ApiKey;
use super::outcome::{FailureCode, Problem};
use super::payload::{ids, is_payload};
use super::reply::{Accepted, Reply};

/// The JSON object of an answer.
pub(super) struct AnswerBody(Map<String, Value>);

impl AnswerBody {
    /// Finds the object, also after a byte order mark and after what PHP prints before it.
    pub(super) fn find(text: &str, status: u16) -> Option<Self> {
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if let Ok(Value::Object(object)) = serde_json::from_str(text) {
            return Some(Self(object));
        }
        if is_page(text) {
            return None;
        }
        /// A warning may have braces of its own; a page full of them is not an answer.
        const CANDIDATES: usize = 16;
        let mut candidates = text
            .match_indices('{')
            .take(CANDIDATES)
            .filter_map(|(place, _)| Self::at(&text[place..], status));
        // The first one decides: of two verdicts it is not known which one counts.
        candidates.next().and_then(|(answer, is_last)| is_last.then_some(answer))
    }

    /// An object with a verdict that begins here, and whether no other object follows. Under a
    /// status that says no, the error alone is the verdict.
    fn at(text: &str, status: u16) -> Option<(Self, bool)> {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let Some(Ok(Value::Object(object))) = stream.next() else { return None };
        let is_last = !text[stream.byte_offset()..].contains('{');
        let answer = Self(object);
        let has_verdict = answer.result().is_some() || status >= 400 && answer.names_error();
        has_verdict.then_some((answer, is_last))
    }

    /// The value of a field whose name may be written in any case.
    fn field(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn result(&self) -> Option<&str> {
        self.field("result")?.as_str().map(str::trim)
    }

    pub(super) fn says_ok(&self) -> bool {
        self.result().is_some_and(|r| r.eq_ignore_ascii_case("ok"))
    }

    fn names_error(&self) -> bool {
        ["errortext", "error"].into_iter().filter_map(|name| self.field(name)).any(full)
    }

    /// What the server says went wrong, with HTML entities decoded and without the key. What PHP takes for
    /// empty is not an error.
    pub(super) fn error_text(&self, key: &ApiKey) -> Option<String> {
        ["errortext", "error"].into_iter().filter_map(|name| self.field(name)).find_map(|value| {
            let text = match value {
                Value::Null | Value::Bool(false) => return None,
                Value::Array(list) if list.is_empty() => return None,
                Value::Object(object) if object.is_empty() => return None,
                Value::String(text) => Cow::Borrowed(text.as_str()),
                other => Cow::Owned(other.to_string()),
            };
            let text = line(&html_escape::decode_html_entities(&key.scrub(&text)), key);
            (!matches!(text.as_str(), "" | "0")).then(|| shorten(&text))
        })
    }

    /// What the answer means where its status says that all went well.
    pub(super) fn verdict(self, text: &str, key: &ApiKey) -> Reply {
        let problem = |end, code, text| Reply::Problem { end, problem: Problem::new(code, text) };
        let refused = |text: Option<String>| {
            let text = text.unwrap_or_else(|| "the server said ERROR without a reason".to_owned());
            problem(AttemptEnd::SaidNo, FailureCode::ApiError, text)
        };
        match self.field("result") {
            Some(Value::String(_)) if self.says_ok() => return self.accepted(text, key),
            Some(Value::String(word)) if word.trim().eq_ignore_ascii_case("error") => {
                return refused(self.error_text(key));
            }
            None | Some(Value::Null | Value::Bool(false)) => {
                if let Some(text) = self.error_text(key) {
                    return refused(Some(text));
                }
            }
            Some(_) => {}
        }
        // An id or data without a verdict is still an answer. An empty object is not, and neither is a
        // verdict that is not known: to guess would call something done that was not, or the other way.
        let has_verdict = self.field("result").is_some_and(|result| !result.is_null());
        if !has_verdict
            && (!ids(self.field("id")).0.is_empty()
                || self.payload().any(|value| full(value) && !value.is_boolean()))
        {
            return self.accepted(text, key);
        }
        problem(AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, unreadable(text, key))
    }

    fn accepted(mut self, text: &str, key: &ApiKey) -> Reply {
        let has_id_field = self.field("id").is_some();
        let (ids, has_odd_id) = ids(self.field("id"));
        let has_data = self.payload().any(full);
        // Moved, not copied: every answer to a write goes through here too.
        let place = self.0.iter().position(|(name, value)| is_payload(name) && full(value));
        let place = place.or_else(|| self.0.keys().position(|name| is_payload(name)));
        let mut data = place.and_then(|place| self.0.values_mut().nth(place)).map(Value::take);
        if key.is_in(text)
            && let Some(data) = &mut data
        {
            scrub(data, key);
        }
        Reply::Accepted(Accepted { ids, has_odd_id, has_id_field, has_data, data, listed: None })
    }

    fn payload(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(|(name, _)| is_payload(name)).map(|(_, value)| value)
    }
}

/// Takes the key out of every text.
fn scrub(value: &mut Value, key: &ApiKey) {
    match value {
        Value::String(text) => *text = key.scrub(text),
        Value::Array(list) => list.iter_mut().for_each(|element| scrub(element, key)),
        Value::Object(fields) => fields.values_mut().for_each(|field| scrub(field, key)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn full(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}
