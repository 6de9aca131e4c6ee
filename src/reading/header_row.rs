//! Which row of a table names its columns: titles, dates and the like may stand above it.

use super::column_name::clean;
use super::error::ReadError;
use super::records::Records;
use super::row::Row;

/// No table of customers has more columns.
pub(super) const COLUMN_LIMIT: usize = 4096;

/// How many lines are looked at for the names.
const LINES: u64 = 50;

/// Where the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HeaderRow {
    pub(super) line: u64,
    /// How many expected names it holds.
    pub(super) expected: usize,
    /// Whether a row with content stands above it.
    pub(super) is_below: bool,
    /// The next line, where the header goes on in it.
    pub(super) second: Option<u64>,
}

/// What counts in a row that may be the header.
struct HeaderCandidate {
    line: u64,
    /// How many cells hold an expected name.
    expected: usize,
    /// How many cells hold anything.
    named: usize,
    cells: Vec<String>,
}

impl HeaderCandidate {
    fn of(row: &Row, is_expected: &dyn Fn(&str) -> bool) -> Self {
        let filled = row.cells().filter(|cell| !cell.trim().is_empty()).count();
        if filled > COLUMN_LIMIT {
            // It is refused as a header, and looked at no further.
            return Self { line: row.line(), expected: 0, named: filled, cells: Vec::new() };
        }
        let cells: Vec<String> = row.cells().map(|cell| clean(cell).into_owned()).collect();
        let named = cells.iter().filter(|cell| !cell.is_empty());
        Self {
            line: row.line(),
            expected: named.clone().filter(|cell| is_expected(cell)).count(),
            named: named.count(),
            cells,
        }
    }

    /// Whether the names leave no doubt.
    fn is_plain(&self) -> bool {
        self.expected >= 2 || self.expected == 1 && self.named == 1
    }

    /// Whether it can be the header although other rows stand above it. One expected word among others may be a
    /// value; below nothing but titles it is a name.
    fn can_be_below(&self, above_are_titles: bool) -> bool {
        self.expected >= 2
            || self.expected == 1 && above_are_titles && !self.cells.iter().any(|cell| is_value(cell))
    }
}

/// Finds the header among the first lines, from this one on: the first row that holds expected names. Where no row does it is the
/// first row.
pub(super) fn find(
    records: &mut Records,
    from: u64,
    is_expected: &dyn Fn(&str) -> bool,
) -> Result<Option<HeaderRow>, ReadError> {
    let mut row = Row::default();
    let mut first: Option<HeaderCandidate> = None;
    let (mut above_are_titles, mut was_second, mut second) = (true, false, None);
    while records.read(&mut row)? && (first.is_none() || row.line() <= LINES) {
        if row.line() < from {
            continue;
        }
        let this = HeaderCandidate::of(&row, is_expected);
        let is_first = first.is_none();
        let best = first.as_ref().map_or(0, |first| first.expected);
        let is_header = if is_first {
            this.is_plain()
        } else {
            this.expected > best && this.can_be_below(above_are_titles)
        };
        if is_header {
            return Ok(Some(with_next(this, !is_first, records)?));
        }
        if let Some(first) = &first
            && !was_second
        {
            was_second = true;
            second = goes_on(&first.cells, &row).then(|| row.line());
        }
        above_are_titles &= this.named <= 1;
        first.get_or_insert(this);
    }
    let Some(first) = first else { return Ok(None) };
    let second = second.filter(|_| first.expected > 0);
    Ok(Some(HeaderRow { line: first.line, expected: first.expected, is_below: false, second }))
}

fn with_next(header: HeaderCandidate, is_below: bool, records: &mut Records) -> Result<HeaderRow, ReadError> {
    let mut row = Row::default();
    let goes_on = records.read(&mut row)? && goes_on(&header.cells, &row);
    Ok(HeaderRow {
        line: header.line,
        expected: header.expected,
        is_below,
        second: goes_on.then(|| row.line()),
    })
}

/// Whether a row goes on with the header, as where `Телефон` stands above `домашній` and `мобільний`: it has words
/// only under a name without one beside it, and nothing under the others.
fn goes_on(header: &[String], row: &Row) -> bool {
    let name = |column: usize| header.get(column).map_or("", String::as_str);
    let is_spanning = |column: usize| column + 1 < header.len() && name(column + 1).is_empty();
    let (mut under_nothing, mut named_alone) = (false, false);
    for column in 0..header.len().max(row.len()) {
        let cell = clean(row.cell(column).unwrap_or_default());
        let may_go_on = name(column).is_empty() || is_spanning(column);
        if cell.is_empty() {
            named_alone |= !may_go_on;
        } else if !may_go_on || cell.bytes().any(|b| b.is_ascii_digit()) {
            return false;
        } else {
            under_nothing |= name(column).is_empty();
        }
    }
    under_nothing && named_alone
}

/// Whether a text is a value rather than a name: a number, a date, a telephone number, or an e-mail address.
pub(super) fn is_value(text: &str) -> bool {
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    let is_address =
        || text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    has_digit && !text.chars().any(char::is_alphabetic) && !text.contains(['№', '#']) || is_address()
}

#[cfg(test)]
mod tests {
    use super::is_value;

    #[test]
    fn values_are_told_from_names() {
        for value in ["1001", "000123", "2024-03-09", "+38 (067) 000-11-22", "15,40", "a@mail.example"] {
            assert!(is_value(value), "{value}");
        }
        for name in ["id", "ПІБ", "phone0", "Тел. 1", "№ 1", "", "--", "#1", "@"] {
            assert!(!is_value(name), "{name}");
        }
    }
}
