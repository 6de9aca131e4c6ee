//! Status and body of an answer to what happened. Status 200 alone is not success; the verdict inside is.

use super::answer_body::AnswerBody;
use super::attempt_end::AttemptEnd;
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
        LostKind::TooLarge => (AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, text),
    };
    Reply::Problem { end, problem: Problem::new(code, text) }
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
    let answer = AnswerBody::find(&text, response.status);
    let is_the_apis = answer.is_some();
    (reply(response, &text, answer, key), is_the_apis)
}

fn reply(response: &Response, text: &str, answer: Option<AnswerBody>, key: &ApiKey) -> Reply {
    let status = response.status;
    let said = |answer: &Option<AnswerBody>| {
        let error = answer.as_ref().and_then(|a| a.error_text(key));
        error.or_else(|| title(text, key)).unwrap_or_else(|| excerpt(text, key))
    };
    let problem = |end, code, text: String| Reply::Problem { end, problem: Problem::new(code, text) };
    match status {
        200..=299 => match answer {
            Some(answer) => answer.verdict(text, key),
            None => problem(AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, unreadable(text, key)),
        },
        401 | 403 => problem(
            AttemptEnd::KeyRefused,
            FailureCode::HttpStatus,
            format!("the server refused the key (HTTP {status}): {}", said(&answer)),
        ),
        // Turned away by its status, accepted by its verdict: it may have been applied.
        429 | 503 if answer.as_ref().is_some_and(AnswerBody::says_ok) => problem(
            AttemptEnd::MayHaveHappened,
            FailureCode::BadAnswer,
            format!("HTTP {status} with {}", unreadable(text, key)),
        ),
        429 | 503 => problem(
            AttemptEnd::TurnedAway,
            FailureCode::HttpStatus,
            format!("the server turned the request away (HTTP {status}): {}", said(&answer)),
        ),
        // These say that the resource is elsewhere, so nothing was done here.
        301 | 307 | 308 => problem(AttemptEnd::SaidNo, FailureCode::HttpStatus, redirect(response, key)),
        300..=399 => problem(AttemptEnd::MayHaveHappened, FailureCode::BadAnswer, redirect(response, key)),
        400..=499 => match answer {
            // Contradictory: refused by status, accepted by verdict.
            Some(answer) if answer.says_ok() => problem(
                AttemptEnd::MayHaveHappened,
                FailureCode::BadAnswer,
                format!("HTTP {status} with {}", unreadable(text, key)),
            ),
            Some(_) => {
                let code = if status == 404 { FailureCode::NotFound } else { FailureCode::HttpStatus };
                problem(AttemptEnd::SaidNo, code, format!("HTTP {status}: {}", said(&answer)))
            }
            None => problem(
                AttemptEnd::SaidNo,
                FailureCode::HttpStatus,
                format!("HTTP {status}: {}", said(&answer)),
            ),
        },
        _ => problem(
            AttemptEnd::MayHaveHappened,
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
