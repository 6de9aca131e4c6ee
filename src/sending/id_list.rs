//! An answer that is nothing but a list of ids, read without keeping more of it than the ids: a million of them
//! are eight megabytes, and many times that as JSON in memory. Whatever looks different is left to `answer_body`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::payload::{id_of, is_payload};

/// The ids of an answer that says OK and lists them; none for any other answer.
pub(super) fn ids_of(text: &str) -> Option<Vec<u64>> {
    // What PHP prints before the answer has no brace that a field follows.
    let text = &text[text.find("{\"")?..];
    let Listing { says_ok, ids } = serde_json::from_str(text).ok()?;
    ids.filter(|_| says_ok)
}

struct Listing {
    says_ok: bool,
    ids: Option<Vec<u64>>,
}

impl<'de> Deserialize<'de> for Listing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListingVisitor)
    }
}

struct ListingVisitor;

impl<'de> Visitor<'de> for ListingVisitor {
    type Value = Listing;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Listing, A::Error> {
        let mut listing = Listing { says_ok: false, ids: None };
        let mut has_verdict = false;
        while let Some(name) = fields.next_key::<Cow<'de, str>>()? {
            if name.eq_ignore_ascii_case("result") {
                if std::mem::replace(&mut has_verdict, true) {
                    return Err(serde::de::Error::custom("two verdicts"));
                }
                listing.says_ok = fields.next_value::<Cow<'de, str>>()?.trim().eq_ignore_ascii_case("ok");
            } else if is_payload(&name) {
                let IdList(ids) = fields.next_value()?;
                if listing.ids.replace(ids).is_some() {
                    return Err(serde::de::Error::custom("two lists"));
                }
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(listing)
    }
}

struct IdList(Vec<u64>);

impl<'de> Deserialize<'de> for IdList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdListVisitor;

        impl<'de> Visitor<'de> for IdListVisitor {
            type Value = IdList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("ids")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<IdList, E> {
                text.split(',')
                    .map(|id| id_of(id).ok_or_else(|| E::custom("no id")))
                    .collect::<Result<_, _>>()
                    .map(IdList)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<IdList, A::Error> {
                let mut ids = Vec::new();
                while let Some(Id(id)) = elements.next_element()? {
                    ids.push(id);
                }
                Ok(IdList(ids))
            }
        }

        deserializer.deserialize_any(IdListVisitor)
    }
}

struct Id(u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl Visitor<'_> for IdVisitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }

            fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<Id, E> {
                if id == 0 { Err(E::custom("no id")) } else { Ok(Id(id)) }
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
                id_of(text).map(Id).ok_or_else(|| E::custom("no id"))
            }
        }

        deserializer.deserialize_any(IdVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::ids_of;

    #[test]
    fn plain_lists_are_read_in_every_spelling() {
        for text in [
            r#"{"result":"OK","data":[3,1,2]}"#,
            r#"{"Result":"Ok","Data":["3","1","2"]}"#,
            r#"{"data":[3,"1",2],"result":"ok","time":{"x":[1.5]}}"#,
            r#"{"result":"OK","list":"3,1, 2"}"#,
            "\u{FEFF}<b>Warning</b>: {x} in line 3\n{\"result\":\"OK\",\"data\":[3,1,2]} ",
        ] {
            assert_eq!(ids_of(text), Some(vec![3, 1, 2]), "{text}");
        }
        assert_eq!(ids_of(r#"{"result":"OK","data":[]}"#), Some(vec![]));
    }

    /// These are read again as any other answer is, and judged there.
    #[test]
    fn everything_else_is_left_to_others() {
        for text in [
            "",
            "<html>",
            "[1,2]",
            r#"{"data":[1,2]}"#,
            r#"{"result":"ERROR","data":[1]}"#,
            r#"{"result":"OK"}"#,
            r#"{"result":"OK","data":{"0":1}}"#,
            r#"{"result":"OK","data":[1,null]}"#,
            r#"{"result":"OK","data":[1,0]}"#,
            r#"{"result":"OK","data":[1,-2]}"#,
            r#"{"result":"OK","data":[1.5]}"#,
            r#"{"result":"OK","data":["x"]}"#,
            r#"{"result":"OK","data":""}"#,
            r#"{"result":"OK","data":[1],"list":"1"}"#,
            r#"{"Result":"ERROR","data":[1],"result":"OK"}"#,
            r#"{"result":"ERROR","data":[1],"result":"OK"}"#,
            r#"{"result":"OK","data":[1,2"#,
            r#"{"result":"OK","data":[1]}{"result":"OK","data":[2]}"#,
        ] {
            assert_eq!(ids_of(text), None, "{text}");
        }
    }
}
