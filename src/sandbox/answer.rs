//! From what was done to the JSON that says so: what an answer carries, and what stands around it.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::Value;

use super::chance::Draw;
use super::history::Entry;
use super::look::Look;
use super::shape::{Shape, Style};

/// What came of a request.
#[derive(Debug)]
pub(super) enum Reply {
    /// It was done.
    Done(Done),
    /// It was not.
    Refused(Refusal),
}

/// What an answer that says "done" carries.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Ids of new or found objects. An empty list is an answer too: nothing was found.
    pub(super) ids: Option<Vec<u64>>,
    /// The payload.
    pub(super) data: Option<Payload>,
}

impl Done {
    /// These ids, or none of them.
    pub(super) fn ids(ids: Vec<u64>) -> Self {
        Self { ids: Some(ids), data: None }
    }

    /// This payload.
    pub(super) fn data(data: Payload) -> Self {
        Self { ids: None, data: Some(data) }
    }
}

/// What a read answers, before it is known how it is written.
#[derive(Debug)]
pub(super) enum Payload {
    /// It looks the same everywhere, but for what is done to every value.
    Plain(Value),
    /// Several customers with their ids. One looked for who does not exist is not among them.
    Several(Vec<(u64, Value)>),
    /// Customers that meet conditions.
    Selected(Vec<u64>),
    /// What was booked, oldest first.
    History(Vec<Entry>),
}

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) text: Cow<'static, str>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status, text: text.into() }
    }

    /// The request itself is at fault.
    pub(super) fn bad(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// Nobody has this id.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "customer not found")
    }
}

/// An answer ready to be sent.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const PHP_WARNING: &[u8] = b"<br />\n<b>Warning</b>:  Undefined array key \"HTTP_REFERER\" in \
    <b>/var/www/userside/api.php</b> on line <b>42</b><br />\n";

/// The answer in this shape. What a mixed shape leaves open is drawn from the request's own chance.
pub(super) fn render(reply: Reply, shape: Shape, draw: Draw) -> Rendered {
    let look = match shape.style {
        Style::Classic => Look::CLASSIC,
        Style::Modern => Look::MODERN,
        Style::Mixed => Look::mixed(draw),
    };
    let (status, object) = match reply {
        Reply::Done(done) => look.done(done),
        Reply::Refused(refusal) => look.refused(&refusal),
    };
    let mut body = Vec::new();
    if shape.bom {
        body.extend_from_slice(BYTE_ORDER_MARK);
    }
    if shape.warning {
        body.extend_from_slice(PHP_WARNING);
    }
    body.extend_from_slice(Value::Object(object).to_string().as_bytes());
    Rendered { status, body }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::{Done, Draw, Payload, Refusal, Reply, Shape, Style, render};

    fn body(reply: Reply, style: Style) -> String {
        let shape = Shape { style, ..Shape::default() };
        String::from_utf8(render(reply, shape, Draw::new(0, 0, 0)).body).expect("UTF-8")
    }

    fn found(ids: &[u64]) -> Reply {
        Reply::Done(Done::ids(ids.to_vec()))
    }

    #[test]
    fn the_classic_spelling() {
        assert_eq!(body(found(&[7]), Style::Classic), r#"{"Result":"OK","Id":7}"#);
        assert_eq!(body(found(&[]), Style::Classic), r#"{"Result":"OK","Id":""}"#);
        assert_eq!(
            body(Reply::Refused(Refusal::not_found()), Style::Classic),
            r#"{"Result":"ERROR","ErrorText":"customer not found"}"#
        );
    }

    #[test]
    fn the_modern_spelling_leaves_the_verdict_to_the_status() {
        assert_eq!(body(found(&[7, 8]), Style::Modern), r#"{"result":"OK","id":[7,8]}"#);
        assert_eq!(
            body(Reply::Refused(Refusal::not_found()), Style::Modern),
            r#"{"error":"customer not found"}"#
        );
        let under_200 = Refusal::new(StatusCode::OK, "no");
        assert_eq!(body(Reply::Refused(under_200), Style::Modern), r#"{"result":"ERROR","error":"no"}"#);
    }

    #[test]
    fn the_mixture_shows_every_form_sooner_or_later() {
        let shape = Shape { style: Style::Mixed, ..Shape::default() };
        let seen: std::collections::HashSet<String> = (0..400)
            .map(|n| {
                let data = Payload::Plain(json!({"empty": {}, "text": "\"/\"", "n": 1}));
                let done = Done { ids: Some(vec![7]), data: Some(data) };
                String::from_utf8(render(Reply::Done(done), shape, Draw::new(1, n, 0)).body).expect("UTF-8")
            })
            .collect();
        for form in [
            r#""Id":7"#,
            r#""id":"7""#,
            r#":["7"]"#,
            r#":[7]"#,
            r#""empty":[]"#,
            r#""empty":{}"#,
            r#""n":"1""#,
            "&quot;&#047;",
            r#":"ok""#,
            r#":"Ok""#,
        ] {
            assert!(seen.iter().any(|body| body.contains(form)), "{form}");
        }
    }
}
