//! Status and body of an answer to what happened: accepted, refused, turned away, or unreadable. Status 200
//! alone is not success; the verdict inside is.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use super::key::ApiKey;
use super::listing::ids_of;
use super::outcome::{FailureCode, Problem};
use super::retry::Event;
use super::transport::{Lost, LostKind, Response};

/// What an attempt's end means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    /// The server did it.
    Accepted(Accepted),
    /// Anything else, with what to tell a person.
    Problem { event: Event, problem: Problem },
}

/// What an accepted answer carries.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Accepted {
    /// The ids that the answer names.
    pub(super) ids: Vec<String>,
    /// Whether something stands where the id does that is neither one nor none.
    pub(super) has_odd_id: bool,
    /// Whether the answer has a place for an id at all, be it empty.
    pub(super) has_id_field: bool,
    /// Whether the answer carries data that is not empty.
    pub(super) has_data: bool,
    /// The data, whole, without the key.
    pub(super) data: Option<Value>,
    /// The data where it was read as a list of ids and as nothing else.
    pub(super) listed: Option<Vec<u64>>,
}

/// What an answer is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Whatever it holds.
    Anything,
    /// A list of ids, which may be long.
    Ids,
}

/// Without the data: it is a customer's, and it may be large.
impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ids, has_odd_id, has_id_field, has_data, data: _, listed: _ } = self;
        let mut shown = f.debug_struct("Accepted");
        shown
            .field("ids", ids)
            .field("has_odd_id", has_odd_id)
            .field("has_id_field", has_id_field)
            .field("has_data", has_data)
            .finish_non_exhaustive()
    }
}

impl Accepted {
    /// The id, where the answer names exactly one.
    pub(super) fn id(&self) -> Option<&str> {
        match self.ids.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// How much of an answer that cannot be read is shown.
const EXCERPT: usize = 200;

/// What it means that an attempt ended without an answer.
pub(super) fn of_lost(lost: &Lost, key: &ApiKey) -> Reply {
    let text = key.scrub(&lost.text);
    let (event, code, text) = match lost.kind {
        LostKind::Unreached => (Event::Unreached, FailureCode::Connect, format!("cannot connect: {text}")),
        LostKind::TimedOut => (Event::MayHaveHappened, FailureCode::Timeout, text),
        LostKind::Broken => (
            Event::MayHaveHappened,
            FailureCode::Connect,
            format!("the connection was lost after the request was sent: {text}"),
        ),
        LostKind::TooLarge => (Event::MayHaveHappened, FailureCode::BadAnswer, text),
    };
    Reply::Problem { event, problem: Problem::new(code, text) }
}

/// What an answer means, and whether it is the API's own: a refusal from a web server in front says nothing
/// about what was asked for.
pub(super) fn of_response(response: &Response, wanted: Wanted, key: &ApiKey) -> (Reply, bool) {
    let text = String::from_utf8_lossy(&response.body);
    if wanted == Wanted::Ids
        && response.status == 200
        && let Some(listed) = ids_of(&text)
    {
        let accepted = Accepted { listed: Some(listed), ..Accepted::default() };
        return (Reply::Accepted(accepted), true);
    }
    let answer = Answer::find(&text, response.status);
    let is_the_apis = answer.is_some();
    (reply(response, &text, answer, key), is_the_apis)
}

fn reply(response: &Response, text: &str, answer: Option<Answer>, key: &ApiKey) -> Reply {
    let status = response.status;
    let said = |answer: &Option<Answer>| {
        let error = answer.as_ref().and_then(|a| a.error_text(key));
        error.or_else(|| title(text, key)).unwrap_or_else(|| excerpt(text, key))
    };
    let problem = |event, code, text: String| Reply::Problem { event, problem: Problem::new(code, text) };
    match status {
        200..=299 => match answer {
            Some(answer) => answer.verdict(text, key),
            None => problem(Event::MayHaveHappened, FailureCode::BadAnswer, unreadable(text, key)),
        },
        401 | 403 => problem(
            Event::KeyRefused,
            FailureCode::HttpStatus,
            format!("the server refused the key (HTTP {status}): {}", said(&answer)),
        ),
        // Turned away by status, accepted by verdict: nobody knows.
        429 | 503 if answer.as_ref().is_some_and(Answer::says_ok) => problem(
            Event::MayHaveHappened,
            FailureCode::BadAnswer,
            format!("HTTP {status} with {}", unreadable(text, key)),
        ),
        429 | 503 => problem(
            Event::TurnedAway,
            FailureCode::HttpStatus,
            format!("the server turned the request away (HTTP {status}): {}", said(&answer)),
        ),
        // These say that the resource is elsewhere, so nothing was done here.
        301 | 307 | 308 => problem(Event::SaidNo, FailureCode::HttpStatus, redirect(response, key)),
        300..=399 => problem(Event::MayHaveHappened, FailureCode::BadAnswer, redirect(response, key)),
        400..=499 => match answer {
            // Contradictory: refused by status, accepted by verdict.
            Some(answer) if answer.says_ok() => problem(
                Event::MayHaveHappened,
                FailureCode::BadAnswer,
                format!("HTTP {status} with {}", unreadable(text, key)),
            ),
            Some(_) => {
                let code = if status == 404 { FailureCode::NotFound } else { FailureCode::HttpStatus };
                problem(Event::SaidNo, code, format!("HTTP {status}: {}", said(&answer)))
            }
            None => {
                problem(Event::SaidNo, FailureCode::HttpStatus, format!("HTTP {status}: {}", said(&answer)))
            }
        },
        _ => problem(
            Event::MayHaveHappened,
            FailureCode::HttpStatus,
            format!("HTTP {status}: {}", said(&answer)),
        ),
    }
}

fn redirect(response: &Response, key: &ApiKey) -> String {
    let place = response
        .location
        .as_deref()
        .map_or_else(|| "another address".to_owned(), |place| shorten(&key.scrub(place)));
    format!(
        "HTTP {}: the server redirects to {place}; the key is not sent there. If that is the right address, give it with --url",
        response.status
    )
}

/// The JSON object of an answer.
struct Answer(Map<String, Value>);

impl Answer {
    /// Finds the object, also behind a byte order mark and behind what PHP prints before it.
    fn find(text: &str, status: u16) -> Option<Self> {
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if let Ok(Value::Object(object)) = serde_json::from_str(text) {
            return Some(Self(object));
        }
        if is_page(text) {
            return None;
        }
        /// A warning may hold braces of its own; a page full of them is no answer.
        const CANDIDATES: usize = 16;
        let mut candidates = text
            .match_indices('{')
            .take(CANDIDATES)
            .filter_map(|(place, _)| Self::at(&text[place..], status));
        // The first one decides: behind two verdicts nobody knows which one counts.
        candidates.next().and_then(|(answer, is_last)| is_last.then_some(answer))
    }

    /// An object with a verdict that begins here, and whether no other object stands behind it. Under a
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

    fn says_ok(&self) -> bool {
        self.result().is_some_and(|r| r.eq_ignore_ascii_case("ok"))
    }

    fn names_error(&self) -> bool {
        ["errortext", "error"].into_iter().filter_map(|name| self.field(name)).any(full)
    }

    /// What the server says went wrong, with HTML entities decoded and without the key. What PHP takes for
    /// empty is no error.
    fn error_text(&self, key: &ApiKey) -> Option<String> {
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

    fn verdict(self, text: &str, key: &ApiKey) -> Reply {
        let problem = |event, code, text| Reply::Problem { event, problem: Problem::new(code, text) };
        let refused = |text: Option<String>| {
            let text = text.unwrap_or_else(|| "the server said ERROR without a reason".to_owned());
            problem(Event::SaidNo, FailureCode::ApiError, text)
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
        // An id or data without a verdict is still an answer. An empty object is none, and neither is a
        // verdict that is not known: to guess would call something done that was not, or the other way.
        let has_verdict = self.field("result").is_some_and(|result| !result.is_null());
        if !has_verdict
            && (!ids(self.field("id")).0.is_empty()
                || self.payload().any(|value| full(value) && !value.is_boolean()))
        {
            return self.accepted(text, key);
        }
        problem(Event::MayHaveHappened, FailureCode::BadAnswer, unreadable(text, key))
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

/// Where an answer keeps what was asked for; newer answers have the first, some older ones the second.
pub(super) fn is_payload(name: &str) -> bool {
    ["data", "list"].iter().any(|known| name.eq_ignore_ascii_case(known))
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

/// The ids in a number, a numeric string, or several of either: in a list, in a list with gaps, which PHP
/// writes as a map, or in one string with commas. 0, 00, "" and false are none, and neither is other text:
/// whatever a server puts there, only digits get into the results. Also whether there was such other text.
pub(super) fn ids(value: Option<&Value>) -> (Vec<String>, bool) {
    let (mut ids, mut is_odd) = (Vec::new(), false);
    let values: Vec<&Value> = match value {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(Value::Object(map)) => map.values().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    };
    for value in values {
        let text = match value {
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Null | Value::Bool(false) => continue,
            _ => {
                is_odd = true;
                continue;
            }
        };
        let is_none = |id: &str| id.bytes().all(|b| b == b'0');
        for id in text.split(',').map(str::trim).filter(|id| !is_none(id)) {
            if id.bytes().all(|b| b.is_ascii_digit()) {
                ids.push(id.to_owned());
            } else {
                is_odd = true;
            }
        }
    }
    (ids, is_odd)
}

/// A page for people is never an answer, even if a script inside looks like one.
fn is_page(text: &str) -> bool {
    let start: String = text.chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}

/// The title of a page: what a web server's error page has to say, without its markup.
fn title(text: &str, key: &ApiKey) -> Option<String> {
    let lower = text.get(..text.len().min(4096)).unwrap_or_default().to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find("</title>")?;
    let title = line(&html_escape::decode_html_entities(&key.scrub(text.get(start..end)?)), key);
    (!title.is_empty()).then(|| shorten(&title))
}

fn unreadable(text: &str, key: &ApiKey) -> String {
    format!("the answer cannot be read: {}", excerpt(text, key))
}

/// The first characters of an answer, on one line, without the key.
fn excerpt(text: &str, key: &ApiKey) -> String {
    // Enough to hold the excerpt and a key that begins in it, so that the key is whole when it is looked for.
    const LOOK: usize = 16 << 10;
    let end =
        text.char_indices().map(|(place, _)| place).take_while(|place| *place <= LOOK).last().unwrap_or(0);
    let head = if text.len() <= LOOK { text } else { &text[..end] };
    let line = line(head, key);
    if line.is_empty() { "(empty)".to_owned() } else { line.chars().take(EXCERPT).collect() }
}

/// A server's text on one line, without the key: it is looked for on both sides of the change, because either
/// may hide it from the other.
fn line(text: &str, key: &ApiKey) -> String {
    key.scrub(&one_line(&key.scrub(text)))
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A server's text goes into a cell and on a terminal: a page of it helps nobody.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 500;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
