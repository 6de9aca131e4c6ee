//! From what was done to the JSON that says so, in the spelling that the settings ask for.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::chance::Draw;
use super::shape::{Shape, Style};
use crate::catalogue::{Action, CUSTOMER, Meaning};

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
    pub(super) data: Option<Value>,
}

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    text: Cow<'static, str>,
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
        Reply::Done(done) => (StatusCode::OK, look.done(done)),
        Reply::Refused(refusal) => (refusal.status, look.refused(&refusal)),
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

/// One way of spelling an answer.
#[derive(Debug, Clone, Copy)]
struct Look {
    verdict: &'static str,
    ok: &'static str,
    error: &'static str,
    error_text: &'static str,
    id: &'static str,
    data: &'static str,
    /// Whether an answer whose status tells of the error already says so once more.
    verdict_of_errors: bool,
    /// How one id is written.
    one: One,
    /// How "nothing was found" is written.
    nothing: Nothing,
    /// Numbers are text.
    numeric_text: bool,
    /// An empty object is `[]`.
    empty_list: bool,
    /// Text is escaped for HTML.
    escaped: bool,
    /// History has the vendor's misspelling.
    misspelt: bool,
}

#[derive(Debug, Clone, Copy)]
enum One {
    Number,
    Text,
    List,
}

#[derive(Debug, Clone, Copy)]
enum Nothing {
    Zero,
    Text,
    List,
    Null,
}

impl Look {
    const CLASSIC: Self = Self {
        verdict: "Result",
        ok: "OK",
        error: "ERROR",
        error_text: "ErrorText",
        id: "Id",
        data: "Data",
        verdict_of_errors: true,
        one: One::Number,
        nothing: Nothing::Text,
        numeric_text: false,
        empty_list: false,
        escaped: false,
        misspelt: false,
    };

    const MODERN: Self = Self {
        verdict: "result",
        error_text: "error",
        id: "id",
        data: "data",
        verdict_of_errors: false,
        nothing: Nothing::List,
        ..Self::CLASSIC
    };

    fn mixed(draw: Draw) -> Self {
        Self {
            verdict: draw.choose(1, &["Result", "result"], "result"),
            ok: draw.choose(2, &["OK", "Ok", "ok"], "OK"),
            error: draw.choose(3, &["ERROR", "Error", "error"], "ERROR"),
            error_text: draw.choose(4, &["ErrorText", "Error", "error"], "error"),
            id: draw.choose(5, &["Id", "id"], "id"),
            data: draw.choose(6, &["Data", "data"], "data"),
            verdict_of_errors: draw.one_in(7, 2),
            one: draw.choose(8, &[One::Number, One::Text, One::List], One::Number),
            nothing: draw.choose(
                9,
                &[Nothing::Zero, Nothing::Text, Nothing::List, Nothing::Null],
                Nothing::Zero,
            ),
            numeric_text: draw.one_in(10, 2),
            empty_list: draw.one_in(11, 2),
            escaped: draw.one_in(12, 2),
            misspelt: draw.one_in(13, 2),
        }
    }

    fn done(self, done: Done) -> Map<String, Value> {
        let mut object = Map::new();
        object.insert(self.verdict.to_owned(), self.ok.into());
        if let Some(ids) = done.ids {
            object.insert(self.id.to_owned(), self.ids(&ids));
        }
        if let Some(mut data) = done.data {
            self.dress(&mut data);
            object.insert(self.data.to_owned(), data);
        }
        object
    }

    fn refused(self, refusal: &Refusal) -> Map<String, Value> {
        let mut object = Map::new();
        if self.verdict_of_errors || refusal.status == StatusCode::OK {
            object.insert(self.verdict.to_owned(), self.error.into());
        }
        let mut text = Value::from(refusal.text.as_ref());
        self.dress(&mut text);
        object.insert(self.error_text.to_owned(), text);
        object
    }

    fn ids(self, ids: &[u64]) -> Value {
        match (ids, self.one) {
            ([], _) => match self.nothing {
                Nothing::Zero => json!(0),
                Nothing::Text => json!(""),
                Nothing::List => json!([]),
                Nothing::Null => Value::Null,
            },
            ([id], One::Number) => json!(id),
            ([id], One::Text) => json!(id.to_string()),
            (ids, _) if self.numeric_text => ids.iter().map(u64::to_string).collect(),
            (ids, _) => json!(ids),
        }
    }

    /// Gives the payload the look, all the way down.
    fn dress(self, value: &mut Value) {
        match value {
            Value::Object(fields) if fields.is_empty() && self.empty_list => *value = json!([]),
            Value::Object(fields) => {
                if self.misspelt {
                    misspell(fields);
                }
                fields.values_mut().for_each(|field| self.dress(field));
            }
            Value::Array(list) => list.iter_mut().for_each(|element| self.dress(element)),
            Value::Number(number) if self.numeric_text => *value = number.to_string().into(),
            Value::String(text) if self.escaped => *text = escape(text),
            _ => {}
        }
    }
}

/// The field of a history entry that names the employee.
pub(super) fn employee_field() -> Option<&'static str> {
    let booking = CUSTOMER.subcategory(Action::ChangeBalance)?;
    booking.by_meaning(Meaning::Employee).map(|parameter| parameter.name)
}

/// Some installations drop an `l`.
fn misspell(fields: &mut Map<String, Value>) {
    if let Some(name) = employee_field()
        && let Some(value) = fields.remove(name)
    {
        fields.insert(name.replacen('l', "", 1), value);
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#039;"),
            '/' => escaped.push_str("&#047;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::{Done, Draw, Refusal, Reply, Shape, Style, escape, render};

    fn body(reply: Reply, style: Style) -> String {
        let shape = Shape { style, ..Shape::default() };
        String::from_utf8(render(reply, shape, Draw::new(0, 0, 0)).body).expect("UTF-8")
    }

    fn found(ids: &[u64]) -> Reply {
        Reply::Done(Done { ids: Some(ids.to_vec()), data: None })
    }

    #[test]
    fn the_classic_spelling() {
        assert_eq!(body(found(&[7]), Style::Classic), r#"{"Id":7,"Result":"OK"}"#);
        assert_eq!(body(found(&[]), Style::Classic), r#"{"Id":"","Result":"OK"}"#);
        assert_eq!(
            body(Reply::Refused(Refusal::not_found()), Style::Classic),
            r#"{"ErrorText":"customer not found","Result":"ERROR"}"#
        );
    }

    #[test]
    fn the_modern_spelling_leaves_the_verdict_to_the_status() {
        assert_eq!(body(found(&[7, 8]), Style::Modern), r#"{"id":[7,8],"result":"OK"}"#);
        assert_eq!(
            body(Reply::Refused(Refusal::not_found()), Style::Modern),
            r#"{"error":"customer not found"}"#
        );
        let under_200 = Refusal::new(StatusCode::OK, "no");
        assert_eq!(body(Reply::Refused(under_200), Style::Modern), r#"{"error":"no","result":"ERROR"}"#);
    }

    #[test]
    fn the_mixture_shows_every_form_sooner_or_later() {
        let shape = Shape { style: Style::Mixed, ..Shape::default() };
        let seen: std::collections::HashSet<String> = (0..400)
            .map(|n| {
                let done =
                    Done { ids: Some(vec![7]), data: Some(json!({"empty": {}, "text": "\"/\"", "n": 1})) };
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

    #[test]
    fn text_is_escaped_as_php_does_it() {
        assert_eq!(escape("<a/> & 'b' \"c\""), "&lt;a&#047;&gt; &amp; &#039;b&#039; &quot;c&quot;");
    }
}
