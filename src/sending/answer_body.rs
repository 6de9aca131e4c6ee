//! The JSON object in the body of an answer, and the API's verdict in it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::asked_for::{may_be_counted, whole};
use super::excerpt::{is_page, line, shorten};
use super::key::ApiKey;
use super::payload::{ids, is_payload};
use super::reply::{Accepted, Wanted};

/// What the API says of a call. Nothing else that an answer holds is its verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApiVerdict {
    Ok,
    Error,
    /// The answer has none.
    Missing,
    /// A word that is not known, or an answer that contradicts itself.
    Unclear,
}

/// So many values take some 150 MiB of memory; answers to a hundred customers have a tenth of that.
const MOST_VALUES: usize = 500_000;

/// An answer that is small on the wire and large in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the answer holds more than {MOST_VALUES} values, more than any answer of the API that this program asks for"
)]
pub(super) struct TooManyValues;

/// How many values the text has at the most: commas in texts count too.
fn values_at_most(text: &str) -> usize {
    text.bytes().filter(|b| matches!(b, b',' | b'[' | b'{')).count()
}

/// The JSON object of an answer.
pub(super) struct AnswerBody {
    /// In their order; mostly there are two or three.
    fields: Vec<(String, Value)>,
    /// Whether a field is there twice, so that nobody knows which one counts.
    repeats_itself: bool,
}

impl AnswerBody {
    /// Finds the object, also after a byte order mark and after what PHP prints before it.
    pub(super) fn find(text: &str, status: u16) -> Result<Option<Self>, TooManyValues> {
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if values_at_most(text) > MOST_VALUES {
            return Err(TooManyValues);
        }
        if let Ok(answer) = serde_json::from_str(text) {
            return Ok(Some(answer));
        }
        Ok(if is_page(text) { None } else { Self::find_after_noise(text, status) })
    }

    /// The object after what PHP prints before it, as plain text or as HTML.
    fn find_after_noise(text: &str, status: u16) -> Option<Self> {
        /// A warning may have braces of its own; a page full of them is not an answer.
        const CANDIDATES: usize = 16;
        let mut candidates = text
            .match_indices('{')
            .take(CANDIDATES)
            .filter_map(|(place, _)| Self::at(&text[place..], status));
        // The first one decides: of two verdicts it is not known which one counts.
        match candidates.next() {
            Some((answer, is_last)) => is_last.then_some(answer),
            None => Self::without_verdict(text),
        }
    }

    /// What a read is answered without a verdict: the last thing of the text, after nothing but PHP's own lines.
    fn without_verdict(text: &str) -> Option<Self> {
        const LINES: [&str; 4] = ["warning", "notice", "deprecated", "strict standards"];
        let (noise, answer) = text.split_at(text.find("{\"")?);
        let noise = noise.to_ascii_lowercase();
        if !LINES.iter().any(|line| noise.contains(line)) {
            return None;
        }
        let answer: Self = serde_json::from_str(answer).ok()?;
        answer.has_content().then_some(answer)
    }

    /// An object with a verdict that begins here, and whether no other object follows.
    fn at(text: &str, status: u16) -> Option<(Self, bool)> {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Self>();
        let Some(Ok(answer)) = stream.next() else { return None };
        let is_last = !text[stream.byte_offset()..].contains('{');
        (answer.verdict(status) != ApiVerdict::Missing).then_some((answer, is_last))
    }

    /// The values of a field whose name may be written in any case.
    fn fields(&self, name: &'static str) -> impl Iterator<Item = &Value> {
        let is_named = move |(key, _): &&(String, Value)| key.eq_ignore_ascii_case(name);
        self.fields.iter().filter(is_named).map(|(_, value)| value)
    }

    fn field(&self, name: &'static str) -> Option<&Value> {
        self.fields(name).next()
    }

    /// The API's verdict. An error alone is one under a status that says no; `ErrorText` is one under any.
    pub(super) fn verdict(&self, status: u16) -> ApiVerdict {
        if self.contradicts_itself() {
            return ApiVerdict::Unclear;
        }
        let has_error = |name| self.fields(name).any(|value| text_of(value).is_some());
        match self.field("result") {
            Some(Value::String(word)) if is_word(word, "ok") => {
                let is_clear = !has_error("errortext") && !has_error("error");
                if is_clear { ApiVerdict::Ok } else { ApiVerdict::Unclear }
            }
            Some(Value::String(word)) if is_word(word, "error") => ApiVerdict::Error,
            None | Some(Value::Null | Value::Bool(false))
                if has_error("errortext") || status >= 400 && has_error("error") =>
            {
                ApiVerdict::Error
            }
            None | Some(Value::Null) => ApiVerdict::Missing,
            Some(_) => ApiVerdict::Unclear,
        }
    }

    /// Whether it has two verdicts, or two ids, that are not the same.
    fn contradicts_itself(&self) -> bool {
        let same_word = |one: &Value, other: &Value| match (one, other) {
            (Value::String(one), Value::String(other)) => is_word(one, other.trim()),
            _ => one == other,
        };
        let same_ids = |one: &Value, other: &Value| ids(Some(one)) == ids(Some(other));
        self.repeats_itself || differ(self.fields("result"), same_word) || differ(self.fields("id"), same_ids)
    }

    /// What the server says went wrong, with HTML entities decoded and without the key.
    pub(super) fn error_text(&self, key: &ApiKey) -> Option<String> {
        ["errortext", "error"].into_iter().flat_map(|name| self.fields(name)).find_map(|value| {
            let text = line(&html_escape::decode_html_entities(&key.scrub(&text_of(value)?)), key);
            (!is_empty(&text)).then(|| shorten(&text))
        })
    }

    /// What the answer holds for a read, with a verdict or without one; nothing where there is neither an id nor
    /// data, because that alone is no answer.
    pub(super) fn has_content(&self) -> bool {
        !ids(self.field("id")).0.is_empty()
            || self.payload().any(|value| full(value) && !value.is_boolean())
            || self.counted(false).is_some()
    }

    pub(super) fn accepted(
        mut self,
        wanted: Wanted,
        has_verdict: bool,
        text: &str,
        key: &ApiKey,
    ) -> Accepted {
        let has_id_field = self.field("id").is_some();
        let (ids, has_odd_id) = ids(self.field("id"));
        // Nobody asks a write for a count.
        let counted = if wanted == Wanted::Verdict { None } else { self.counted(has_verdict) };
        let has_data = self.payload().any(full);
        // Moved, not copied: every answer to a write goes through here too.
        let place = self.fields.iter().position(|(name, value)| is_payload(name) && full(value));
        let place = place.or_else(|| self.fields.iter().position(|(name, _)| is_payload(name)));
        let mut data = place.map(|place| self.fields.swap_remove(place).1);
        if key.is_in(text)
            && let Some(data) = &mut data
        {
            scrub(data, key);
        }
        Accepted { has_verdict, ids, has_odd_id, has_id_field, has_data, data, listed: None, counted }
    }

    /// The number that stands for a count in a field of its own: one that is named so, or, beside a verdict, the only number
    /// there is.
    fn counted(&self, has_verdict: bool) -> Option<u64> {
        let is_named = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.contains("count") || matches!(name.as_str(), "cnt" | "total" | "number" | "quantity")
        };
        let named = |(name, value): &(String, Value)| is_named(name).then(|| whole(value)).flatten();
        if let Some(count) = self.fields.iter().find_map(named) {
            return Some(count);
        }
        let mut numbers = self.fields.iter().filter(|(name, _)| may_be_counted(name) && !is_payload(name));
        let alone = numbers.next().and_then(|(_, value)| whole(value));
        alone.filter(|_| has_verdict && numbers.next().is_none())
    }

    fn payload(&self) -> impl Iterator<Item = &Value> {
        self.fields.iter().filter(|(name, _)| is_payload(name)).map(|(_, value)| value)
    }
}

/// JSON in a map forgets all but the last of equal names; here they are kept, and that they were there.
impl<'de> Deserialize<'de> for AnswerBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnswerVisitor;

        impl<'de> Visitor<'de> for AnswerVisitor {
            type Value = AnswerBody;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an answer")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<AnswerBody, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = entries.next_entry::<String, Value>()? {
                    fields.push(field);
                }
                let repeats_itself = repeats_a_name(&fields);
                Ok(AnswerBody { fields, repeats_itself })
            }
        }

        deserializer.deserialize_map(AnswerVisitor)
    }
}

fn repeats_a_name(fields: &[(String, Value)]) -> bool {
    const FEW: usize = 8;
    let names = || fields.iter().map(|(name, _)| name.as_str());
    if fields.len() <= FEW {
        return names().enumerate().any(|(place, name)| names().take(place).any(|other| other == name));
    }
    let mut sorted: Vec<&str> = names().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

/// Whether any of them is not the same as the first.
fn differ<'b>(mut values: impl Iterator<Item = &'b Value>, is_same: impl Fn(&Value, &Value) -> bool) -> bool {
    values.next().is_some_and(|first| values.any(|value| !is_same(first, value)))
}

fn is_word(text: &str, word: &str) -> bool {
    text.trim().eq_ignore_ascii_case(word)
}

/// An error as text; none where it is what PHP takes for empty, which is not an error.
fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    let text = match value {
        Value::Null | Value::Bool(false) => return None,
        Value::Array(list) if list.is_empty() => return None,
        Value::Object(object) if object.is_empty() => return None,
        Value::String(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.to_string()),
    };
    (!is_empty(&text)).then_some(text)
}

fn is_empty(text: &str) -> bool {
    matches!(text.trim(), "" | "0")
}

/// Takes the key out of every text.
fn scrub(value: &mut Value, key: &ApiKey) {
    match value {
        Value::String(text) => *text = key.scrub(text),
        Value::Array(list) => list.iter_mut().for_each(|element| scrub(element, key)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| scrub(field, key));
            // A server may use what it was sent as a field's name.
            if fields.keys().any(|name| key.is_in(name)) {
                let scrubbed =
                    std::mem::take(fields).into_iter().map(|(name, value)| (key.scrub(&name), value));
                *fields = scrubbed.collect();
            }
        }
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
