//! How answers are spelt: the names of their parts, ids, numbers and text. A server has one spelling, or
//! draws one for each request.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::{ApiError, Done, Payload};
use super::chance::Draw;
use super::history::HistoryFormat;

/// One way of spelling an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling {
    verdict: &'static str,
    ok: &'static str,
    error: &'static str,
    error_text: &'static str,
    id: &'static str,
    data: &'static str,
    /// Whether an error with an error status also has a verdict.
    verdict_of_errors: bool,
    /// How one id is written.
    one: SingleId,
    /// How "nothing was found" is written.
    nothing: Nothing,
    /// Whether numbers are text.
    numeric_text: bool,
    /// Whether an empty object is `[]`.
    empty_list: bool,
    /// Whether text is escaped for HTML.
    escaped: bool,
    /// Whether several customers are a list, not a map by their ids.
    unkeyed: bool,
    /// Whether ids of customers that meet conditions are one text, under its own name.
    listed: bool,
    /// How the history is written.
    history: HistoryFormat,
}

#[derive(Debug, Clone, Copy)]
enum SingleId {
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
    /// An error under status 200.
    Error,
    /// An error under status 404.
    Status,
}

impl Nothing {
    const ALL: &[Self] = &[Self::Zero, Self::Text, Self::List, Self::Null, Self::Error, Self::Status];
}

/// The name of ids in one text.
const LIST: &str = "list";

impl Spelling {
    pub(super) const CLASSIC: Self = Self {
        verdict: "Result",
        ok: "OK",
        error: "ERROR",
        error_text: "ErrorText",
        id: "Id",
        data: "Data",
        verdict_of_errors: true,
        one: SingleId::Number,
        nothing: Nothing::Text,
        numeric_text: false,
        empty_list: false,
        escaped: false,
        unkeyed: false,
        listed: false,
        history: HistoryFormat::CLASSIC,
    };

    pub(super) const MODERN: Self = Self {
        verdict: "result",
        error_text: "error",
        id: "id",
        data: "data",
        verdict_of_errors: false,
        nothing: Nothing::List,
        history: HistoryFormat::MODERN,
        ..Self::CLASSIC
    };

    /// Drawn for every request.
    pub(super) fn mixed(draw: Draw) -> Self {
        Self {
            verdict: draw.choose(1, &["Result", "result"], "result"),
            ok: draw.choose(2, &["OK", "Ok", "ok"], "OK"),
            error: draw.choose(3, &["ERROR", "Error", "error"], "ERROR"),
            error_text: draw.choose(4, &["ErrorText", "Error", "error"], "error"),
            id: draw.choose(5, &["Id", "id"], "id"),
            data: draw.choose(6, &["Data", "data"], "data"),
            verdict_of_errors: draw.one_in(7, 2),
            one: draw.choose(8, &[SingleId::Number, SingleId::Text, SingleId::List], SingleId::Number),
            nothing: draw.choose(9, Nothing::ALL, Nothing::Zero),
            numeric_text: draw.one_in(10, 2),
            empty_list: draw.one_in(11, 2),
            escaped: draw.one_in(12, 2),
            listed: draw.one_in(13, 2),
            history: HistoryFormat::mixed(draw),
            unkeyed: draw.one_in(19, 2),
        }
    }

    pub(super) fn done(self, done: Done) -> (StatusCode, Map<String, Value>) {
        let mut object = Map::new();
        object.insert(self.verdict.to_owned(), self.ok.into());
        if let Some(ids) = done.ids {
            let ids = match self.ids(&ids) {
                Ok(ids) => ids,
                Err(refusal) => return self.refused(&refusal),
            };
            object.insert(self.id.to_owned(), ids);
        }
        if let Some(data) = done.data {
            let (name, data) = self.payload(data);
            object.insert(name.to_owned(), data);
        }
        (StatusCode::OK, object)
    }

    /// The opposite verdict of an answer that is an error or not: under the same name, or under the name that
    /// the other spelling has for it.
    pub(super) fn opposite_verdict(self, is_error: bool, other_name: bool) -> (&'static str, &'static str) {
        let name = match (other_name, self.verdict == Self::CLASSIC.verdict) {
            (false, _) => self.verdict,
            (true, true) => Self::MODERN.verdict,
            (true, false) => Self::CLASSIC.verdict,
        };
        (name, if is_error { self.ok } else { self.error })
    }

    pub(super) fn refused(self, refusal: &ApiError) -> (StatusCode, Map<String, Value>) {
        let mut object = Map::new();
        if self.verdict_of_errors || refusal.status == StatusCode::OK {
            object.insert(self.verdict.to_owned(), self.error.into());
        }
        let mut text = Value::from(refusal.text.as_ref());
        self.dress(&mut text);
        object.insert(self.error_text.to_owned(), text);
        (refusal.status, object)
    }

    /// A payload and its name.
    fn payload(self, payload: Payload) -> (&'static str, Value) {
        let mut data = match payload {
            Payload::Selected(ids) if self.listed => {
                let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
                return (LIST, ids.join(",").into());
            }
            Payload::Selected(ids) => json!(ids),
            // PHP does not distinguish an empty list from an empty map.
            Payload::Several(customers) if self.unkeyed || customers.is_empty() => {
                customers.into_iter().map(|(_, customer)| customer).collect()
            }
            Payload::Several(customers) => {
                let keyed = customers.into_iter().map(|(id, customer)| (id.to_string(), customer));
                keyed.collect::<Map<_, _>>().into()
            }
            Payload::History(entries) => self.history.write(&entries),
            Payload::Plain(value) => value,
        };
        self.dress(&mut data);
        (self.data, data)
    }

    /// The ids as they are written; if nothing was found, that may be an error.
    fn ids(self, ids: &[u64]) -> Result<Value, ApiError> {
        Ok(match (ids, self.one) {
            ([], _) => match self.nothing {
                Nothing::Zero => json!(0),
                Nothing::Text => json!(""),
                Nothing::List => json!([]),
                Nothing::Null => Value::Null,
                Nothing::Error => return Err(ApiError { status: StatusCode::OK, ..ApiError::not_found() }),
                Nothing::Status => return Err(ApiError::not_found()),
            },
            ([id], SingleId::Number) => json!(id),
            ([id], SingleId::Text) => json!(id.to_string()),
            (ids, _) if self.numeric_text => ids.iter().map(u64::to_string).collect(),
            (ids, _) => json!(ids),
        })
    }

    /// Applies the spelling to a value and all values in it.
    fn dress(self, value: &mut Value) {
        match value {
            Value::Object(fields) if fields.is_empty() && self.empty_list => *value = json!([]),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.dress(field)),
            Value::Array(list) => list.iter_mut().for_each(|element| self.dress(element)),
            Value::Number(number) if self.numeric_text => *value = number.to_string().into(),
            Value::String(text) if self.escaped => *text = escape(text),
            _ => {}
        }
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
    use super::escape;

    #[test]
    fn text_is_escaped_as_php_does_it() {
        assert_eq!(escape("<a/> & 'b' \"c\""), "&lt;a&#047;&gt; &amp; &#039;b&#039; &quot;c&quot;");
    }
}
