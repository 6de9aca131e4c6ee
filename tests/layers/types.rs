//! A type's name stands for one type in the whole program: anyone who reads `Rows` knows which one.

use std::collections::{BTreeMap, BTreeSet};

use crate::none;
use crate::sources::sources;

/// The types that a file defines, as `struct`, `enum`, `trait` or `type` at any depth of indentation but that of an
/// associated type.
fn types(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for line in code.lines() {
        let mut words = line.trim_start();
        let is_inner = words.len() < line.len();
        if let Some(rest) = words.strip_prefix("pub") {
            words = match rest.strip_prefix('(') {
                Some(limited) => limited.split_once(')').map_or("", |(_, rest)| rest),
                None => rest,
            }
            .trim_start();
        }
        let named = ["struct ", "enum ", "trait ", "union "].iter().find_map(|kind| words.strip_prefix(kind));
        let named = named.or_else(|| words.strip_prefix("type ").filter(|_| !is_inner));
        if let Some(rest) = named {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            found.insert(&rest[..end]);
        }
    }
    found
}

#[test]
fn a_types_name_stands_for_one_type() {
    let sources = sources();
    let mut homes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for name in types(&source.code) {
            homes.entry(name).or_default().push(&source.path);
        }
    }
    let several = homes.iter().filter(|(_, files)| files.len() > 1);
    let faults = several.map(|(name, files)| format!("{name}: {}", files.join(", ")));
    none("a name stands for several types", faults.collect());
}

#[test]
fn types_are_seen_however_visible_they_are() {
    let code = "pub struct A;\npub(in crate::x) enum B<T> {\n    type C = u8;\n    struct D(u8);\ntype E = u8;\nlet enum_ = 1;";
    assert_eq!(types(code), ["A", "B", "D", "E"].into());
}
