//! How a text file is written: its encoding and its delimiter, detected or given.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// How a text file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Its encoding.
    pub encoding: &'static Encoding,
    /// Whether it begins with a byte order mark.
    pub bom: bool,
    /// The byte between its cells.
    pub delimiter: u8,
    /// Whether its lines end in a lone `\r`.
    pub(super) old_mac: bool,
    /// Whether every byte was seen to be valid UTF-8, so that nothing needs decoding.
    pub(super) proven_utf8: bool,
}

impl Dialect {
    /// How this program writes its own files.
    pub const OWN: Self =
        Self { encoding: UTF_8, bom: false, delimiter: b',', old_mac: false, proven_utf8: true };

    /// The delimiter's name for people.
    pub fn delimiter_name(&self) -> String {
        match self.delimiter {
            b'\t' => "tab".to_owned(),
            other => format!("'{}'", char::from(other)),
        }
    }
}

/// The part of the dialect that the user gave; the rest is detected.
#[derive(Debug, Clone, Copy, Default)]
pub struct DialectChoice {
    /// `--delimiter`.
    pub delimiter: Option<u8>,
    /// `--encoding`.
    pub encoding: Option<&'static Encoding>,
}

/// `--delimiter` is not one character that can separate cells.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' cannot separate cells: give one character such as , ; | or the word tab")]
pub struct ParseDelimiterError(String);

/// Reads a delimiter: one ASCII character, `tab` or `\t`.
pub fn parse_delimiter(text: &str) -> Result<u8, ParseDelimiterError> {
    match text.as_bytes() {
        b"tab" | b"TAB" | b"\\t" => Ok(b'\t'),
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r' | 0) => Ok(*one),
        _ => Err(ParseDelimiterError(text.to_owned())),
    }
}

/// `--encoding` does not name an encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an encoding: use a name such as utf-8, windows-1251, koi8-u, ibm866 or utf-16le")]
pub struct ParseEncodingError(String);

/// Reads an encoding's name: a label of the WHATWG standard, such as `utf-8`, `cp1251` or `cp866`.
pub fn parse_encoding(text: &str) -> Result<&'static Encoding, ParseEncodingError> {
    Encoding::for_label(text.trim().as_bytes()).ok_or_else(|| ParseEncodingError(text.to_owned()))
}

/// What reading all bytes of a file shows.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) encoding: &'static Encoding,
    pub(super) bom: bool,
    pub(super) proven_utf8: bool,
    pub(super) has_zero_bytes: bool,
    /// The first bytes, as text.
    head: String,
}

/// How much of a file is looked at for its delimiter.
const HEAD: usize = 64 << 10;
/// How much of a file that is not UTF-8 is shown to the detector.
const DETECTOR_LIMIT: u64 = 64 << 20;

/// Looks at every byte, so that a file counts as UTF-8 only if all of it is: a single letter of another
/// encoding may come a million rows below the header.
pub(super) fn scan(open: &dyn Fn() -> Box<dyn Read>, told: Option<&'static Encoding>) -> io::Result<Scan> {
    let mut reader = open();
    let mut head = Vec::with_capacity(HEAD);
    reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let bom = Encoding::for_bom(&head);
    let proven_utf8 = is_utf8(&head[bom.map_or(0, |(_, length)| length)..], reader)?;
    let marked = bom.map(|(encoding, _)| encoding);
    let encoding = match marked.or(told) {
        Some(encoding) => encoding,
        None if proven_utf8 => UTF_8,
        None => guess(open())?,
    };
    let unmarked = &head[bom.map_or(0, |(_, length)| length)..];
    let has_zero_bytes = bom.is_none() && told.is_none() && unmarked.contains(&0);
    let (text, _) = encoding.decode_without_bom_handling(unmarked);
    Ok(Scan {
        encoding,
        bom: bom.is_some(),
        proven_utf8: proven_utf8 && encoding == UTF_8,
        has_zero_bytes,
        head: text.into_owned(),
    })
}

fn is_utf8(head: &[u8], mut rest: impl Read) -> io::Result<bool> {
    let mut pending = head.to_vec();
    let mut buffer = vec![0; HEAD];
    loop {
        let valid = Encoding::utf8_valid_up_to(&pending);
        // A character may lie across two chunks: what is merely incomplete is carried over.
        let carried = match std::str::from_utf8(&pending[valid..]) {
            Ok(_) => 0,
            Err(error) if error.error_len().is_none() => pending.len() - valid,
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

fn guess(reader: impl Read) -> io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut reader = reader.take(DETECTOR_LIMIT);
    let mut buffer = vec![0; HEAD];
    loop {
        let count = reader.read(&mut buffer)?;
        detector.feed(&buffer[..count], count == 0);
        if count == 0 {
            break;
        }
    }
    // UserSide is used where Cyrillic is written; the hint decides only where the bytes fit several
    // encodings.
    Ok(detector.guess(Some(b"ua"), Utf8Detection::Deny))
}

impl Scan {
    /// The dialect, with the delimiter found in the first lines of the table unless one was given. The table begins
    /// at this line.
    pub(super) fn dialect(&self, told: Option<u8>, begins: u64) -> Dialect {
        Dialect {
            encoding: self.encoding,
            bom: self.bom,
            delimiter: told.unwrap_or_else(|| delimiter(from_line(&self.head, begins))),
            old_mac: self.head.contains('\r') && !self.head.contains('\n'),
            proven_utf8: self.proven_utf8,
        }
    }
}

/// The text from this line on, counted from 1.
fn from_line(text: &str, line: u64) -> &str {
    let above = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let begins = text.split_inclusive('\n').take(above).map(str::len).sum();
    text.get(begins..).unwrap_or_default()
}

/// The delimiters that are tried; the first wins a tie.
const CANDIDATES: [u8; 4] = [b';', b'\t', b',', b'|'];
/// How many lines are looked at.
const LINES: usize = 50;

/// The candidate that splits the header into most cells; among equals, the one whose rows most often have as
/// many cells as the header. A `;` file with decimal commas may have as many commas, but not in its header.
fn delimiter(head: &str) -> u8 {
    let candidates = CANDIDATES.map(|candidate| {
        let widths = widths(head, candidate);
        let header = widths.first().copied().unwrap_or(0);
        let agreeing = widths.iter().filter(|width| **width == header).count();
        (header, agreeing, candidate)
    });
    let best = candidates.iter().filter(|(header, ..)| *header > 1).fold(
        None,
        |best: Option<&(usize, usize, u8)>, this| match best {
            Some(best) if (best.0, best.1) >= (this.0, this.1) => Some(best),
            _ => Some(this),
        },
    );
    best.map_or(b',', |(.., candidate)| *candidate)
}

fn widths(head: &str, delimiter: u8) -> Vec<usize> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(head.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut widths = Vec::with_capacity(LINES);
    while widths.len() < LINES && matches!(reader.read_byte_record(&mut record), Ok(true)) {
        widths.push(record.len());
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Scan, parse_delimiter, parse_encoding, scan};
    use std::io::{self, Read};

    fn scanned(bytes: &'static [u8]) -> Scan {
        scan(&|| Box::new(bytes) as Box<dyn Read>, None).expect("readable")
    }

    fn dialect(bytes: &'static [u8]) -> Dialect {
        scanned(bytes).dialect(None, 1)
    }

    #[test]
    fn delimiters_are_told_apart_by_header_and_rows() {
        assert_eq!(dialect(b"id,comment\n1,x;y;z\n").delimiter, b',');
        assert_eq!(dialect(b"customer_id;amount;comment\n1;1 234,56;a, b\n").delimiter, b';');
        assert_eq!(dialect(b"id\tname\n1\tA, B; C\n").delimiter, b'\t');
        assert_eq!(dialect(b"id|name\n1|A\n").delimiter, b'|');
        assert_eq!(dialect(b"id\n1\n").delimiter, b',');
        assert_eq!(dialect(b"\"a,b,c\";id\n\"x\";1\n").delimiter, b';');
    }

    #[test]
    fn windows_1251_is_recognised_even_by_one_word() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("id;Примечание\n1;Переезд\n");
        let bytes: &'static [u8] = Box::leak(bytes.into_owned().into_boxed_slice());
        assert_eq!(dialect(bytes).encoding, encoding_rs::WINDOWS_1251);
    }

    #[test]
    fn a_byte_order_mark_decides() {
        let utf8 = dialect(b"\xEF\xBB\xBFid;name\n");
        assert!(utf8.bom && utf8.encoding == encoding_rs::UTF_8);
        let utf16 = dialect(b"\xFF\xFEi\0d\0\t\0n\0\n\0");
        assert_eq!((utf16.encoding, utf16.delimiter), (encoding_rs::UTF_16LE, b'\t'));
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

    #[test]
    fn zero_bytes_are_noticed() {
        assert!(scanned(b"i\0d\0\n\0").has_zero_bytes);
    }

    #[test]
    fn names_of_delimiters_and_encodings() {
        assert_eq!(parse_delimiter("tab"), Ok(b'\t'));
        assert!(parse_delimiter("ab").is_err());
        assert!(parse_encoding("cp1251").is_ok());
        assert!(parse_encoding("cp866").is_ok());
        assert!(parse_encoding("nonsense").is_err());
    }
}
