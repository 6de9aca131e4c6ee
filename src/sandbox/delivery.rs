//! Getting an answer to the client, or spoiling it on the way as a fault demands.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::answer::Rendered;
use super::fault::Manner;
use super::settings::Settings;

/// What happens on the connection.
#[derive(Debug)]
pub(super) enum Delivery {
    /// This is sent.
    Answer(Response),
    /// The connection is closed without a byte.
    Close,
    /// The connection stays open without a byte.
    Stall,
}

impl Delivery {
    /// The status that the client gets to see.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(response) => Some(response.status().as_u16()),
            Self::Close | Self::Stall => None,
        }
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Where a redirect leads if nobody said.
const LOGIN_PATH: HeaderValue = HeaderValue::from_static("/login.php");

const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>UserSide</title></head><body>\
    <form method=\"post\" action=\"/login.php\"><input name=\"username\"><input name=\"password\" type=\"password\">\
    <button>Войти</button></form></body></html>\n";

/// One byte more than 16 MiB, before the answer itself.
const TOO_MUCH: usize = 16 * 1024 * 1024 + 1;

/// The answer in this manner; without one, as it is.
pub(super) fn deliver(manner: Option<Manner>, answer: Rendered, settings: &Settings) -> Delivery {
    match manner {
        None | Some(Manner::Refusal(_)) => json(answer.status, answer.body),
        Some(Manner::Page(status)) => page(status, settings),
        Some(Manner::Redirect(status)) => redirect(status, settings),
        Some(Manner::Close) => Delivery::Close,
        Some(Manner::Stall) => Delivery::Stall,
        Some(Manner::Login) => response(StatusCode::OK, HTML, LOGIN_PAGE.into()),
        Some(Manner::Empty) => response(StatusCode::OK, JSON, Body::empty()),
        Some(Manner::Truncated) => json(answer.status, cut(answer.body)),
        Some(Manner::Huge) => {
            // White space may stand before JSON: whoever reads it all finds a true answer.
            let mut body = vec![b' '; TOO_MUCH];
            body.extend_from_slice(&answer.body);
            json(answer.status, body)
        }
    }
}

/// JSON with this status.
pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Delivery {
    response(status, JSON, body.into())
}

fn response(status: StatusCode, kind: HeaderValue, body: Body) -> Delivery {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Delivery::Answer(response)
}

/// The page of a web server that speaks for itself.
fn page(status: u16, settings: &Settings) -> Delivery {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    let mut delivery = response(status, HTML, body.into());
    if let Delivery::Answer(response) = &mut delivery
        && matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        && let Some(retry_after) = &settings.retry_after
    {
        response.headers_mut().insert(header::RETRY_AFTER, retry_after.header());
    }
    delivery
}

fn redirect(status: u16, settings: &Settings) -> Delivery {
    let mut delivery = page(status, settings);
    if let Delivery::Answer(response) = &mut delivery {
        let location = settings.redirect_to.as_ref().map_or(LOGIN_PATH, |location| location.header());
        response.headers_mut().insert(header::LOCATION, location);
    }
    delivery
}

/// The first two thirds: enough to look like an answer, too little to be one.
fn cut(mut body: Vec<u8>) -> Vec<u8> {
    body.truncate(body.len() * 2 / 3);
    body
}
