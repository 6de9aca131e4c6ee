//! The API key: goes into request bodies, and is taken out of everything that a server says.

use std::fmt;
use std::fmt::Write as _;

use secrecy::{ExposeSecret, SecretString};

/// What stands where a key stood.
const REDACTED: &str = "[key]";

/// The API key. Its debug form says nothing.
#[derive(Clone)]
pub struct ApiKey {
    secret: SecretString,
    /// Every form in which the key can come back, longest first.
    forms: Vec<SecretString>,
}

/// The key cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing, or only space.
    #[error("the API key is empty")]
    Empty,
    /// A line break inside.
    #[error("the API key has more than one line; the key is one line of text")]
    Lines,
}

impl ApiKey {
    /// Takes a key; space and line ends around it are not part of it.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let key = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        if key.is_empty() {
            return Err(KeyError::Empty);
        }
        if key.contains(['\n', '\r']) {
            return Err(KeyError::Lines);
        }
        Ok(Self {
            secret: SecretString::from(key),
            forms: forms(key).into_iter().map(SecretString::from).collect(),
        })
    }

    /// The key itself, for the body of a request.
    pub(super) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// Whether the text has the key in it, plain or escaped. A key of a few letters is a word that data may hold
    /// by chance, and is not looked for.
    pub(super) fn is_in(&self, text: &str) -> bool {
        /// Below this a key protects nothing, and "admin" may be a login.
        const WORD: usize = 8;
        let is_word = self.secret.expose_secret().chars().count() < WORD;
        !is_word && self.forms.iter().any(|form| text.contains(form.expose_secret()))
    }

    /// The text without the key, plain or escaped as URLs, HTML or JSON escape it.
    pub fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for form in self.forms.iter().map(ExposeSecret::expose_secret) {
            if !text.contains(form) {
                continue;
            }
            // What stands for a key already is not looked through: a short key may be a part of it.
            text = if form.contains(REDACTED) {
                text.replace(form, REDACTED)
            } else {
                let parts: Vec<String> =
                    text.split(REDACTED).map(|part| part.replace(form, REDACTED)).collect();
                parts.join(REDACTED)
            };
        }
        text
    }
}

fn forms(key: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let url = form.replace('+', "%20");
    let html = html_escape::encode_safe(key).into_owned();
    let php = html_escape::encode_quoted_attribute(key).replace("&#x27;", "&#039;");
    let json = serde_json::to_string(key).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    let php_json = ascii_json(&json);
    let lower = |text: &str| lower_escapes(text);
    let mut forms = vec![
        key.to_owned(),
        lower(&form),
        lower(&url),
        form.clone(),
        url.clone(),
        form.replace("%2F", "/"),
        url.replace("%2F", "/"),
        lower(&url.replace("%2F", "/")),
        key.replace('/', "\\/"),
        html,
        php,
        key.replace('/', "&#047;").replace('\\', "&#092;"),
        php_json.replace('/', "\\/"),
        php_json,
        json.replace('/', "\\/"),
        json,
    ];
    forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    forms.dedup();
    forms.retain(|form| !form.is_empty());
    forms
}

/// Letters beyond ASCII as `\u043a`, as PHP writes JSON.
fn ascii_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// `%2F` as `%2f`, as some servers write it.
fn lower_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escape = 0;
    for c in text.chars() {
        out.push(if escape > 0 { c.to_ascii_lowercase() } else { c });
        escape = if c == '%' { 2 } else { escape.max(1) - 1 };
    }
    out
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiKey, KeyError};

    #[test]
    fn a_key_comes_back_in_no_form() {
        let key = ApiKey::new(" s3cret/\"key\"&+1 \n").expect("a key");
        for echo in [
            "bad key s3cret/\"key\"&+1!",
            "/api.php?key=s3cret%2F%22key%22%26%2B1&cat",
            "/api.php?key=s3cret%2f%22key%22%26%2b1&cat",
            "s3cret/&quot;key&quot;&amp;+1",
            r#"{"key":"s3cret\/\"key\"&+1"}"#,
        ] {
            let scrubbed = key.scrub(echo);
            assert!(!scrubbed.contains("cret") && scrubbed.contains("[key]"), "{scrubbed}");
        }
        assert!(!format!("{key:?}").contains("s3cret"));
    }

    #[test]
    fn what_stands_for_a_key_is_not_scrubbed_again() {
        for key in ["k", "e", "y", "[", "key", "ey]"] {
            let key_of = ApiKey::new(key).expect("a key");
            let once = key_of.scrub(&format!("bad {key}: {key}{key}!"));
            assert_eq!(once.matches("[key]").count(), 3, "{once}");
            assert_eq!(key_of.scrub(&once), once, "{key}");
            assert_eq!(once.replace("[key]", ""), "bad : !", "{key}");
        }
        let odd = ApiKey::new("a[key]b").expect("a key");
        assert_eq!(odd.scrub("x a[key]b y"), "x [key] y");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(ApiKey::new(" \n").map(|_| ()), Err(KeyError::Empty));
        assert_eq!(ApiKey::new("\u{FEFF} \r\n").map(|_| ()), Err(KeyError::Empty));
        assert_eq!(ApiKey::new("\u{FEFF} key\r\n").map(|key| key.expose().to_owned()), Ok("key".to_owned()));
        assert_eq!(ApiKey::new("a\nb").map(|_| ()), Err(KeyError::Lines));
    }
}
