//! How a text file is written: its encoding and its delimiter, detected or given.

use super::delimiter::{self, Delimiter};
use super::encoding::TextEncoding;
use super::scan::Scan;

/// How a text file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Its encoding.
    pub encoding: TextEncoding,
    /// Whether it begins with a byte order mark.
    pub bom: bool,
    /// The byte between its cells.
    pub delimiter: u8,
    /// Whether its lines end in a lone `\r`.
    pub(super) old_mac: bool,
    /// The line before which nothing belongs to the table: 2 where the first one names the delimiter.
    pub(super) begins: u64,
}

impl Dialect {
    /// How this program writes its own files.
    pub const OWN: Self =
        Self { encoding: TextEncoding::UTF8, bom: false, delimiter: b',', old_mac: false, begins: 1 };

    /// Whether a file like this may have come from or through a spreadsheet: it is not as plain exports are.
    pub(super) fn is_for_spreadsheets(&self) -> bool {
        self.bom || self.delimiter != Self::OWN.delimiter || self.encoding != Self::OWN.encoding
    }

    /// The delimiter's name for people.
    pub fn delimiter_name(&self) -> String {
        delimiter_name(self.delimiter)
    }
}

/// A delimiter's name for people.
pub(super) fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_owned(),
        control if control.is_ascii_control() => format!("the byte 0x{control:02X}"),
        other => format!("'{}'", char::from(other)),
    }
}

/// A delimiter as it is typed after `--delimiter`.
pub(super) fn delimiter_option(delimiter: u8) -> String {
    if delimiter.is_ascii_control() {
        format!("$'\\x{delimiter:02x}'")
    } else {
        format!("'{}'", char::from(delimiter))
    }
}

/// The part of the dialect that the user gave; the rest is detected.
#[derive(Debug, Clone, Copy, Default)]
pub struct DialectChoice {
    /// `--delimiter`.
    pub delimiter: Option<u8>,
    /// `--encoding`.
    pub encoding: Option<TextEncoding>,
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

/// The dialect of a file, with the delimiter found in the first lines of the table unless one was given. The table begins
/// at this line. What is not one of the usual delimiters is an error.
pub(super) fn of(scan: &Scan, told: Option<u8>, begins: u64) -> Result<Dialect, Delimiter> {
    let old_mac = scan.head.contains('\r') && !scan.head.contains('\n');
    let head = if old_mac { scan.head.replace('\r', "\n") } else { scan.head.clone() };
    let named = delimiter::named(head.lines().next().unwrap_or_default());
    let begins = begins.max(if named.is_some() { 2 } else { 1 });
    let delimiter = match told.or(named) {
        Some(delimiter) => delimiter,
        None => match delimiter::find(from_line(&head, begins)) {
            Delimiter::Usual(delimiter) => delimiter,
            other => return Err(other),
        },
    };
    Ok(Dialect { encoding: scan.encoding, bom: scan.bom, delimiter, old_mac, begins })
}

/// The text from this line on, counted from 1.
fn from_line(text: &str, line: u64) -> &str {
    let above = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let begins = text.split_inclusive('\n').take(above).map(str::len).sum();
    text.get(begins..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Dialect, of, parse_delimiter};
    use crate::reading::encoding::TextEncoding;
    use crate::reading::scan::Scan;

    fn dialect(head: &str, told: Option<u8>) -> Dialect {
        let scan = Scan { encoding: TextEncoding::UTF8, bom: false, head: head.to_owned() };
        of(&scan, told, 1).expect("a usual delimiter")
    }

    #[test]
    fn a_line_that_names_the_delimiter_is_obeyed_and_is_not_in_the_table() {
        for line in ["sep=;", "SEP=;", "\"sep=;\"", "sep=;;;;"] {
            let found = dialect(&format!("{line}\r\nid,x;name\r\n"), None);
            assert_eq!((found.delimiter, found.begins), (b';', 2), "{line}");
        }
        assert_eq!(dialect("sep=\t\nid,x\tname\n", None).delimiter, b'\t');
        assert_eq!(dialect("sep=\\t\nid,x\tname\n", None).delimiter, b'\t');
        assert_eq!(dialect("sep=,\nid;name\n", Some(b';')).delimiter, b';');
        assert_eq!(dialect("sep=;\rid;name\r", None).begins, 2);
        assert_eq!(dialect("separator;name\n1;2\n", None).begins, 1);
    }

    #[test]
    fn names_of_delimiters() {
        assert_eq!(parse_delimiter("tab"), Ok(b'\t'));
        assert!(parse_delimiter("ab").is_err());
    }
}
