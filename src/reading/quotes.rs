//! Splits the lines of a row that holds quotation marks, and finds the marks that break the rule: a cell that begins
//! with one ends with one, marks inside it are written twice, and only blanks stand between the closing one and the
//! delimiter. A mark inside a cell that does not begin with one is text.

use memchr::{memchr, memchr_iter, memchr2, memmem};

use super::flaw::FlawKind;

/// Splits rows, one after the other. Its memory is reused.
#[derive(Debug)]
pub(super) struct QuoteSplitter {
    delimiter: u8,
    cells: Vec<CellSpan>,
    at: usize,
    open: Option<OpenQuote>,
    flaw: Option<FlawKind>,
    unpaired: bool,
    /// Whether such a mark opens something.
    torn: bool,
}

/// Where a cell is in the bytes of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellSpan {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether marks are written twice in it.
    pub(super) has_doubled: bool,
    /// The lines where it begins and ends.
    lines: (u64, u64),
}

/// A cell whose closing mark is not found yet.
#[derive(Debug, Clone, Copy)]
struct OpenQuote {
    /// The first byte after the mark.
    start: usize,
    line: u64,
    has_doubled: bool,
}

/// Where a row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowEnd {
    /// The row ends with the line.
    Found,
    /// A cell goes on in the next line.
    Below,
}

impl QuoteSplitter {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, cells: Vec::new(), at: 0, open: None, flaw: None, unpaired: false, torn: false }
    }

    /// Forgets the row before.
    pub(super) fn begin(&mut self) {
        self.cells.clear();
        (self.at, self.open, self.flaw) = (0, None, None);
        (self.unpaired, self.torn) = (false, false);
    }

    /// Goes on to the end of a line. `row` is all that has been read of the row, `line` the number of its last line.
    pub(super) fn split(&mut self, row: &[u8], line: u64) -> RowEnd {
        loop {
            let goes_on = match self.open {
                Some(open) => match self.find_closing(row, open) {
                    Some(place) => self.close(row, open, place, line),
                    None if self.flaw.is_none() => return RowEnd::Below,
                    // In a row that can't be trusted no further line is swallowed.
                    None => self.take_plain(row, open.start - 1, line),
                },
                None => self.begin_cell(row, line),
            };
            if !goes_on {
                return RowEnd::Found;
            }
        }
    }

    /// The input ends inside a cell.
    pub(super) fn end_open(&mut self, row: &[u8], line: u64) {
        if let Some(open) = self.open.take() {
            let kind = told_by_backslash(&row[open.start..]);
            self.flaw = Some(kind.unwrap_or(FlawKind::UnclosedQuote { first: open.line, last: line }));
            self.push(open.start - 1, row.len(), false, (open.line, line));
        }
    }

    pub(super) fn cells(&self) -> &[CellSpan] {
        &self.cells
    }

    /// Whether a cell that does not begin with a mark holds one without its pair.
    pub(super) fn has_unpaired(&self) -> bool {
        self.unpaired
    }

    /// What is wrong with the row, which has the place of a row of `width` cells; 0 where that is not known yet.
    pub(super) fn flaw(&self, row: &[u8], width: usize) -> Option<FlawKind> {
        self.flaw.or_else(|| {
            // A program that puts a cell of several lines in marks does so with a cell that holds a mark.
            let spans = |place: usize| self.unpaired && self.cells[place].lines.0 < self.cells[place].lines.1;
            let looks = |place: &usize| spans(*place) || self.looks_like_rows(row, *place, width);
            let place = (0..self.cells.len()).find(looks)?;
            let (first, last) = self.cells[place].lines;
            Some(FlawKind::RowsInCell { first, last })
        })
    }

    /// Takes the next cell, or opens it; whether the row goes on.
    fn begin_cell(&mut self, row: &[u8], line: u64) -> bool {
        let mark = self.after_blanks(row, self.at);
        if row.get(mark) != Some(&b'"') {
            return self.take_plain(row, self.at, line);
        }
        let open = OpenQuote { start: mark + 1, line, has_doubled: false };
        if mark == self.at {
            self.at = open.start;
            self.open = Some(open);
            return true;
        }
        self.take_after_blank(row, open)
    }

    /// Takes a cell that begins with blanks and a mark. It is a cell in marks if they are the whole of it, and text if
    /// no delimiter depends on them; else nobody can say.
    fn take_after_blank(&mut self, row: &[u8], open: OpenQuote) -> bool {
        let before = self.at;
        self.at = open.start;
        self.open = Some(open);
        let closing = self.find_closing(row, open);
        let doubled = self.open.take().is_some_and(|open| open.has_doubled);
        if let Some(closing) = closing {
            let after = self.after_blanks(row, closing + 1);
            if self.ends_cell(row, after) {
                self.push(open.start, closing, doubled, (open.line, open.line));
                return self.pass(row, after);
            }
        }
        let delimiter = memchr(self.delimiter, &row[open.start..]).map_or(row.len(), |at| open.start + at);
        if closing.is_none_or(|closing| closing > delimiter) {
            self.flaw.get_or_insert(FlawKind::BlankBeforeQuote);
        }
        self.take_plain(row, before, open.line)
    }

    /// The mark that closes a cell. Marks that are written twice are passed over.
    fn find_closing(&mut self, row: &[u8], open: OpenQuote) -> Option<usize> {
        let mut has_doubled = open.has_doubled;
        let mut at = self.at;
        let found = loop {
            let Some(place) = row.get(at..).and_then(|rest| memchr(b'"', rest)) else { break None };
            let place = at + place;
            if row.get(place + 1) != Some(&b'"') {
                break Some(place);
            }
            has_doubled = true;
            at = place + 2;
        };
        self.at = row.len();
        self.open = Some(OpenQuote { has_doubled, ..open });
        found
    }

    /// Closes the cell at a mark; whether the row goes on.
    fn close(&mut self, row: &[u8], open: OpenQuote, place: usize, line: u64) -> bool {
        let has_doubled = self.open.take().is_some_and(|open| open.has_doubled);
        let after = self.after_blanks(row, place + 1);
        if self.ends_cell(row, after) {
            self.push(open.start, place, has_doubled, (open.line, line));
            return self.pass(row, after);
        }
        let stray = FlawKind::StrayQuote { opened: open.line, closed: line };
        let kind = told_by_backslash(&row[open.start..=place]).unwrap_or(stray);
        self.flaw.get_or_insert(kind);
        let end = memchr(self.delimiter, &row[after..]).map_or(row.len(), |at| after + at);
        self.push(open.start - 1, end, false, (open.line, line));
        self.pass(row, end)
    }

    /// Takes a cell as it stands, up to the delimiter or the end of the line; whether the row goes on.
    fn take_plain(&mut self, row: &[u8], start: usize, line: u64) -> bool {
        self.open = None;
        // Most cells have no mark before the delimiter.
        match memchr2(self.delimiter, b'"', &row[start..]) {
            Some(at) if row[start + at] == self.delimiter => {
                self.push(start, start + at, false, (line, line));
                return self.pass(row, start + at);
            }
            _ => {}
        }
        let end = memchr(self.delimiter, &row[start..]).map(|at| start + at);
        let text = &row[start..end.unwrap_or(row.len())];
        let text = if end.is_none() { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
        let marks = memchr_iter(b'"', text).count();
        if marks % 2 == 1 {
            self.unpaired = true;
            self.find_torn(text, line);
        }
        if marks > 0 && memmem::find(text, b"\\\"").is_some() {
            self.flaw.get_or_insert(FlawKind::BackslashQuote);
        }
        self.push(start, start + text.len(), false, (line, line));
        self.pass(row, end.unwrap_or(row.len()))
    }

    /// One cell opens marks in its text and a later one closes them: the delimiter between them may be text.
    fn find_torn(&mut self, text: &[u8], line: u64) {
        let last = text.iter().rposition(|byte| *byte == b'"').unwrap_or(0);
        let opens = text
            .get(last + 1)
            .is_some_and(|next| !next.is_ascii_whitespace() && !next.is_ascii_punctuation());
        if opens {
            self.torn = true;
        } else if self.torn && last + 1 == text.trim_ascii_end().len() {
            self.flaw.get_or_insert(FlawKind::TornMarks { line });
        }
    }

    /// Goes on after a cell; whether there is another one.
    fn pass(&mut self, row: &[u8], end: usize) -> bool {
        self.at = end + 1;
        row.get(end) == Some(&self.delimiter)
    }

    fn push(&mut self, start: usize, end: usize, has_doubled: bool, lines: (u64, u64)) {
        self.cells.push(CellSpan { start, end, has_doubled, lines });
    }

    fn ends_cell(&self, row: &[u8], at: usize) -> bool {
        at >= row.len() || row[at] == self.delimiter || row[at..] == *b"\r"
    }

    fn after_blanks(&self, row: &[u8], mut at: usize) -> usize {
        loop {
            at += match row.get(at..) {
                Some([b' ' | b'\t', ..]) if row[at] != self.delimiter => 1,
                Some([0xC2, 0xA0, ..]) => 2,
                _ => return at,
            };
        }
    }

    /// Whether a cell looks like rows that a mark has swallowed: one of its lines has as many delimiters as a row, and
    /// begins with the same kind of value as the row.
    fn looks_like_rows(&self, row: &[u8], place: usize, width: usize) -> bool {
        let cell = self.cells[place];
        if cell.lines.0 == cell.lines.1 || width < 2 {
            return false;
        }
        let first = self.cells[0];
        let first = row[first.start..first.end].split(|b| *b == b'\n' || *b == self.delimiter).next();
        let is_numbered = is_number(first.unwrap_or_default());
        let mut lines = row[cell.start..cell.end].split(|b| *b == b'\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            let inside = memchr_iter(self.delimiter, line).count();
            let outside = if lines.peek().is_none() { self.cells.len() - place - 1 } else { 0 };
            if inside > 0 && inside + outside == width - 1 && !self.is_prose(line) {
                let begins = line.split(|b| *b == self.delimiter).next().unwrap_or_default();
                if is_number(begins) == is_numbered {
                    return true;
                }
            }
        }
        false
    }

    /// Whether a blank stands after a delimiter, as after the commas of a sentence.
    fn is_prose(&self, line: &[u8]) -> bool {
        self.delimiter != b'\t' && memmem::find(line, &[self.delimiter, b' ']).is_some()
    }
}

fn is_number(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Marks that break the rule because a backslash was to stand for a second one.
fn told_by_backslash(cell: &[u8]) -> Option<FlawKind> {
    memmem::find(cell, b"\\\"").map(|_| FlawKind::BackslashQuote)
}
