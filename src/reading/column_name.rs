//! Names of columns: which of them are the same to a person, and how messages show them.

use std::borrow::Cow;
use std::collections::HashMap;

/// How many characters of a name a message shows.
const SHOWN: usize = 60;
/// How many names a message lists.
const LISTED: usize = 20;

/// The name without what nobody sees: any white space, line breaks and no-break blanks too, is one blank, and
/// characters without a width are nothing.
pub(super) fn clean(name: &str) -> Cow<'_, str> {
    let is_plain = name.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        && !name.contains("  ")
        && name.trim_ascii().len() == name.len();
    if is_plain {
        return Cow::Borrowed(name);
    }
    let seen: String = name.chars().filter(|c| !has_no_width(*c)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    Cow::Owned(words.join(" "))
}

/// Byte order marks, soft hyphens, joiners and direction marks.
fn has_no_width(c: char) -> bool {
    matches!(c, '\u{FEFF}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}')
}

/// The name as it is compared where case does not count.
pub(super) fn folded(name: &str) -> String {
    clean(name).to_lowercase()
}

/// A name for a message, cut where it is too long for one.
pub(super) fn shown(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

/// The names of a header for a message: the first of them, and how many more there are.
pub(super) fn listed(header: &[String]) -> String {
    let first = header.iter().take(LISTED).map(|name| format!("'{}'", shown(name)));
    let mut list = first.collect::<Vec<_>>().join(", ");
    if let Some(more) = header.len().checked_sub(LISTED).filter(|more| *more > 0) {
        list.push_str(&format!(" and {more} more"));
    }
    list
}

/// A name and which of the columns with this name: `Телефон#2`. The place is counted from 1.
pub(super) fn split_place(wanted: &str) -> Option<(&str, usize)> {
    let (name, place) = wanted.rsplit_once('#')?;
    let is_number = !place.is_empty() && place.bytes().all(|b| b.is_ascii_digit());
    place.parse().ok().filter(|place| is_number && *place > 0).map(|place| (name.trim_end(), place))
}

/// The names of a header, to be found by what people write.
#[derive(Debug)]
pub(super) struct ColumnNames {
    exact: HashMap<String, Vec<usize>>,
    loose: HashMap<String, Vec<usize>>,
}

/// No column, or more than one, is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotFound {
    /// No column has the name.
    Nowhere,
    /// So many have it, and nothing says which is meant.
    Several(usize),
    /// Only so many have it.
    Fewer(usize),
}

impl ColumnNames {
    pub(super) fn of(header: &[String]) -> Self {
        let (mut exact, mut loose) = (HashMap::new(), HashMap::new());
        for (column, name) in header.iter().enumerate() {
            let name = clean(name);
            loose.entry(name.to_lowercase()).or_insert_with(Vec::new).push(column);
            exact.entry(name.into_owned()).or_insert_with(Vec::new).push(column);
        }
        Self { exact, loose }
    }

    /// The columns of this name. Case is ignored if none has exactly the name.
    fn named(&self, name: &str) -> &[usize] {
        let name = clean(name);
        let found = self.exact.get(&*name).or_else(|| self.loose.get(&name.to_lowercase()));
        found.map_or(&[], Vec::as_slice)
    }

    /// The column that is meant by a name, or by a name and a place: `Телефон#2`.
    pub(super) fn find(&self, wanted: &str) -> Result<usize, NotFound> {
        match (self.named(wanted), split_place(wanted)) {
            ([one], _) => Ok(*one),
            ([], Some((name, place))) => match self.named(name) {
                [] => Err(NotFound::Nowhere),
                columns => columns.get(place - 1).copied().ok_or(NotFound::Fewer(columns.len())),
            },
            ([], None) => Err(NotFound::Nowhere),
            (several, _) => Err(NotFound::Several(several.len())),
        }
    }

    /// What a person writes to mean this column: its name, with its place where other columns have the name too.
    pub(super) fn written(&self, header: &[String], column: usize) -> String {
        let name = header.get(column).map_or("", String::as_str);
        let same = self.named(name);
        match same.iter().position(|same| *same == column) {
            Some(place) if same.len() > 1 || name.is_empty() => format!("{name}#{}", place + 1),
            _ => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnNames, NotFound, clean, listed};

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_nobody_sees_makes_no_other_name() {
        for written in [
            "Номер договору",
            "Номер\u{A0}договору",
            " Номер \r\n договору\u{200B}",
            "\u{FEFF}Номер\tдоговору",
        ] {
            assert_eq!(clean(written), "Номер договору");
        }
        assert_eq!(clean("id"), "id");
        assert_eq!(clean(" id"), "id");
    }

    #[test]
    fn the_second_of_two_columns_is_named_by_its_place() {
        let names = header(&["id", "Телефон", "Телефон", "Кв.#2", "", "ТЕЛЕФОН"]);
        let columns = ColumnNames::of(&names);
        assert_eq!(columns.find("Телефон"), Err(NotFound::Several(2)));
        assert_eq!(columns.find("Телефон#1"), Ok(1));
        assert_eq!(columns.find("Телефон #2"), Ok(2));
        assert_eq!(columns.find("телефон#3"), Ok(5));
        assert_eq!(columns.find("Телефон#3"), Err(NotFound::Fewer(2)));
        assert_eq!(columns.find("Телефон#0"), Err(NotFound::Nowhere));
        assert_eq!(columns.find("Кв.#2"), Ok(3));
        assert_eq!(columns.find("ID"), Ok(0));
        assert_eq!(columns.find("#1"), Ok(4));
        let written: Vec<_> = (0..names.len()).map(|column| columns.written(&names, column)).collect();
        assert_eq!(written, ["id", "Телефон#1", "Телефон#2", "Кв.#2", "#1", "ТЕЛЕФОН"]);
    }

    #[test]
    fn a_long_header_is_not_listed_whole() {
        let names: Vec<String> = (0..1000).map(|column| format!("{column}{}", "x".repeat(1000))).collect();
        let list = listed(&names);
        assert!(list.len() < 2000 && list.ends_with(" and 980 more"), "{list}");
    }
}
