//! How letters are written as bytes.

use std::io::{self, Read};

use encoding_rs::{Encoding, IBM866, UTF_8, X_MAC_CYRILLIC};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// An encoding of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// One of the WHATWG standard.
    Standard(&'static Encoding),
    /// The page 1125 of DOS: 866 with the Ukrainian letters in their own places.
    UkrainianDos,
}

impl TextEncoding {
    pub const UTF8: Self = Self::Standard(UTF_8);

    /// Its name for messages, which `--encoding` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard(encoding) => encoding.name(),
            Self::UkrainianDos => "cp1125",
        }
    }

    /// What a text begins with, as far as these bytes go.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Standard(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            Self::UkrainianDos => {
                let table = self.table();
                bytes.iter().map(|byte| table[usize::from(*byte)]).collect()
            }
        }
    }

    /// Reads a text as UTF-8.
    pub(super) fn reader(self, text: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        match self {
            Self::Standard(encoding) => {
                Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).strip_bom(true).build(text))
            }
            Self::UkrainianDos => Box::new(PageReader {
                inner: text,
                table: self.table(),
                bytes: vec![0; CHUNK],
                text: String::new(),
                given: 0,
            }),
        }
    }

    /// The character of every byte, for encodings with one byte for each.
    pub(super) fn table(self) -> [char; 256] {
        let encoding = match self {
            Self::Standard(encoding) => encoding,
            Self::UkrainianDos => IBM866,
        };
        let mut table = [char::REPLACEMENT_CHARACTER; 256];
        for (byte, place) in (0..=u8::MAX).zip(&mut table) {
            let (text, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
            *place = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
        }
        if self == Self::UkrainianDos {
            for (place, letter) in table[0xF2..=0xF9].iter_mut().zip("ҐґЄєІіЇї".chars()) {
                *place = letter;
            }
        }
        table
    }
}

const CHUNK: usize = 16 << 10;

/// Reads a text by a table of characters.
struct PageReader<R> {
    inner: R,
    table: [char; 256],
    bytes: Vec<u8>,
    text: String,
    given: usize,
}

impl<R: Read> Read for PageReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            let count = self.inner.read(&mut self.bytes)?;
            self.given = 0;
            self.text.clear();
            self.text.extend(self.bytes[..count].iter().map(|byte| self.table[usize::from(*byte)]));
        }
        let count = (&self.text.as_bytes()[self.given..]).read(out)?;
        self.given += count;
        Ok(count)
    }
}

/// `--encoding` does not name an encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not an encoding: use a name such as utf-8, windows-1251, koi8-u, ibm866, cp1125, x-mac-cyrillic or utf-16le"
)]
pub struct ParseEncodingError(String);

/// Reads an encoding's name: a label of the WHATWG standard, such as `utf-8`, `cp1251` or `cp866`, or one of those that
/// the standard lacks.
pub fn parse_encoding(text: &str) -> Result<TextEncoding, ParseEncodingError> {
    let label = text.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    match label.as_str() {
        "cp1125" | "1125" | "ibm1125" | "cp866u" | "866u" | "ruscii" | "ukrainian-dos" | "dos-ukrainian" => {
            return Ok(TextEncoding::UkrainianDos);
        }
        "mac-cyrillic" | "maccyrillic" | "mac-ukrainian" | "macukraine" | "cp10007" | "cp10017" => {
            return Ok(TextEncoding::Standard(X_MAC_CYRILLIC));
        }
        _ => {}
    }
    let standard = Encoding::for_label(text.trim().as_bytes());
    standard.map(TextEncoding::Standard).ok_or_else(|| ParseEncodingError(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{TextEncoding, parse_encoding};

    #[test]
    fn encodings_go_by_many_names() {
        for name in ["cp1251", "cp866", "CP1125", "ibm1125", "mac cyrillic", "x-mac-cyrillic", "utf-16le"] {
            assert!(parse_encoding(name).is_ok(), "{name}");
        }
        assert!(parse_encoding("nonsense").is_err());
        assert_eq!(parse_encoding(TextEncoding::UkrainianDos.name()), Ok(TextEncoding::UkrainianDos));
    }

    #[test]
    fn the_ukrainian_page_of_dos_has_its_letters_in_their_own_places() {
        let mut text = String::new();
        let bytes: &'static [u8] = b"\x8E\xAB\xA5\xAD\xA0 \xF2\xF3\xF4\xF5\xF6\xF7\xF8\xF9 \xF0\xF1\xFC";
        TextEncoding::UkrainianDos.reader(bytes).read_to_string(&mut text).expect("readable");
        assert_eq!(text, "Олена ҐґЄєІіЇї Ёё№");
        assert_eq!(TextEncoding::UkrainianDos.decode(bytes), text);
    }
}
