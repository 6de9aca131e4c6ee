//! What the first bytes of a file say that it is, whatever its name says.

use std::io::{self, Read};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// Text, or what looks like it.
    Text,
    /// A zip archive: a workbook, or something else.
    Archive,
    /// An OLE file, as Office wrote them before 2007: a workbook, or something else.
    Compound,
    /// Something that holds no table that is read.
    Other(Unreadable),
}

/// A kind of file that is not read: what it is, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    what: &'static str,
    advice: &'static str,
}

const UNPACK: &str = "unpack it, and name the file that is in it";
const SAVE: &str = "open it in a spreadsheet program, and save it as .xlsx or as CSV";
const COPY: &str = "copy the table into a spreadsheet program, and save it as .xlsx or as CSV";
const CONVERT: &str = "convert it to CSV";
const EXPORT: &str = "export the table as CSV";

const GZIP: Unreadable = Unreadable { what: "compressed (gzip)", advice: UNPACK };
const BZIP2: Unreadable = Unreadable { what: "compressed (bzip2)", advice: UNPACK };
const XZ: Unreadable = Unreadable { what: "compressed (xz)", advice: UNPACK };
const ZSTD: Unreadable = Unreadable { what: "compressed (zstd)", advice: UNPACK };
const SEVEN_ZIP: Unreadable = Unreadable { what: "an archive (7z)", advice: UNPACK };
const RAR: Unreadable = Unreadable { what: "an archive (RAR)", advice: UNPACK };
const PDF: Unreadable = Unreadable { what: "a PDF document", advice: COPY };
const RTF: Unreadable = Unreadable { what: "a text document (RTF)", advice: COPY };
const SQLITE: Unreadable = Unreadable { what: "an SQLite database", advice: EXPORT };
const ACCESS: Unreadable = Unreadable { what: "an Access database", advice: EXPORT };
const DBASE: Unreadable = Unreadable { what: "a dBASE table (.dbf)", advice: SAVE };
const PARQUET: Unreadable = Unreadable { what: "a Parquet file", advice: CONVERT };
const IMAGE: Unreadable = Unreadable { what: "an image", advice: "a table can't be read from an image" };
const OLD_EXCEL: Unreadable = Unreadable { what: "a workbook of Excel 4 or older", advice: SAVE };
const WEB_PAGE: Unreadable = Unreadable { what: "a web page (HTML)", advice: SAVE };
const WEB_ARCHIVE: Unreadable = Unreadable { what: "a web page with its images (MHTML)", advice: SAVE };
const XML_TABLE: Unreadable = Unreadable { what: "an XML spreadsheet of Excel 2003", advice: SAVE };
const XML_ODS: Unreadable =
    Unreadable { what: "an OpenDocument spreadsheet in one XML file (.fods)", advice: SAVE };
const XML: Unreadable = Unreadable { what: "XML", advice: CONVERT };
const JSON: Unreadable = Unreadable { what: "JSON", advice: CONVERT };
const SQL: Unreadable = Unreadable { what: "a dump of a database (SQL)", advice: EXPORT };
const SYLK: Unreadable = Unreadable { what: "a SYLK file", advice: SAVE };
const DIF: Unreadable = Unreadable { what: "a DIF file", advice: SAVE };
const CARDS: Unreadable = Unreadable { what: "a list of contacts (vCard)", advice: CONVERT };
pub(super) const WORD: Unreadable = Unreadable { what: "a Word document", advice: COPY };
pub(super) const SLIDES: Unreadable = Unreadable { what: "a PowerPoint presentation", advice: COPY };
pub(super) const TEXT_DOCUMENT: Unreadable = Unreadable { what: "an OpenDocument text", advice: COPY };
pub(super) const NUMBERS: Unreadable =
    Unreadable { what: "a workbook of Apple Numbers", advice: "export it from Numbers as .xlsx or as CSV" };
pub(super) const ZIP: Unreadable = Unreadable { what: "a zip archive without a workbook", advice: UNPACK };
pub(super) const OFFICE: Unreadable =
    Unreadable { what: "a file of an old Office program, but not a workbook", advice: SAVE };

/// What stands at the very beginning of files that are not text.
const MAGIC: &[(&[u8], FileKind)] = &[
    (b"PK\x03\x04", FileKind::Archive),
    (b"PK\x05\x06", FileKind::Archive),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FileKind::Compound),
    (b"\x1F\x8B", FileKind::Other(GZIP)),
    (b"BZh", FileKind::Other(BZIP2)),
    (b"\xFD7zXZ\x00", FileKind::Other(XZ)),
    (b"\x28\xB5\x2F\xFD", FileKind::Other(ZSTD)),
    (b"7z\xBC\xAF\x27\x1C", FileKind::Other(SEVEN_ZIP)),
    (b"Rar!\x1A\x07", FileKind::Other(RAR)),
    (b"%PDF-", FileKind::Other(PDF)),
    (b"{\\rtf", FileKind::Other(RTF)),
    (b"SQLite format 3\x00", FileKind::Other(SQLITE)),
    (b"\x00\x01\x00\x00Standard ", FileKind::Other(ACCESS)),
    (b"PAR1", FileKind::Other(PARQUET)),
    (b"\x89PNG\r\n", FileKind::Other(IMAGE)),
    (b"\xFF\xD8\xFF", FileKind::Other(IMAGE)),
    (b"GIF8", FileKind::Other(IMAGE)),
    (b"\x09\x00\x04\x00", FileKind::Other(OLD_EXCEL)),
    (b"\x09\x02\x06\x00", FileKind::Other(OLD_EXCEL)),
    (b"\x09\x04\x06\x00", FileKind::Other(OLD_EXCEL)),
    (b"\x09\x08\x08\x00", FileKind::Other(OLD_EXCEL)),
    (b"\x09\x08\x10\x00", FileKind::Other(OLD_EXCEL)),
];

/// How much of a file is looked at.
const LOOK: u64 = 4096;

impl FileKind {
    /// What a file is.
    pub(super) fn of(file: impl Read) -> io::Result<Self> {
        let mut start = Vec::with_capacity(4096);
        file.take(LOOK).read_to_end(&mut start)?;
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Ok(*kind);
        }
        if is_dbase(&start) {
            return Ok(Self::Other(DBASE));
        }
        // UTF-16 without its zeros is good enough to recognise tags by.
        let text: String = String::from_utf8_lossy(&start).chars().filter(|c| *c != '\0').collect();
        let text = text.trim_start_matches(['\u{FEFF}', '\u{FFFD}']).trim_start();
        Ok(of_text(text).map_or(Self::Text, Self::Other))
    }
}

fn is_dbase(start: &[u8]) -> bool {
    let [version, _, month, day, _, _, _, _, low, high, ..] = start else { return false };
    let header = u16::from_le_bytes([*low, *high]);
    matches!(version, 0x03 | 0x30 | 0x31 | 0x43 | 0x83 | 0x8B | 0xF5)
        && (1..=12).contains(month)
        && (1..=31).contains(day)
        && matches!(header % 32, 1 | 8)
        && header > 32
        && start.get(12..14) == Some(&[0, 0])
}

fn of_text(text: &str) -> Option<Unreadable> {
    let lower = text.to_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| lower.starts_with(start));
    if begins(&["<"]) {
        return of_tags(&lower);
    }
    if begins(&["{", "["]) {
        return is_json(text).then_some(JSON);
    }
    let second = text.lines().nth(1).unwrap_or_default();
    if text.starts_with("ID;P")
        && ["P;", "F;", "B;", "C;", "O;", "D;"].iter().any(|kind| second.starts_with(kind))
    {
        return Some(SYLK);
    }
    if text.starts_with("TABLE") && second.starts_with("0,1") {
        return Some(DIF);
    }
    if begins(&["begin:vcard"]) {
        return Some(CARDS);
    }
    if begins(&["mime-version:", "from: <saved by"]) {
        return Some(WEB_ARCHIVE);
    }
    let dump = [
        "-- mysql dump",
        "-- mariadb dump",
        "-- phpmyadmin",
        "--\n-- postgresql",
        "insert into ",
        "create table ",
        "/*!40",
    ];
    begins(&dump).then_some(SQL)
}

fn of_tags(lower: &str) -> Option<Unreadable> {
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["urn:schemas-microsoft-com:office:spreadsheet", "mso-application progid=\"excel.sheet\""]) {
        return Some(XML_TABLE);
    }
    if has(&["office:document "]) && has(&["opendocument.spreadsheet"]) {
        return Some(XML_ODS);
    }
    let tags = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<table",
        "<meta",
        "<style",
        "<script",
        "<div",
        "<title",
    ];
    if has(&tags) {
        return Some(WEB_PAGE);
    }
    ["<?xml", "<!doctype", "<!--"].iter().any(|start| lower.starts_with(start)).then_some(XML)
}

/// `{"` and `[{` begin no table of text.
fn is_json(text: &str) -> bool {
    let mut signs = text.chars().filter(|c| !c.is_whitespace());
    matches!(
        (signs.next(), signs.next()),
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | '"' | ']'))
    )
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, which is not read; {}", self.what, self.advice)
    }
}

#[cfg(test)]
mod tests {
    use super::{DBASE, FileKind, JSON, SQL, SYLK, Unreadable, WEB_PAGE, XML, XML_TABLE};

    fn of(content: &[u8]) -> FileKind {
        FileKind::of(content).expect("readable")
    }

    #[track_caller]
    fn is(content: &[u8], what: Unreadable) {
        assert_eq!(of(content), FileKind::Other(what), "{}", String::from_utf8_lossy(content));
    }

    #[test]
    fn what_is_inside_counts() {
        is(b"\xEF\xBB\xBF  <HTML><body>", WEB_PAGE);
        let utf16: Vec<u8> = "\u{FEFF}<table>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        is(&utf16, WEB_PAGE);
        is(b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook>", XML_TABLE);
        is(b"<?xml version=\"1.0\"?><customers/>", XML);
        is(b"[{\"id\": 1}]", JSON);
        is(b"{\n  \"Data\": {}", JSON);
        is(b"INSERT INTO customers VALUES (1);", SQL);
        is(b"ID;PWXL;N;E\nP;PGeneral\n", SYLK);
        let mut table = vec![0x03, 124, 5, 12, 1, 0, 0, 0, 0x61, 0, 10, 0, 0, 0];
        table.extend([0; 100]);
        is(&table, DBASE);
    }

    #[test]
    fn tables_of_text_stay_text() {
        for text in [
            "id;name\n1;x",
            "ID;Phone\n1;067",
            "[id];[name]\n1;x",
            "{id},name",
            "<b>;name",
            "",
            "BZ;name",
            "TABLE;x\n1;2",
            "{1},2",
            "\"id\";\"name\"",
        ] {
            assert_eq!(of(text.as_bytes()), FileKind::Text, "{text}");
        }
    }
}
