//! What separates the cells of a text: the character under which the rows agree with the header.

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    /// One of the usual ones, or a comma where there is only one column.
    Usual(u8),
    /// Another one, which is not taken without asking.
    Unusual(u8),
    /// The columns are aligned by blanks.
    Aligned,
}

/// The delimiters that are tried; the first wins a tie.
pub(super) const CANDIDATES: [u8; 4] = [b';', b'\t', b',', b'|'];
/// Those that are named to the user.
const UNUSUAL: &[u8] = b":^~#!\\$*\x01\x02\x03\x04\x05\x06\x07\x1C\x1D\x1E\x1F";
/// How many rows are looked at.
const ROWS: usize = 50;

/// How a text is split by a delimiter.
struct Split {
    delimiter: u8,
    /// The cells of its first row.
    header: usize,
    /// The number of rows after it, and how many have as many cells, or only empty ones besides.
    rows: usize,
    agreeing: usize,
    /// The number of cells that most rows have, and how many do.
    common: (usize, usize),
    /// Whether a blank follows every one of them, as in a sentence.
    is_prose: bool,
}

impl Split {
    fn of(head: &str, delimiter: u8) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(head.as_bytes());
        let mut record = csv::ByteRecord::new();
        let (mut widths, mut header, mut agreeing) = (Vec::with_capacity(ROWS), 0, 0);
        while widths.len() <= ROWS && matches!(reader.read_byte_record(&mut record), Ok(true)) {
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            if widths.is_empty() {
                header = record.len();
            } else if record.len() >= header {
                agreeing += usize::from(record.iter().skip(header).all(|cell| cell.trim_ascii().is_empty()));
            }
            widths.push(record.len());
        }
        let count = |width: usize| widths.iter().filter(|known| **known == width).count();
        let common = widths.iter().map(|width| (count(*width), *width)).max().unwrap_or_default();
        let line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let mut after = line.split(char::from(delimiter)).skip(1).peekable();
        Self {
            delimiter,
            header,
            rows: widths.len().saturating_sub(1),
            agreeing,
            common: (common.1, common.0),
            is_prose: delimiter != b'\t' && after.peek().is_some() && after.all(|cell| cell.starts_with(' ')),
        }
    }

    /// Whether the rows agree with the header.
    fn is_table(&self) -> bool {
        self.header > 1 && self.agreeing * 2 >= self.rows
    }

    fn is_whole_table(&self) -> bool {
        self.header > 1 && self.rows > 0 && self.agreeing == self.rows
    }
}

/// Finds the delimiter: the one that makes a table with the most columns. A `;` file with decimal commas may have as many
/// commas, but not in its header; a header may have more commas than that in brackets, but not its rows.
pub(super) fn find(head: &str) -> Delimiter {
    let splits = CANDIDATES.map(|delimiter| Split::of(head, delimiter));
    let best = |fits: &dyn Fn(&&Split) -> bool| {
        splits.iter().filter(fits).fold(None, |best: Option<&Split>, this| match best {
            Some(best) if (best.header, best.agreeing) >= (this.header, this.agreeing) => Some(best),
            _ => Some(this),
        })
    };
    let table =
        best(&|split| split.is_table() && !split.is_prose).or_else(|| best(&|split| split.is_table()));
    if let Some(table) = table {
        return Delimiter::Usual(table.delimiter);
    }
    if let Some(delimiter) = UNUSUAL.iter().find(|delimiter| is_unusual_table(head, **delimiter)) {
        return Delimiter::Unusual(*delimiter);
    }
    if is_aligned(head) {
        return Delimiter::Aligned;
    }
    let split_header = best(&|split| split.header > 1);
    // Above the table there may be a title, which is not split, or is split by its commas.
    let least = if split_header.is_some() { 2 } else { 3 };
    let below = splits.iter().filter(|split| split.common.0 >= least && split.common.1 * 2 > split.rows);
    let below = below.max_by_key(|split| (split.common.1, split.common.0));
    below.or(split_header).map_or(Delimiter::Usual(b','), |split| Delimiter::Usual(split.delimiter))
}

/// Whether every row agrees with the header under such a delimiter. No blank follows it in the header.
fn is_unusual_table(head: &str, delimiter: u8) -> bool {
    head.contains(char::from(delimiter)) && {
        let split = Split::of(head, delimiter);
        let line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let names_columns =
            line.split(char::from(delimiter)).all(|name| !name.is_empty() && name.trim() == name);
        split.is_whole_table() && names_columns
    }
}

/// Whether columns stand below their names, with blanks between them; or single blanks separate names of parameters.
fn is_aligned(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty()).take(ROWS);
    let Some(header) = lines.next() else { return false };
    if header.contains('\t') {
        return false;
    }
    let by_two = |line: &str| line.trim().split("  ").filter(|cell| !cell.trim().is_empty()).count();
    let by_one = |line: &str| line.split_whitespace().count();
    let is_name =
        |word: &str| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let names = header.split_whitespace().all(is_name);
    let rows: Vec<&str> = lines.collect();
    let all = |least: usize, cells: &dyn Fn(&str) -> usize| {
        !rows.is_empty() && least > 1 && rows.iter().all(|row| cells(row) >= least)
    };
    all(by_two(header), &by_two) || names && by_one(header) > 2 && all(by_one(header), &by_one)
}

/// The delimiter that a first line such as `sep=;` names.
pub(super) fn named(line: &str) -> Option<u8> {
    let line = line.trim_end_matches('\r');
    let bare = line.trim_end_matches([',', ';']).trim_matches('"');
    let line = if bare.len() > "sep=".len() { bare } else { line.trim_matches('"') };
    let (key, value) = line.split_once('=')?;
    if !key.trim().eq_ignore_ascii_case("sep") {
        return None;
    }
    match value.as_bytes() {
        b"\\t" => Some(b'\t'),
        [one, rest @ ..] if one.is_ascii() && !one.is_ascii_alphanumeric() => {
            (*one != b'"' && rest.iter().all(|b| matches!(b, b'"' | b',' | b';') || b == one)).then_some(*one)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Delimiter, find};

    #[test]
    fn delimiters_are_told_apart_by_header_and_rows() {
        let table: &[(&str, u8)] = &[
            ("id,comment\n1,x;y;z\n", b','),
            ("customer_id;amount;comment\n1;1 234,56;a, b\n", b';'),
            ("id\tname\n1\tA, B; C\n", b'\t'),
            ("id|name\n1|A\n", b'|'),
            ("id\tname\tlogin\t\n1\tA\ta\n2\tB\tb\n", b'\t'),
            ("id\tlogin\tname\n1\ta\tA\tB\tC\n", b'\t'),
            ("id\n1\n", b','),
            ("\"a,b,c\";id\n\"x\";1\n", b';'),
            ("id;comment\n1;\"a, b, c, d\"\n2;e, f, g\n", b';'),
            // Commas in brackets outnumber the delimiters of the header.
            ("id;ПІБ;Телефон (дом., роб., моб.);Адреса (місто, буд.)\n1;a;2;Київ\n2;b;3;Львів\n", b';'),
            ("id;Адреса (місто, вулиця, буд.)\n1;Київ, Садова, 5\n2;Львів, Нова, 6\n", b';'),
            ("id, name, comment\n1, x, y\n", b','),
            ("id,\"name; x\",b\n1,2,3\n", b','),
            // A header alone, and rows of another length.
            ("id;name\n", b';'),
            ("id,name,comment\n1,a\n2,b\n3,c\n", b','),
            ("id;name;comment\n1;a;x;\n2;b;y;\n", b';'),
            // A title above the table, with commas and without.
            ("Звіт, березень 2024\n\nid;name;comment\n1;a;b\n2;c;d\n", b';'),
            ("Звіт\nid;name;comment\n1;a;b\n2;c;d\n", b';'),
            (
                " id |     name     | login \n----+-----+---\n  1 | Гнатюк | gna\n 2 | Мороз | mor\n(2 rows)\n",
                b'|',
            ),
            // One column, whatever is in it.
            ("comment\na; b\nc; d\n", b','),
            ("Час: початок\n10:30\n11:40\n", b','),
            ("Номер договору\n1001\n1002\n", b','),
            ("Прізвище імʼя\nМороз Ігор\n", b','),
            ("", b','),
        ];
        for (head, delimiter) in table {
            assert_eq!(find(head), Delimiter::Usual(*delimiter), "{head}");
        }
    }

    #[test]
    fn other_delimiters_are_named() {
        assert_eq!(find("id:name:comment\n1001:Гнатюк, Олена:ok\n"), Delimiter::Unusual(b':'));
        assert_eq!(find("id^name^a, b\n1001^Гнатюк^ok\n"), Delimiter::Unusual(b'^'));
        assert_eq!(find("id~name\n1001~Гнатюк\n"), Delimiter::Unusual(b'~'));
        assert_eq!(
            find("id    name          comment\n1001  Гнатюк Олена  ok\n1002  Мороз Ігор    ok\n"),
            Delimiter::Aligned
        );
        assert_eq!(find("id name comment\n1001 Гнатюк ok\n"), Delimiter::Aligned);
    }
}
