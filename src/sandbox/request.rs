//! A request: the fields of its query and form together, as PHP has them, without the envelope. The key is
//! compared here and not kept.

use std::collections::BTreeMap;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use secrecy::ExposeSecret;

use super::answer::ApiError;
use super::chance::Content;
use super::read_by::ReadBy;
use super::search::SearchMode;
use super::settings::Settings;
use crate::catalogue::{ApiSelector, CUSTOMER, KEY, Meaning, SECTION, Subcategory};

/// More than any form of this API needs, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// A request without its key.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) method: Method,
    /// The field that named the subcategory.
    pub(super) selector: Option<ApiSelector>,
    /// The subcategory's name, known or not.
    pub(super) subcategory: Option<String>,
    /// The parameters, known or not.
    pub(super) parameters: BTreeMap<String, String>,
    /// Whether the key came in the URL, which servers log.
    pub(super) key_in_query: bool,
    /// Whether the whole form came.
    readable: bool,
    key: KeyGiven,
    section: Option<String>,
    search: SearchMode,
    read_by: ReadBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyGiven {
    Right,
    Wrong,
    None,
}

impl Received {
    /// Reads the whole request. A field of the form overrides the same one of the query, and a later one an
    /// earlier one. A form that cannot be read gives a request that is never admitted.
    pub(super) async fn read(request: Request, settings: &Settings) -> Self {
        let (head, body) = request.into_parts();
        let mut fields = BTreeMap::new();
        let query = head.uri.query().unwrap_or_default();
        fields.extend(form_urlencoded::parse(query.as_bytes()).into_owned());
        let key_in_query = fields.contains_key(KEY);
        let mut readable = true;
        if head.method == Method::POST && is_form(&head.headers) {
            match to_bytes(body, BODY_LIMIT).await {
                Ok(form) => fields.extend(form_urlencoded::parse(&form).into_owned()),
                Err(_) => readable = false,
            }
        }
        Self { key_in_query, readable, ..Self::unwrap_envelope(head.method, fields, settings) }
    }

    fn unwrap_envelope(method: Method, mut fields: BTreeMap<String, String>, settings: &Settings) -> Self {
        let key = match fields.remove(KEY) {
            None => KeyGiven::None,
            Some(key) if key.is_empty() => KeyGiven::None,
            Some(key) if key == settings.key.expose_secret() => KeyGiven::Right,
            Some(_) => KeyGiven::Wrong,
        };
        let (mut selector, mut subcategory) = (None, None);
        for candidate in ApiSelector::ALL {
            // Both are removed: the one that is ignored is not a parameter either.
            let named = fields.remove(candidate.field());
            if selector.is_none() && settings.selectors.take(candidate) && named.is_some() {
                (selector, subcategory) = (Some(candidate), named);
            }
        }
        let section = fields.remove(SECTION);
        Self {
            method,
            selector,
            subcategory,
            parameters: fields,
            key_in_query: false,
            readable: true,
            key,
            section,
            search: settings.search,
            read_by: settings.read_by,
        }
    }

    /// The subcategory that the request may call, or why there is none.
    pub(super) fn admit(&self) -> Result<&'static Subcategory, ApiError> {
        if !self.readable {
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "the form is too long or was cut off"));
        }
        match self.key {
            KeyGiven::Right => {}
            KeyGiven::Wrong => return Err(ApiError::new(StatusCode::FORBIDDEN, "the API key is wrong")),
            KeyGiven::None => return Err(ApiError::new(StatusCode::FORBIDDEN, "the API key is missing")),
        }
        if self.method != Method::GET && self.method != Method::POST {
            return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "use GET or POST"));
        }
        match self.section.as_deref() {
            Some(name) if name == CUSTOMER.name => {}
            Some(name) => return Err(ApiError::bad(format!("unknown {SECTION}: {name}"))),
            None => return Err(ApiError::bad(format!("missing {SECTION}"))),
        }
        let Some(name) = &self.subcategory else {
            return Err(ApiError::bad("no subcategory is named"));
        };
        let known = self.search.subcategory(name).map(|subcategory| self.read_by.known(subcategory));
        known.ok_or_else(|| ApiError::bad(format!("unknown subcategory: {name}")))
    }

    /// The ids of customers in the request, whether they exist or not.
    pub(super) fn customers(&self, subcategory: &Subcategory) -> impl Iterator<Item = u64> {
        subcategory
            .parameters
            .iter()
            .filter(|parameter| parameter.is_customer())
            .filter_map(|parameter| self.parameters.get(parameter.name))
            .flat_map(|ids| ids.split(','))
            .filter_map(|id| id.trim().parse().ok())
    }

    /// A hash of the request's content, without key, method and selector. A booking's note is left out too:
    /// clients put a time or a tag into it, and a rehearsal that is repeated with the same file and seed
    /// should fail at the same rows.
    pub(super) fn content(&self) -> u64 {
        let subcategory = self.subcategory.as_deref().unwrap_or_default();
        let note = CUSTOMER
            .subcategories
            .iter()
            .find(|known| known.name == subcategory)
            .and_then(|known| known.by_meaning(Meaning::BookingNote))
            .map(|parameter| parameter.name);
        let mut content = Content::new();
        content.add(subcategory);
        for (name, value) in self.parameters.iter().filter(|(name, _)| Some(name.as_str()) != note) {
            content.add(name);
            content.add(value);
        }
        content.number()
    }
}

/// PHP reads a body as a form if its content type says so.
fn is_form(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}
