//! Sends an answer to the client, or spoils it as a fault demands.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::kind::Symptom;
use super::render::Rendered;
use super::settings::Settings;

/// What happens on the connection.
#[derive(Debug)]
pub(super) enum Transmission {
    /// An answer is sent.
    Answer(Response),
    /// An answer is sent, and after a time once more.
    AnswerTwice(Response, Duration),
    /// The connection is closed without a byte.
    Close,
    /// The connection stays open without a byte.
    Stall,
}

impl Transmission {
    /// The status that the client sees.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(response) | Self::AnswerTwice(response, _) => Some(response.status().as_u16()),
            Self::Close | Self::Stall => None,
        }
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Where a redirect leads if the settings do not say.
const LOGIN_PATH: HeaderValue = HeaderValue::from_static("/login.php");

/// What a single-page application answers to somebody who is not logged in.
const VERDICTLESS: &[u8] = br#"{"data":{"redirect":"/login"}}"#;

const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>UserSide</title></head><body>\
    <form method=\"post\" action=\"/login.php\"><input name=\"username\"><input name=\"password\" type=\"password\">\
    <button>Войти</button></form></body></html>\n";

/// One byte more than 16 MiB, before the answer itself.
const TOO_MUCH: usize = 16 * 1024 * 1024 + 1;

/// The answer with this symptom of a fault, and its time; without one, unchanged.
pub(super) fn deliver(
    symptom: Option<Symptom>,
    answer: Rendered,
    time: Duration,
    settings: &Settings,
) -> Transmission {
    let Some(symptom) = symptom else { return json(answer.status, answer.body) };
    match symptom {
        Symptom::True
        | Symptom::ApiError(_)
        | Symptom::Bare
        | Symptom::FalseOk
        | Symptom::NoId
        | Symptom::ZeroId
        | Symptom::IdInData
        | Symptom::Contradiction
        | Symptom::TwoVerdicts => json(answer.status, answer.body),
        Symptom::AnswerTwice => match json(answer.status, answer.body) {
            Transmission::Answer(response) => Transmission::AnswerTwice(response, time),
            other => other,
        },
        Symptom::Firewall(status) => firewall(status),
        Symptom::Verdictless => json(StatusCode::OK, VERDICTLESS.into()),
        Symptom::Refuse => Transmission::Close,
        Symptom::Page(status) => page(status, settings),
        Symptom::Redirect(status) => redirect(status, settings),
        Symptom::Close => Transmission::Close,
        Symptom::Stall => Transmission::Stall,
        Symptom::Login => response(StatusCode::OK, HTML, LOGIN_PAGE.into()),
        Symptom::Empty => response(StatusCode::OK, JSON, Body::empty()),
        Symptom::Truncated => json(answer.status, cut(answer.body)),
        Symptom::Huge => {
            // White space is allowed before JSON: a client that reads all of it finds a valid answer.
            let mut body = vec![b' '; TOO_MUCH];
            body.extend_from_slice(&answer.body);
            json(answer.status, body)
        }
    }
}

/// JSON with this status.
pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Transmission {
    response(status, JSON, body.into())
}

fn response(status: StatusCode, kind: HeaderValue, body: Body) -> Transmission {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Transmission::Answer(response)
}

/// A page of the web server itself.
fn page(status: u16, settings: &Settings) -> Transmission {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    let mut transmission = response(status, HTML, body.into());
    if let Transmission::Answer(response) = &mut transmission
        && matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        && let Some(retry_after) = &settings.retry_after
    {
        response.headers_mut().insert(header::RETRY_AFTER, retry_after.header());
    }
    transmission
}

/// A page that a firewall puts in place of whatever PHP has answered.
fn firewall(status: u16) -> Transmission {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    let body = format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>Request blocked</h1>\
         <p>This request was blocked by the web application firewall. Support ID: 7316604213498274</p></body></html>\n"
    );
    response(status, HTML, body.into())
}

fn redirect(status: u16, settings: &Settings) -> Transmission {
    let mut transmission = page(status, settings);
    if let Transmission::Answer(response) = &mut transmission {
        let location = settings.redirect_to.as_ref().map_or(LOGIN_PATH, |location| location.header());
        response.headers_mut().insert(header::LOCATION, location);
    }
    transmission
}

/// The first two thirds: it begins like an answer, but is not one.
fn cut(mut body: Vec<u8>) -> Vec<u8> {
    body.truncate(body.len() * 2 / 3);
    body
}
