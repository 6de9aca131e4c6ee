//! The look at every byte of a text before it is read: its encoding, unless a mark or the user says it.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, IBM866, ISO_8859_2, ISO_8859_4, ISO_8859_5, KOI8_R, KOI8_U, UTF_16BE, UTF_16LE, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257, X_MAC_CYRILLIC,
};

use super::cyrillic::{self, CyrillicGuess};
use super::encoding::TextEncoding;

/// What reading all bytes of a file shows.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) encoding: TextEncoding,
    pub(super) bom: bool,
    /// The first bytes, as text.
    pub(super) head: String,
}

/// Why a file is not read.
#[derive(Debug)]
pub(super) enum ScanError {
    Read(io::Error),
    /// It has zero bytes.
    Binary,
    /// It is in UTF-32.
    Utf32,
    /// It may be in either encoding.
    Unclear(TextEncoding, TextEncoding),
    /// A part of it is UTF-8, and another is not.
    Mixed,
}

impl From<io::Error> for ScanError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// How much of a file is looked at for its delimiter.
const HEAD: usize = 64 << 10;
/// How much of a file that is not UTF-8 is shown to the detectors.
const DETECTOR_LIMIT: u64 = 64 << 20;
/// How much of its words beyond ASCII.
const WORDS_LIMIT: usize = 256 << 10;

/// Looks at every byte, so that a file counts as UTF-8 only if all of it is: a single letter of another
/// encoding may come a million rows below the header.
pub(super) fn scan(open: &dyn Fn() -> Box<dyn Read>, told: Option<TextEncoding>) -> Result<Scan, ScanError> {
    let mut reader = open();
    let mut head = Vec::with_capacity(HEAD);
    reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    if head.starts_with(&[0xFF, 0xFE, 0, 0]) || head.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(ScanError::Utf32);
    }
    let bom = Encoding::for_bom(&head);
    let unmarked = &head[bom.map_or(0, |(_, length)| length)..];
    let encoding = match (bom, told) {
        (Some((encoding, _)), _) => TextEncoding::Standard(encoding),
        (None, Some(told)) => told,
        (None, None) if unmarked.contains(&0) => wide(unmarked)?,
        (None, None) if is_utf8(unmarked, reader)? => TextEncoding::UTF8,
        (None, None) => guess(open)?,
    };
    Ok(Scan { encoding, bom: bom.is_some(), head: encoding.decode(unmarked) })
}

fn is_utf8(head: &[u8], mut rest: impl Read) -> io::Result<bool> {
    let mut pending = head.to_vec();
    let mut buffer = vec![0; HEAD];
    loop {
        // A character may lie across two chunks: what is merely incomplete is carried over.
        let carried = match simdutf8::compat::from_utf8(&pending) {
            Ok(_) => 0,
            Err(error) if error.error_len().is_none() => pending.len() - error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        pending.drain(..pending.len() - carried);
        let count = rest.read(&mut buffer)?;
        if count == 0 {
            return Ok(pending.is_empty());
        }
        pending.extend_from_slice(&buffer[..count]);
    }
}

/// The encoding of a text with zero bytes: UTF-16 has them beside every letter of ASCII.
fn wide(head: &[u8]) -> Result<TextEncoding, ScanError> {
    let zeros =
        |place: usize, step: usize| head.iter().skip(place).step_by(step).filter(|b| **b == 0).count();
    let quarter = head.len() / 4;
    if quarter > 0
        && [[0, 1], [2, 3]].iter().any(|places| places.iter().all(|place| zeros(*place, 4) >= quarter))
    {
        return Err(ScanError::Utf32);
    }
    let half = head.len() / 2;
    // The high bytes of Latin and Cyrillic letters, and of dashes and typographic quotation marks.
    let is_high = |byte: &&u8| matches!(byte, 0 | 4 | 0x20 | 0x21);
    let high = |place: usize| head.iter().skip(place).step_by(2).filter(is_high).count();
    let is_wide = |low: usize, encoding: &'static Encoding| {
        zeros(low, 2) == 0
            && high(1 - low) * 20 >= half * 19
            && !encoding.decode_without_bom_handling(&head[..half * 2]).1
    };
    match () {
        () if is_wide(0, UTF_16LE) => Ok(TextEncoding::Standard(UTF_16LE)),
        () if is_wide(1, UTF_16BE) => Ok(TextEncoding::Standard(UTF_16BE)),
        () => Err(ScanError::Binary),
    }
}

fn guess(open: &dyn Fn() -> Box<dyn Read>) -> Result<TextEncoding, ScanError> {
    let utf8 = Census::take(open())?;
    if utf8.letters > utf8.invalid {
        return Ok(TextEncoding::UTF8);
    }
    if utf8.letters >= 16 && utf8.letters * 3 > utf8.invalid {
        return Err(ScanError::Mixed);
    }
    let (detected, elsewhere, words) = detect(open())?;
    let detected_text = TextEncoding::Standard(detected);
    let knows = [WINDOWS_1251, KOI8_U, KOI8_R, IBM866, X_MAC_CYRILLIC, ISO_8859_5].contains(&detected);
    let western = [WINDOWS_1252, WINDOWS_1250, WINDOWS_1254, WINDOWS_1257, ISO_8859_2, ISO_8859_4];
    match cyrillic::judge(&words) {
        CyrillicGuess::Near(first, second) => Err(ScanError::Unclear(first, second)),
        CyrillicGuess::Clear(encoding) if knows || western.contains(&detected) => Ok(encoding),
        CyrillicGuess::Clear(encoding) => Err(ScanError::Unclear(encoding, detected_text)),
        CyrillicGuess::NotCyrillic if knows => Ok(TextEncoding::Standard(elsewhere)),
        CyrillicGuess::NotCyrillic | CyrillicGuess::TooLittle => Ok(detected_text),
    }
}

/// How much of a file reads as UTF-8.
#[derive(Debug, Default)]
struct Census {
    /// Letters and signs in several bytes, such as people write.
    letters: u64,
    /// Bytes that are not a part of any.
    invalid: u64,
}

impl Census {
    fn take(reader: impl Read) -> io::Result<Self> {
        let mut census = Self::default();
        let mut reader = reader.take(DETECTOR_LIMIT);
        let mut pending = Vec::new();
        // A file in another encoding shows that soon.
        while census.invalid < 10_000 || census.letters * 8 > census.invalid {
            let count = reader.by_ref().take(HEAD as u64).read_to_end(&mut pending)?;
            // No letter goes over a line's end.
            let end = pending
                .iter()
                .rposition(|b| *b == b'\n')
                .filter(|_| count > 0)
                .map_or(pending.len(), |at| at + 1);
            for chunk in pending[..end].utf8_chunks() {
                let letters = chunk.valid().chars().filter(|c| is_written(*c)).count();
                census.letters += letters as u64;
                census.invalid += u64::from(!chunk.invalid().is_empty());
            }
            pending.drain(..end);
            if count == 0 {
                break;
            }
        }
        Ok(census)
    }
}

/// Whether it is a letter of Latin or Cyrillic beyond ASCII, or a typographic sign.
fn is_written(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' | '\u{400}'..='\u{4FF}' | '\u{2010}'..='\u{2122}')
}

/// What the detector of browsers says where Cyrillic is likely and where nothing is known, and the words that hold bytes beyond ASCII, apart by blanks.
fn detect(reader: impl Read) -> io::Result<(&'static Encoding, &'static Encoding, Vec<u8>)> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut reader = reader.take(DETECTOR_LIMIT);
    let (mut buffer, mut words, mut word) = (vec![0; HEAD], Vec::new(), Vec::new());
    loop {
        let count = reader.read(&mut buffer)?;
        detector.feed(&buffer[..count], count == 0);
        for byte in buffer[..count].iter().chain((count == 0).then_some(&b' ')) {
            if !byte.is_ascii() || byte.is_ascii_alphabetic() || *byte == b'\'' {
                if word.len() < WORDS_LIMIT {
                    word.push(*byte);
                }
            } else {
                if words.len() < WORDS_LIMIT && !word.is_ascii() {
                    words.append(&mut word);
                    words.push(b' ');
                }
                word.clear();
            }
        }
        if count == 0 {
            break;
        }
    }
    // UserSide is used where Cyrillic is written; the hint decides only where the bytes fit several encodings.
    let guess = |country| detector.guess(country, Utf8Detection::Deny);
    Ok((guess(Some(b"ua")), guess(None), words))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use encoding_rs::{Encoding, KOI8_U, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

    use super::{Scan, ScanError, scan};
    use crate::reading::encoding::TextEncoding;

    fn scanned(bytes: &[u8]) -> Result<Scan, ScanError> {
        let bytes: &'static [u8] = bytes.to_vec().leak();
        scan(&|| Box::new(bytes) as Box<dyn Read>, None)
    }

    fn encoding(bytes: &[u8]) -> TextEncoding {
        scanned(bytes).expect("readable").encoding
    }

    fn found(text: &str, encoding: &'static Encoding) {
        assert_eq!(self::encoding(&encoding.encode(text).0), TextEncoding::Standard(encoding), "{text}");
    }

    #[test]
    fn one_word_of_cyrillic_is_not_western() {
        found("id;Примечание\n1;Переезд\n", WINDOWS_1251);
        found("fio;codeti\r\nІван;1\r\n", WINDOWS_1251);
        found("id;comment\n1;Привет мир\n", KOI8_U);
    }

    #[test]
    fn western_files_are_read_as_ever() {
        found("id;name\n1;Müller Straße\n2;Café à la crème\n3;naïve\n", WINDOWS_1252);
        found("id;name\n1;Łódź\n2;Święty Wojciech\n3;Żółć gęślą jaźń\n", WINDOWS_1250);
    }

    #[test]
    fn a_damaged_byte_leaves_the_rest_utf8() {
        let mut text = "id;name\n1;Гнатюк Олена\n2;Мороз Ігор\n".as_bytes().to_vec();
        text[12] = b'?';
        assert_eq!(encoding(&text), TextEncoding::UTF8);
        let line = WINDOWS_1251.encode("3;Лемешко Ждан\n").0;
        text.extend_from_slice(&line);
        assert_eq!(encoding(&text), TextEncoding::UTF8);
        let many: Vec<u8> = text.into_iter().chain(line.repeat(3)).collect();
        assert!(matches!(scanned(&many), Err(ScanError::Mixed)));
    }

    #[test]
    fn utf16_is_known_by_its_zero_bytes() {
        let units: Vec<u16> = "id;name\r\n1;Гнатюк «Ї» – №\r\n".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(encoding(&little), TextEncoding::Standard(UTF_16LE));
        assert_eq!(encoding(&big), TextEncoding::Standard(UTF_16BE));
        assert_eq!(encoding(&[&[0xFF, 0xFE], &*little].concat()), TextEncoding::Standard(UTF_16LE));
        let wider: Vec<u8> = "id\nЯ\n".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        assert!(matches!(scanned(&wider), Err(ScanError::Utf32)));
        assert!(matches!(scanned(&[&[0xFF, 0xFE, 0, 0], &*wider].concat()), Err(ScanError::Utf32)));
        assert!(matches!(scanned(b"id\0\x01\x02,comment\n1,\0\n"), Err(ScanError::Binary)));
    }

    #[test]
    fn a_letter_cut_in_two_by_a_chunk_is_still_utf8() {
        struct OneByte(&'static [u8]);
        impl Read for OneByte {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = self.0.len().min(1);
                self.0.read(&mut buffer[..count])
            }
        }
        assert!(
            super::is_utf8("при".as_bytes().split_at(3).0, OneByte(&"при".as_bytes()[3..]))
                .expect("readable")
        );
        assert!(!super::is_utf8(b"ab", OneByte(b"\xEF")).expect("readable"));
    }
}
