//! Who is whose parent among the rows of a file: a row names its parent by the code that the parent's own row has.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher};

use crate::catalogue::KeyKind;
use crate::reading::RowNumber;

/// A row of the file, and its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member {
    row: RowNumber,
    line: u64,
}

/// Gathers codes and parents in a pass over all rows: about 50 bytes for each row with a code, and 40 for each that names
/// a parent.
#[derive(Debug)]
pub struct FamilyFinder {
    kind: KeyKind,
    /// The row that has a code, by a fingerprint of that.
    codes: HashMap<u64, Member>,
    /// Rows that name a parent, in their order.
    children: Vec<(Member, u64)>,
}

/// Who is whose parent.
#[derive(Debug)]
pub struct Families {
    kind: KeyKind,
    codes: HashMap<u64, RowNumber>,
    parents: HashSet<RowNumber>,
    /// Rows that are their own ancestors, with the lines of all of them.
    cycles: HashMap<RowNumber, Vec<u64>>,
}

fn fingerprint(code: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(code.as_bytes());
    hasher.finish()
}

impl FamilyFinder {
    /// Rows name each other by values of this kind.
    pub fn new(kind: KeyKind) -> Self {
        Self { kind, codes: HashMap::new(), children: Vec::new() }
    }

    /// Takes a row with its own code and the code of its parent.
    pub fn take(&mut self, row: RowNumber, line: u64, own: Option<&str>, parent: Option<&str>) {
        let member = Member { row, line };
        if let Some(own) = own {
            self.codes.entry(fingerprint(own)).or_insert(member);
        }
        if let Some(parent) = parent {
            self.children.push((member, fingerprint(parent)));
        }
    }

    /// Finds out who is whose parent.
    pub fn end(self) -> Families {
        let Self { kind, codes, children } = self;
        let parent_of: HashMap<RowNumber, (u64, Member)> = children
            .iter()
            .filter_map(|(child, code)| Some((child.row, (child.line, *codes.get(code)?))))
            .collect();
        let parents = parent_of.values().map(|(_, parent)| parent.row).collect();
        let mut cycles = HashMap::new();
        let mut done: HashSet<RowNumber> = HashSet::new();
        for (child, _) in &children {
            let (mut path, mut row) = (Vec::new(), child.row);
            while let Some((line, parent)) = parent_of.get(&row) {
                if !done.insert(row) {
                    // Where it was met in this very walk, it closes a circle.
                    if let Some(start) = path.iter().position(|(known, _)| *known == row) {
                        let circle: &[(RowNumber, u64)] = &path[start..];
                        let lines: Vec<u64> = circle.iter().map(|(_, line)| *line).collect();
                        cycles.extend(circle.iter().map(|(row, _)| (*row, lines.clone())));
                    }
                    break;
                }
                path.push((row, *line));
                row = parent.row;
            }
        }
        let codes = codes.into_iter().map(|(code, member)| (code, member.row)).collect();
        Families { kind, codes, parents, cycles }
    }
}

impl Families {
    /// By what kind of value rows name each other.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether no row has its parent in the file.
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// The row that has this code.
    pub fn row(&self, code: &str) -> Option<RowNumber> {
        self.codes.get(&fingerprint(code)).copied()
    }

    /// Whether a row of the file names this one as its parent.
    pub fn is_parent(&self, row: RowNumber) -> bool {
        self.parents.contains(&row)
    }

    /// The lines of the rows that are each other's ancestors, where this one is of them.
    pub fn cycle(&self, row: RowNumber) -> Option<&[u64]> {
        self.cycles.get(&row).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::{Families, FamilyFinder};
    use crate::catalogue::key_kinds;
    use crate::reading::RowNumber;

    /// Rows with their codes and their parents', on lines from 2.
    fn families(rows: &[(&str, Option<&str>)]) -> Families {
        let mut finder = FamilyFinder::new(key_kinds().next().expect("a kind"));
        for (row, (own, parent)) in (0..).zip(rows) {
            finder.take(RowNumber(row), row + 2, Some(own), *parent);
        }
        finder.end()
    }

    #[test]
    fn a_parent_is_found_wherever_its_row_is() {
        let families = families(&[("b", Some("a")), ("a", None), ("c", Some("b")), ("d", Some("x"))]);
        assert_eq!(families.row("a"), Some(RowNumber(1)));
        assert_eq!(families.row("x"), None);
        let parents: Vec<bool> = (0..4).map(|row| families.is_parent(RowNumber(row))).collect();
        assert_eq!(parents, [true, true, false, false]);
        assert!((0..4).all(|row| families.cycle(RowNumber(row)).is_none()));
    }

    #[test]
    fn a_circle_is_told_with_its_lines_and_those_beside_it_are_not_in_it() {
        let families = families(&[
            ("a", Some("c")),
            ("b", Some("a")),
            ("c", Some("b")),
            ("d", Some("a")),
            ("e", Some("e")),
            ("f", None),
        ]);
        for row in 0..3 {
            let mut lines = families.cycle(RowNumber(row)).expect("in the circle").to_vec();
            lines.sort_unstable();
            assert_eq!(lines, [2, 3, 4], "{row}");
        }
        assert_eq!(families.cycle(RowNumber(3)), None);
        assert_eq!(families.cycle(RowNumber(4)), Some(&[6][..]));
        assert_eq!(families.cycle(RowNumber(5)), None);
    }
}
