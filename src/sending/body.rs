//! The body of an answer as text. Old servers compress without being asked and write windows-1251; what can be read
//! neither as UTF-8 nor as that is damaged, and its damage shows instead of being replaced in silence.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Read as _;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1251};
use flate2::read::MultiGzDecoder;

/// The largest answer that is read, compressed or not.
pub(super) const LARGEST: usize = 16 << 20;

/// Why a compressed body can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CompressedBody {
    #[error("the answer is compressed, and larger than {} MiB without that", LARGEST >> 20)]
    TooLarge,
    #[error("the answer is compressed (gzip), and damaged or cut short")]
    Damaged,
}

/// The body without its compression, which is known by its first bytes: servers compress that were not asked to, and
/// proxies take the header away that says so.
pub(super) fn inflated(body: Vec<u8>) -> Result<Vec<u8>, CompressedBody> {
    const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
    if !body.starts_with(&GZIP) {
        return Ok(body);
    }
    let mut plain = Vec::new();
    let most = LARGEST as u64 + 1;
    let read = MultiGzDecoder::new(body.as_slice()).take(most).read_to_end(&mut plain);
    match read {
        Ok(_) if plain.len() > LARGEST => Err(CompressedBody::TooLarge),
        Ok(_) => Ok(plain),
        Err(_) => Err(CompressedBody::Damaged),
    }
}

/// A body as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyText<'b> {
    /// UTF-8, as answers should be.
    Plain(&'b str),
    /// Decoded from the encoding of this name.
    Decoded(String, &'static str),
    /// Not whole: bytes that are no text stand in it as `<FF>`. The place of the first, counted from 1.
    Damaged(String, usize),
}

impl BodyText<'_> {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Decoded(text, _) | Self::Damaged(text, _) => text,
        }
    }
}

/// The body as text. `content_type` is the header, which may name an encoding.
pub(super) fn text<'b>(body: &'b [u8], content_type: Option<&str>) -> BodyText<'b> {
    let error = match std::str::from_utf8(body) {
        Ok(text) => return BodyText::Plain(text),
        Err(error) => error,
    };
    let declared = content_type.and_then(charset).filter(|encoding| *encoding != UTF_8);
    if let Some(encoding) = declared.or_else(|| is_cyrillic(body).then_some(WINDOWS_1251))
        && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(body)
    {
        return BodyText::Decoded(text.into_owned(), encoding.name());
    }
    BodyText::Damaged(with_damage(body), error.valid_up_to() + 1)
}

/// The encoding that the header names.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    let mut parameters = content_type.split(';').skip(1);
    let label = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    let label: Cow<'_, str> =
        if label.eq_ignore_ascii_case("cp1251") { "windows-1251".into() } else { label.into() };
    Encoding::for_label(label.as_bytes())
}

/// Whether what is not ASCII looks like the letters and signs of Russian and Ukrainian in windows-1251. Text in UTF-8 with a
/// damaged byte has whole sequences of several bytes; of one or two odd bytes alone nothing can be said.
fn is_cyrillic(body: &[u8]) -> bool {
    const ENOUGH: usize = 3;
    let (mut odd, mut sequences) = (0, 0);
    for chunk in body.utf8_chunks() {
        sequences += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        odd += chunk.invalid().len();
    }
    let is_usual = |b: &u8| {
        matches!(b, 0xc0..=0xff | 0xa8 | 0xb8 | 0xaa | 0xba | 0xaf | 0xbf | 0xb2 | 0xb3 | 0xa5 | 0xb4)
            || matches!(b, 0xab | 0xbb | 0xb9 | 0xa0 | 0x84 | 0x91..=0x94 | 0x96 | 0x97 | 0x85)
    };
    odd >= ENOUGH && sequences * 2 < odd && body.iter().filter(|b| !b.is_ascii()).all(is_usual)
}

fn with_damage(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "<{byte:02X}>");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::{BodyText, CompressedBody, LARGEST, inflated, text};

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).expect("memory");
        encoder.finish().expect("memory")
    }

    fn windows(text: &str) -> Vec<u8> {
        encoding_rs::WINDOWS_1251.encode(text).0.into_owned()
    }

    #[test]
    fn compression_is_taken_off_up_to_a_bound() {
        assert_eq!(inflated(b"{}".to_vec()), Ok(b"{}".to_vec()));
        assert_eq!(inflated(gzip(b"{\"data\":1}")), Ok(b"{\"data\":1}".to_vec()));
        assert_eq!(inflated(gzip(&vec![b' '; LARGEST])).map(|body| body.len()), Ok(LARGEST));
        assert_eq!(inflated(gzip(&vec![b' '; LARGEST + 1])), Err(CompressedBody::TooLarge));
        let mut cut = gzip(b"{\"data\":1}");
        cut.truncate(cut.len() - 4);
        assert_eq!(inflated(cut), Err(CompressedBody::Damaged));
    }

    #[test]
    fn cyrillic_of_old_servers_is_decoded() {
        let answer = r#"{"data":{"full_name":"Ковальчук Ірина №7 «Ґ»"}}"#;
        for header in [None, Some("text/html; charset=windows-1251"), Some("text/html; charset=\"cp1251\"")] {
            let decoded = BodyText::Decoded(answer.to_owned(), "windows-1251");
            assert_eq!(text(&windows(answer), header), decoded, "{header:?}");
        }
        // A wrong header hurts nobody.
        assert_eq!(text(answer.as_bytes(), Some("text/html; charset=windows-1251")), BodyText::Plain(answer));
        let body = windows(answer);
        assert_eq!(text(&body, Some("application/json; charset=utf-8")).text(), answer);
    }

    #[test]
    fn damage_is_not_taken_for_another_encoding() {
        let mut damaged = "{\"name\":\"Иванов Пётр\"}".as_bytes().to_vec();
        damaged[11] = 0xff;
        let BodyText::Damaged(text_of, place) = text(&damaged, None) else { panic!("decoded") };
        assert!(text_of.contains("<FF>") && !text_of.contains('\u{FFFD}'), "{text_of}");
        assert_eq!(place, 12);
        assert!(matches!(text(b"{\"a\":\"\xff\"}", None), BodyText::Damaged(_, 7)));
        assert!(matches!(text(b"\x80\x81\x82\x83\x98", None), BodyText::Damaged(_, 1)));
    }
}
