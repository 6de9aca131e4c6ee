//! No files of `src/` import each other in a circle: what stands in a circle can only be read, tested and moved as
//! a whole. A file imports another when one of its paths leads there; a path through a `mod.rs` leads to the file
//! from which that re-exports the name. The `mod.rs` files themselves are no part of a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::none;
use crate::sources::{Source, sources};

/// A path as the sources write it, absolute: `crate::sending::Link` is `["sending", "Link"]`.
type Path = Vec<String>;

/// A name that a file makes its own by `use`, and what it stands for.
#[derive(Debug, PartialEq, Eq)]
struct Import {
    name: String,
    target: Path,
}

/// One file as a module.
struct Module {
    file: String,
    imports: Vec<Import>,
    /// Every path of the file, those of its imports included.
    paths: BTreeSet<Path>,
}

/// All modules by their paths.
struct Map(BTreeMap<Path, Module>);

impl Map {
    fn of(sources: &[Source]) -> Self {
        let compiled = sources.iter().filter(|source| !source.is_test() && source.path != "main.rs");
        Self(
            compiled
                .map(|source| {
                    let path = module_path(&source.path);
                    let imports = imports(&source.code, &path);
                    let mut paths = paths(&source.code, &path);
                    for import in &imports {
                        paths.extend(continued(&source.code, import));
                    }
                    (path, Module { file: source.path.clone(), imports, paths })
                })
                .collect(),
        )
    }

    /// The file that defines what this path names; none for a folder as a whole, and for what is not ours.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&str> {
        let mut length = 0;
        while length < path.len() && self.0.contains_key(&path[..length + 1]) {
            length += 1;
        }
        let module = self.0.get(&path[..length])?;
        let (name, rest) = match &path[length..] {
            [] => return module.is_node().then_some(module.file.as_str()),
            [name, rest @ ..] => (name, rest),
        };
        let mut named = module.imports.iter().filter(|import| import.name == *name || import.name == "*");
        let elsewhere = named.find_map(|import| {
            let mut target = import.target.clone();
            if import.name == "*" {
                target.push(name.clone());
            }
            target.extend(rest.iter().cloned());
            (depth < 8).then(|| self.file_of(&target, depth + 1)).flatten()
        });
        elsewhere.or_else(|| module.is_node().then_some(module.file.as_str()))
    }

    /// Which files each file imports.
    fn edges(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let nodes = self.0.values().filter(|module| module.is_node());
        nodes
            .map(|module| {
                let files = module.paths.iter().filter_map(|path| self.file_of(path, 0));
                (module.file.as_str(), files.filter(|file| *file != module.file).collect())
            })
            .collect()
    }
}

impl Module {
    fn is_node(&self) -> bool {
        !self.file.ends_with("mod.rs") && self.file != "lib.rs"
    }
}

fn module_path(file: &str) -> Path {
    let name = file.trim_end_matches(".rs").trim_end_matches("mod").trim_end_matches('/');
    if name == "lib" { Path::new() } else { name.split('/').map(str::to_owned).collect() }
}

/// Where a path that begins with `crate`, `super` or `self` begins, for a file with this module path.
fn absolute(written: &[String], module: &[String]) -> Option<Path> {
    let (first, mut rest) = written.split_first()?;
    let mut base = match first.as_str() {
        "crate" => Path::new(),
        "self" => module.to_vec(),
        "super" => module.split_last()?.1.to_vec(),
        _ => return None,
    };
    while rest.first().is_some_and(|word| word == "super") {
        base.pop();
        rest = &rest[1..];
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The paths in a tree such as `a::{b, c::{self, D as E}}`, each with the name that it gets; and what follows.
fn tree(text: &str, before: &[String]) -> (Vec<(String, Path)>, usize) {
    let mut path = before.to_vec();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        if rest.starts_with('{') {
            at += 1;
            let mut found = Vec::new();
            loop {
                at += text[at..].len() - text[at..].trim_start_matches([',', ' ', '\n']).len();
                if text[at..].starts_with('}') || text[at..].is_empty() {
                    return (found, (at + 1).min(text.len()));
                }
                let (more, length) = tree(&text[at..], &path);
                if length == 0 {
                    return (found, at);
                }
                found.extend(more);
                at += length;
            }
        }
        if rest.starts_with('*') {
            return (vec![("*".to_owned(), path)], at + 1);
        }
        let word: String = rest.chars().take_while(|c| is_word(*c)).collect();
        if word.is_empty() {
            break;
        }
        at += word.len();
        // `{self}` names the folder itself.
        if word != "self" || path.is_empty() {
            path.push(word);
        }
        match text[at..].strip_prefix("::") {
            Some(_) => at += 2,
            None => break,
        }
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if let Some(renamed) = text[at..].strip_prefix(" as ") {
        name = renamed.chars().take_while(|c| is_word(*c)).collect();
        at += " as ".len() + name.len();
    }
    (vec![(name, path)], at)
}

/// What a file imports from the crate by `use`.
fn imports(code: &str, module: &[String]) -> Vec<Import> {
    let mut found = Vec::new();
    for (place, _) in code.match_indices("use ") {
        if code[..place].ends_with(is_word) {
            continue;
        }
        let (names, _) = tree(&code[place + "use ".len()..], &[]);
        for (name, path) in names {
            // A folder's own files are named without `self`.
            let target = absolute(&path, module).or_else(|| {
                let mut own = module.to_vec();
                own.extend(path.iter().cloned());
                path.first().is_some_and(|first| code.contains(&format!("mod {first};"))).then_some(own)
            });
            found.extend(target.map(|target| Import { name, target }));
        }
    }
    found
}

/// Every path of a file that begins with `crate`, `super` or `self`.
fn paths(code: &str, module: &[String]) -> BTreeSet<Path> {
    let mut found = BTreeSet::new();
    for start in ["crate::", "super::", "self::"] {
        for (place, _) in code.match_indices(start) {
            if !code[..place].ends_with(|c| is_word(c) || c == ':') {
                let (names, _) = tree(&code[place..], &[]);
                found.extend(names.iter().filter_map(|(_, path)| absolute(path, module)));
            }
        }
    }
    found
}

/// The paths that go on from an imported name, such as `reading::Row` after `use crate::reading;`.
fn continued(code: &str, import: &Import) -> Vec<Path> {
    let start = format!("{}::", import.name);
    let places =
        code.match_indices(&start).filter(|(place, _)| !code[..*place].ends_with(|c| is_word(c) || c == ':'));
    let longer = places.map(|(place, _)| {
        let word = code[place + start.len()..].chars().take_while(|c| is_word(*c)).collect::<String>();
        import.target.iter().cloned().chain([word]).collect()
    });
    longer.collect()
}

/// The sets of files of which each leads to each other.
fn circles<'m>(edges: &BTreeMap<&'m str, BTreeSet<&'m str>>) -> BTreeSet<Vec<&'m str>> {
    let reached = |from: &'m str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(file) = next.pop() {
            next.extend(edges.get(file).into_iter().flatten().filter(|file| seen.insert(**file)));
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<&str>> = edges.keys().map(|file| (*file, reached(file))).collect();
    let circle = |file: &&'m str| {
        let others =
            reach[file].iter().filter(|other| reach.get(*other).is_some_and(|back| back.contains(file)));
        others.copied().collect::<Vec<_>>()
    };
    edges.keys().map(circle).filter(|files| !files.is_empty()).collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let map = Map::of(&sources);
    let edges = map.edges();
    let found = circles(&edges).into_iter();
    let faults = found.map(|files| {
        let within = |file: &str| {
            let imports = edges[file].iter().filter(|other| files.contains(*other)).copied();
            format!("{file} imports {}", imports.collect::<Vec<_>>().join(", "))
        };
        files.iter().map(|file| within(file)).collect::<Vec<_>>().join("\n    ")
    });
    none("files import each other in a circle", faults.collect());
}

#[test]
fn circles_are_found_through_folders_names_and_groups() {
    let source =
        |path: &str, code: &str| Source { path: path.to_owned(), text: String::new(), code: code.to_owned() };
    let sources = [
        source("lib.rs", "mod a;\nmod b;"),
        source(
            "a/mod.rs",
            "mod one;\nmod two;\npub use one::One;\npub use self::two::{Two as Second, helper};",
        ),
        source("a/one.rs", "use crate::b::{self, B};\nfn f() { crate::a::Second::new() }"),
        source("a/two.rs", "pub use std::fmt;\nfn f() { super::super::c::f() }"),
        source("b/mod.rs", "mod inner;\npub use inner::*;"),
        source("b/inner.rs", "use crate::a;\nfn f() { a::One::new() }"),
        source("c.rs", "use crate::a::two;"),
        source("d.rs", "use super::a::One;"),
    ];
    let map = Map::of(&sources);
    let edges = map.edges();
    assert_eq!(edges["a/one.rs"], ["a/two.rs", "b/inner.rs"].into());
    assert_eq!(edges["d.rs"], ["a/one.rs"].into());
    let found = circles(&edges);
    assert_eq!(found, [vec!["a/one.rs", "b/inner.rs"], vec!["a/two.rs", "c.rs"]].into());
}
