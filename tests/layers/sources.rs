//! The files of `src/`, and what of them is compiled into the program.

use std::fs;
use std::path::Path;

/// A file of `src/` with its path from there, such as `sending/pace.rs`.
pub struct Source {
    pub path: String,
    pub text: String,
    /// The code without comments, and without what stands behind `#[cfg(test)]`.
    pub code: String,
}

impl Source {
    /// The folder, or the file's own name where it stands in no folder.
    pub fn stage(&self) -> &str {
        let (stage, _) = self.path.split_once('/').unwrap_or((self.path.trim_end_matches(".rs"), ""));
        stage
    }

    pub fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs")
            || self.path.contains("/tests/")
            || self.path == "catalogue/invariants.rs"
    }
}

pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources);
    assert!(sources.len() > 50, "the sources were not found");
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            sources.push(Source { path: name, code: code_of(&text), text });
        }
    }
}

/// What is compiled into the program: no comment lines, and no item behind `#[cfg(test)]`. An item ends with
/// `;` on its first line, or where rustfmt closes it: at a brace as far left as it began.
pub fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed == "#[cfg(test)]" {
            let end = format!("{}}}", &line[..line.len() - trimmed.len()]);
            let mut item = lines.by_ref().peekable();
            if item.next_if(|first| first.trim_end().ends_with(';')).is_none() {
                item.find(|line| *line == end);
            }
        } else if !trimmed.starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}
