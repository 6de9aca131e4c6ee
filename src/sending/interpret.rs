//! Status and body of an answer to what happened. Status 200 alone is not success; the verdict inside is.

use super::answer_body::{AnswerBody, ApiVerdict};
use super::attempt_end::AttemptEnd;
use super::body::{self, BodyText};
use super::excerpt::{excerpt, shorten, title, unreadable};
use super::id_list::ids_of;
use super::key::ApiKey;
use super::outcome::{FailureCode, Problem};
use super::reply::{Accepted, Reply, Wanted};
use super::transport::{Lost, LostKind, Response};

/// What it means that an attempt ended without an answer.
pub(super) fn of_lost(lost: &Lost, key: &ApiKey) -> Reply {
    let text = key.scrub(&lost.text);
    let (end, code, text) = match lost.kind {
        LostKind::Unreached => {
            (AttemptEnd::Unreached, FailureCode::Connect, format!("cannot connect: {text}"))
        }
        LostKind::TimedOut => (AttemptEnd::MayHaveHappened, FailureCode::Timeout, text),
        LostKind::Broken => (
            AttemptEnd::MayHaveHappened,
            FailureCode::Connect,
            format!("the connection was lost after the request was sent: {text}"),
        ),
        LostKind::Unusable => (AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, text),
    };
    Reply::Problem { end, problem: Problem::new(code, text) }
}

/// What an answer means, and whether the API's own verdict is in it: what a web server in front says tells nothing
/// about what was asked for.
pub(super) fn of_response(response: &Response, wanted: Wanted, key: &ApiKey) -> Interpreted {
    let body = body::text(&response.body, response.content_type.as_deref());
    let (reply, is_the_apis) = of_text(response, body.text(), wanted, key);
    // Of a write only the verdict counts, and that is not what is damaged.
    let reply = match (&body, reply) {
        (BodyText::Damaged(_, place), Reply::Accepted(_)) if wanted != Wanted::Verdict => problem(
            AttemptEnd::MayHaveHappened,
            FailureCode::BadAnswer,
            format!(
                "the answer is damaged: its byte {place} is neither UTF-8 nor part of a text in windows-1251"
            ),
        ),
        (_, reply) => reply,
    };
    let decoded_from = match body {
        BodyText::Decoded(_, encoding) => Some(encoding),
        BodyText::Plain(_) | BodyText::Damaged(..) => None,
    };
    Interpreted { reply, is_the_apis, decoded_from }
}

/// What an answer means.
pub(super) struct Interpreted {
    pub(super) reply: Reply,
    /// Whether the API's own verdict is in it.
    pub(super) is_the_apis: bool,
    /// The encoding that its text was in, where that is not UTF-8.
    pub(super) decoded_from: Option<&'static str>,
}

fn of_text(response: &Response, text: &str, wanted: Wanted, key: &ApiKey) -> (Reply, bool) {
    if wanted == Wanted::Ids
        && response.status == 200
        && let Some(listed) = ids_of(text)
    {
        let accepted = Accepted { has_verdict: true, listed: Some(listed), ..Accepted::default() };
        return (Reply::Accepted(accepted), true);
    }
    let answer = match AnswerBody::find(text, response.status) {
        Ok(answer) => answer,
        Err(error) => {
            return (problem(AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, error.to_string()), false);
        }
    };
    let verdict = answer.as_ref().map_or(ApiVerdict::Missing, |answer| answer.verdict(response.status));
    let is_the_apis = matches!(verdict, ApiVerdict::Ok | ApiVerdict::Error);
    let reply = match (response.status, answer) {
        (200..=299, Some(answer)) => under_ok(answer, verdict, wanted, text, key),
        (_, answer) => under_another(response, answer, verdict, text, key),
    };
    (reply, is_the_apis)
}

fn problem(end: AttemptEnd, code: FailureCode, text: String) -> Reply {
    Reply::Problem { end, problem: Problem::new(code, text) }
}

/// What an answer means whose status says that all went well. A verdict that is not known is not guessed at: to guess
/// would call something done that was not, or the other way.
fn under_ok(answer: AnswerBody, verdict: ApiVerdict, wanted: Wanted, text: &str, key: &ApiKey) -> Reply {
    match verdict {
        ApiVerdict::Ok => Reply::Accepted(answer.accepted(wanted, true, text, key)),
        ApiVerdict::Error => {
            let said = answer.error_text(key);
            let said = said.unwrap_or_else(|| "the server said ERROR without a reason".to_owned());
            problem(AttemptEnd::SaidNo, FailureCode::ApiError, said)
        }
        ApiVerdict::Missing if wanted != Wanted::Verdict && answer.has_content() => {
            Reply::Accepted(answer.accepted(wanted, false, text, key))
        }
        ApiVerdict::Missing | ApiVerdict::Unclear => {
            problem(AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, unreadable(text, key))
        }
    }
}

/// What an answer means whose status does not say that all went well, or that is not JSON.
fn under_another(
    response: &Response,
    answer: Option<AnswerBody>,
    verdict: ApiVerdict,
    text: &str,
    key: &ApiKey,
) -> Reply {
    let status = response.status;
    let said = || {
        let error = answer.as_ref().and_then(|answer| answer.error_text(key));
        error.or_else(|| title(text, key)).unwrap_or_else(|| excerpt(text, key))
    };
    match (status, verdict) {
        (200..=299, _) => problem(AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, unreadable(text, key)),
        (300..=399, _) => problem(AttemptEnd::Replaced, FailureCode::HttpStatus, redirect(response, key)),
        (401 | 403, ApiVerdict::Error) => problem(
            AttemptEnd::KeyRefused,
            FailureCode::HttpStatus,
            format!("the server refused the key (HTTP {status}): {}", said()),
        ),
        (401 | 403, _) => problem(
            AttemptEnd::Barred,
            FailureCode::HttpStatus,
            format!("refused with an answer that is not the API's (HTTP {status}): {}", said()),
        ),
        // Refused by its status, and not by its verdict: it may have been applied.
        (400..=599, ApiVerdict::Ok | ApiVerdict::Unclear) => problem(
            AttemptEnd::MayHaveHappened,
            FailureCode::BadAnswer,
            format!("HTTP {status} with {}", unreadable(text, key)),
        ),
        (429 | 503, _) => problem(
            AttemptEnd::TurnedAway,
            FailureCode::HttpStatus,
            format!(
                "the server turned the request away (HTTP {status}): {}{}",
                said(),
                odd_pause(response, key)
            ),
        ),
        (400..=499, ApiVerdict::Error) => {
            let code = if status == 404 { FailureCode::NotFound } else { FailureCode::HttpStatus };
            problem(AttemptEnd::SaidNo, code, format!("HTTP {status}: {}", said()))
        }
        (400..=499, ApiVerdict::Missing) => {
            problem(AttemptEnd::Replaced, FailureCode::HttpStatus, format!("HTTP {status}: {}", said()))
        }
        _ => problem(
            AttemptEnd::MayHaveHappened,
            FailureCode::HttpStatus,
            format!("HTTP {status}: {}", said()),
        ),
    }
}

/// What is said of a `Retry-After` that is neither seconds nor a date. It is not obeyed, whatever it means.
fn odd_pause(response: &Response, key: &ApiKey) -> String {
    let text = response.retry_after.as_deref().unwrap_or_default().trim();
    let is_known = text.bytes().all(|b| b.is_ascii_digit()) || httpdate::parse_http_date(text).is_ok();
    if is_known {
        return String::new();
    }
    format!(
        " (it asks for a pause, but its Retry-After '{}' is neither seconds nor a date)",
        excerpt(text, key)
    )
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
