//! The bytes of an answer: JSON in some spelling, and what a PHP server puts before it.

use std::io::Write as _;

use axum::http::StatusCode;
use encoding_rs::WINDOWS_1251;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::answer::CallResult;
use super::chance::Draw;
use super::kind::Symptom;
use super::shape::{Shape, Style};
use super::spelling::Spelling;

/// An answer ready to be sent.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const PHP_WARNING: &[u8] = b"<br />\n<b>Warning</b>:  Undefined array key \"HTTP_REFERER\" in \
    <b>/var/www/userside/api.php</b> on line <b>42</b><br />\n";

const PHP_NOTICE: &[u8] =
    b"\nWarning: Undefined array key \"HTTP_REFERER\" in /var/www/userside/api.php on line 42\n\n";

/// The body in gzip's form. Where that fails, which it can't in memory, it stays as it is.
fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.unwrap_or_else(|_| body.to_vec())
}

/// The answer in this shape. A mixed shape draws its spelling for each request.
/// One symptom of a fault is in the writing: a verdict that contradicts itself.
pub(super) fn render(reply: CallResult, shape: Shape, symptom: Option<Symptom>, draw: Draw) -> Rendered {
    let spelling = match shape.style {
        Style::Classic => Spelling::CLASSIC,
        Style::Modern => Spelling::MODERN,
        Style::Mixed => Spelling::mixed(draw),
    };
    let opposite = spelling.opposite_verdict(reply.is_err(), symptom == Some(Symptom::Contradiction));
    let (status, object) = match reply {
        Ok(done) => spelling.done(done),
        Err(refusal) => spelling.refused(&refusal),
    };
    let mut text = Value::Object(object).to_string();
    if let Some(Symptom::Contradiction | Symptom::TwoVerdicts) = symptom {
        // A name that stands twice can be written, but not kept in an object.
        let (name, verdict) = opposite;
        text.insert_str(1, &format!("\"{name}\":\"{verdict}\","));
    }
    let mut body = Vec::new();
    if shape.bom {
        body.extend_from_slice(BYTE_ORDER_MARK);
    }
    if shape.warning {
        body.extend_from_slice(PHP_WARNING);
    }
    if shape.notice {
        body.extend_from_slice(PHP_NOTICE);
    }
    if shape.windows_1251 {
        body.extend_from_slice(&WINDOWS_1251.encode(&text).0);
    } else {
        body.extend_from_slice(text.as_bytes());
    }
    Rendered { status, body: if shape.gzip { compressed(&body) } else { body } }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::{CallResult, Draw, Shape, Style, Symptom, render};
    use crate::sandbox::answer::{ApiError, Done, Payload};

    fn body(reply: CallResult, style: Style) -> String {
        let shape = Shape { style, ..Shape::default() };
        String::from_utf8(render(reply, shape, None, Draw::new(0, 0, 0)).body).expect("UTF-8")
    }

    fn found(ids: &[u64]) -> CallResult {
        Ok(Done::ids(ids.to_vec()))
    }

    #[test]
    fn the_classic_spelling() {
        assert_eq!(body(found(&[7]), Style::Classic), r#"{"Result":"OK","Id":7}"#);
        assert_eq!(body(found(&[]), Style::Classic), r#"{"Result":"OK","Id":""}"#);
        assert_eq!(
            body(Err(ApiError::not_found()), Style::Classic),
            r#"{"Result":"ERROR","ErrorText":"customer not found"}"#
        );
    }

    #[test]
    fn the_modern_spelling_leaves_the_verdict_to_the_status() {
        assert_eq!(body(found(&[7, 8]), Style::Modern), r#"{"result":"OK","id":[7,8]}"#);
        assert_eq!(body(Err(ApiError::not_found()), Style::Modern), r#"{"error":"customer not found"}"#);
        let under_200 = ApiError::new(StatusCode::OK, "no");
        assert_eq!(body(Err(under_200), Style::Modern), r#"{"result":"ERROR","error":"no"}"#);
    }

    #[test]
    fn a_verdict_can_contradict_itself() {
        let body = |reply, symptom| {
            let rendered = render(reply, Shape::default(), Some(symptom), Draw::new(0, 0, 0));
            String::from_utf8(rendered.body).expect("UTF-8")
        };
        let refusal = || Err(ApiError::new(StatusCode::OK, "no"));
        assert_eq!(body(found(&[7]), Symptom::Contradiction), r#"{"result":"ERROR","Result":"OK","Id":7}"#);
        assert_eq!(body(found(&[7]), Symptom::TwoVerdicts), r#"{"Result":"ERROR","Result":"OK","Id":7}"#);
        assert_eq!(
            body(refusal(), Symptom::TwoVerdicts),
            r#"{"Result":"OK","Result":"ERROR","ErrorText":"no"}"#
        );
    }

    #[test]
    fn the_mixture_shows_every_form_sooner_or_later() {
        let shape = Shape { style: Style::Mixed, ..Shape::default() };
        let seen: std::collections::HashSet<String> = (0..400)
            .map(|n| {
                let data = Payload::Plain(json!({"empty": {}, "text": "\"/\"", "n": 1}));
                let done = Done { ids: Some(vec![7]), data: Some(data) };
                String::from_utf8(render(Ok(done), shape, None, Draw::new(1, n, 0)).body).expect("UTF-8")
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
