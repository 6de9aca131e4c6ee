//! Calls to their wire form: the only file that knows the envelope, and the only one that writes the key.

use bytes::Bytes;
use form_urlencoded::Serializer;

use super::key::ApiKey;
use crate::catalogue::{ApiSelector, CUSTOMER, KEY, SECTION};
use crate::validating::Call;

/// Wraps calls for one server: key, section, and the name under which it takes the subcategory.
pub(super) struct Envelope {
    /// Everything up to the subcategory's value. Holds the key: it must never be printed.
    head: String,
}

impl Envelope {
    pub(super) fn new(key: &ApiKey, selector: ApiSelector) -> Self {
        let mut form = Serializer::new(String::new());
        form.append_pair(KEY, key.expose()).append_pair(SECTION, CUSTOMER.name);
        let mut head = form.finish();
        head.push('&');
        head.push_str(selector.field());
        head.push('=');
        Self { head }
    }

    /// The form-encoded body of one request.
    pub(super) fn body(&self, call: &Call) -> Bytes {
        /// Room for most rows, so that the string grows once.
        const ROOM: usize = 256;
        let mut body = String::with_capacity(self.head.len() + ROOM);
        body.push_str(&self.head);
        body.push_str(call.subcategory());
        let mut form = Serializer::for_suffix(body, 0);
        for (name, value) in call.values() {
            form.append_pair(name, value);
        }
        Bytes::from(form.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::Envelope;
    use crate::catalogue::ApiSelector;
    use crate::sending::ApiKey;
    use crate::validating::Call;

    #[test]
    fn a_body_is_key_section_subcategory_and_values() {
        let key = ApiKey::new("a b&c").expect("a key");
        let call = Call::probe().expect("a probe");
        let body = |selector| Envelope::new(&key, selector).body(&call);
        assert_eq!(
            body(ApiSelector::Subcat),
            "key=a+b%26c&cat=customer&subcat=get_activity_counter&type=net"
        );
        assert_eq!(
            body(ApiSelector::Action),
            "key=a+b%26c&cat=customer&action=get_activity_counter&type=net"
        );
    }
}
