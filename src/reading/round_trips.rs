//! Tables that are written in any way come back as they were, or are refused; of damaged ones, what is not damaged.

use std::io::Write;

use encoding_rs::{KOI8_U, UTF_16LE, WINDOWS_1251, X_MAC_CYRILLIC};
use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::{Input, Row, Source, TableChoice};
use crate::reading::encoding::TextEncoding;

/// How a test writes a table.
#[derive(Debug, Clone)]
struct WrittenAs {
    delimiter: char,
    always_quoted: bool,
    line_end: &'static str,
    sep_line: bool,
    bytes: Bytes,
}

#[derive(Debug, Clone, Copy)]
enum Bytes {
    Utf8,
    Utf8WithMark,
    Utf16,
    Utf16WithMark,
    Page(TextEncoding),
}

type TestCells = Vec<String>;

fn styles() -> impl Strategy<Value = WrittenAs> {
    let pages = [WINDOWS_1251, KOI8_U, X_MAC_CYRILLIC].map(TextEncoding::Standard);
    let pages = pages.into_iter().chain([TextEncoding::UkrainianDos]).map(Bytes::Page);
    let bytes = [Bytes::Utf8, Bytes::Utf8WithMark, Bytes::Utf16, Bytes::Utf16WithMark];
    let bytes: Vec<Bytes> = bytes.into_iter().chain(pages).collect();
    (
        prop::sample::select(vec![';', '\t', ',', '|']),
        any::<bool>(),
        prop::sample::select(vec!["\n", "\r\n"]),
        any::<bool>(),
        prop::sample::select(bytes),
    )
        .prop_map(|(delimiter, always_quoted, line_end, sep_line, bytes)| WrittenAs {
            delimiter,
            always_quoted,
            line_end,
            sep_line,
            bytes,
        })
}

/// Words that people write, and what stands between them.
fn cells(breaks: bool) -> impl Strategy<Value = String> {
    let words = [
        "Гнатюк",
        "Олена",
        "вул.",
        "Садова",
        "Їжак",
        "ok",
        "12",
        "3,5",
        "",
        "Мороз Ігор",
        "ТОВ \"Мальва\"",
        "\"",
    ];
    let between = if breaks { " ;,\t|\n\"" } else { " ;,\t|\"" };
    let between: Vec<char> = between.chars().collect();
    let part = (prop::sample::select(words.to_vec()), prop::sample::select(between));
    prop::collection::vec(part, 0..4)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, after)| word.chars().chain([after])).collect())
}

fn rows(breaks: bool) -> impl Strategy<Value = Vec<TestCells>> {
    prop::collection::vec(prop::collection::vec(cells(breaks), 3), 1..12)
}

fn line(cells: &[String], style: &WrittenAs) -> String {
    let special = |c: char| matches!(c, '"' | '\n' | '\r') || c == style.delimiter;
    let written = |cell: &String| {
        if style.always_quoted || cell.contains(special) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    cells.iter().map(written).collect::<Vec<_>>().join(&style.delimiter.to_string())
}

fn lines(rows: &[TestCells], style: &WrittenAs) -> Vec<String> {
    let header = ["id", "name", "comment"].map(str::to_owned);
    let sep = style.sep_line.then(|| format!("sep={}", style.delimiter));
    sep.into_iter().chain([line(&header, style)]).chain(rows.iter().map(|row| line(row, style))).collect()
}

fn bytes(lines: &[String], style: &WrittenAs) -> Vec<u8> {
    let text: String = lines.iter().flat_map(|line| [line, style.line_end]).collect();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    match style.bytes {
        Bytes::Utf8 => text.into_bytes(),
        Bytes::Utf8WithMark => format!("\u{FEFF}{text}").into_bytes(),
        Bytes::Utf16 => utf16(&text),
        Bytes::Utf16WithMark => utf16(&format!("\u{FEFF}{text}")),
        Bytes::Page(encoding) => {
            let table = encoding.table();
            let byte =
                |c: char| table.iter().position(|known| *known == c).and_then(|at| u8::try_from(at).ok());
            text.chars().filter_map(byte).collect()
        }
    }
}

/// The rows that are trusted, and how many are not; none where the file is refused.
fn read(bytes: &[u8]) -> Option<(Vec<TestCells>, usize)> {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).and_then(|()| file.flush()).expect("written");
    let input = Input::File(file.path().to_owned());
    let (header, mut records) = Source::open(&input, &TableChoice::default(), std::io::empty())
        .and_then(|source| source.records())
        .ok()?;
    if header != ["id", "name", "comment"] {
        // The columns would be unknown.
        return None;
    }
    let (mut row, mut trusted, mut refused) = (Row::default(), Vec::new(), 0);
    while records.read(&mut row).expect("readable") {
        // A longer row is refused when it is checked.
        if row.flaws().is_empty() && row.len() <= header.len() {
            trusted.push(row.cells().map(str::to_owned).collect());
        } else {
            refused += 1;
        }
    }
    Some((trusted, refused))
}

fn filled(rows: &[TestCells]) -> Vec<TestCells> {
    rows.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).cloned().collect()
}

/// Whether these are some of those, in the same order.
fn are_among(some: &[TestCells], all: &[TestCells]) -> bool {
    let mut all = all.iter();
    some.iter().all(|row| all.any(|known| known == row))
}

/// What a line is where nothing stands around it.
fn alone(line: &str, style: &WrittenAs) -> Option<TestCells> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(u8::try_from(style.delimiter).ok()?)
        .from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

proptest! {
    #[test]
    fn what_is_written_in_any_way_comes_back_or_is_refused(rows in rows(true), style in styles()) {
        if let Some((trusted, refused)) = read(&bytes(&lines(&rows, &style), &style)) {
            let rows = filled(&rows);
            prop_assert!(are_among(&trusted, &rows), "{trusted:?} of {rows:?}");
            prop_assert_eq!(trusted.len() + refused, rows.len());
        }
    }

    /// A byte that is no part of a letter costs its own row; a cut line or a lost cell changes no other row.
    #[test]
    fn damage_stays_in_its_row(rows in rows(false), style in styles(), at in any::<prop::sample::Index>(), kind in 0..3) {
        let style = WrittenAs { bytes: Bytes::Utf8, sep_line: false, ..style };
        let mut rows = filled(&rows);
        rows.extend((0..3).map(|id| [id.to_string(), "Мороз Ігор".to_owned(), "Гнатюк Олена".to_owned()].to_vec()));
        let damaged = at.index(rows.len());
        let mut written = lines(&rows, &style);
        let broken = match kind {
            0 => {
                let mut text = bytes(&written, &style);
                let begins: usize = written[..=damaged].iter().map(|line| line.len() + style.line_end.len()).sum();
                let is_quoted = text.get(begins) == Some(&b'"');
                text.insert(begins + usize::from(is_quoted), 0xFF);
                let (trusted, refused) = read(&text).expect("it is UTF-8");
                rows.remove(damaged);
                prop_assert_eq!((trusted, refused), (rows, 1));
                return Ok(());
            }
            1 => rows[damaged][..2].to_vec(),
            _ => rows[damaged][..1].to_vec(),
        };
        written[damaged + 1] = line(&broken, &style);
        let (trusted, refused) = read(&bytes(&written, &style)).expect("readable");
        rows[damaged] = broken;
        prop_assert_eq!((trusted, refused), (filled(&rows), 0));
    }

    /// After one mark too many, every row that is trusted is one that was written, or the damaged line by itself; the rows before the damaged one are all there.
    #[test]
    fn a_mark_too_many_makes_no_other_row(rows in rows(false), style in styles(), at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>()) {
        let style = WrittenAs { bytes: Bytes::Utf8, sep_line: false, ..style };
        let mut rows = filled(&rows);
        rows.push(["7", "Мороз Ігор", "Гнатюк Олена"].map(str::to_owned).to_vec());
        let damaged = at.index(rows.len());
        let mut written = lines(&rows, &style);
        let text = &mut written[damaged + 1];
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        text.insert(places[place.index(places.len())], '"');
        let Some((trusted, _)) = read(&bytes(&written, &style)) else { return Ok(()) };
        let bare = |row: &TestCells| row.iter().map(|cell| cell.replace('"', "")).collect::<TestCells>();
        // A line with the mark may keep the rule by itself, with other cells than were meant.
        let formally = alone(&written[damaged + 1], &style);
        let known = |row: &TestCells| rows.contains(row) || bare(row) == bare(&rows[damaged]) || Some(row) == formally.as_ref();
        prop_assert!(trusted.iter().all(known), "{trusted:?} of {rows:?}, damaged {damaged}: {written:?}");
        prop_assert_eq!(&trusted[..damaged], &rows[..damaged]);
    }
}

#[test]
fn the_encodings_of_the_tests_are_those_that_are_recognised() {
    let rows = vec![["1", "Гнатюк Олена", "вул. Садова"].map(str::to_owned).to_vec()];
    for encoding in [TextEncoding::Standard(UTF_16LE), TextEncoding::Standard(WINDOWS_1251)] {
        let bytes_of =
            if encoding == TextEncoding::Standard(UTF_16LE) { Bytes::Utf16 } else { Bytes::Page(encoding) };
        let style = WrittenAs {
            delimiter: ';',
            always_quoted: false,
            line_end: "\n",
            sep_line: true,
            bytes: bytes_of,
        };
        assert_eq!(read(&bytes(&lines(&rows, &style), &style)), Some((rows.clone(), 0)));
    }
}
