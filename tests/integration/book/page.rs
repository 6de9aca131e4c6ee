//! The pages, and what stands in them: fenced blocks with the remark before each, and the rest as text.

use std::fs;
use std::path::Path;

/// The top folder of the source.
pub(super) fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One file of the docs.
#[derive(Debug)]
pub(super) struct Page {
    /// Relative to the top folder, with `/`.
    pub(super) name: String,
    pub(super) text: String,
}

impl Page {
    pub(super) fn read(name: &str) -> Self {
        let text = fs::read_to_string(top().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }

    pub(super) fn is_reference(&self) -> bool {
        self.name == "docs/src/reference/commands.md"
    }

    pub(super) fn blocks(&self) -> Vec<Block> {
        let lines: Vec<&str> = self.text.lines().collect();
        let mut blocks = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            if let Some(info) = lines[at].strip_prefix("```") {
                let end = (at + 1..lines.len()).find(|line| lines[*line] == "```");
                let end = end.unwrap_or_else(|| panic!("{}: line {}: no end", self.name, at + 1));
                let remark = at.checked_sub(1).and_then(|line| {
                    lines[line].strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"))
                });
                blocks.push(Block {
                    line: at + 1,
                    info: info.to_owned(),
                    remark: remark.map(str::to_owned),
                    text: lines[at + 1..end].iter().map(|line| format!("{line}\n")).collect(),
                });
                at = end;
            }
            at += 1;
        }
        blocks
    }

    /// Whether nothing but a remark stands between two blocks.
    pub(super) fn follows(&self, first: &Block, second: &Block) -> bool {
        let end = first.line + first.text.lines().count() + 1;
        let between = self.text.lines().skip(end).take(second.line - 1 - end);
        between.into_iter().all(|line| line.is_empty() || line.starts_with("<!-- "))
    }

    /// The page without its fenced blocks.
    pub(super) fn prose(&self) -> String {
        let mut inside = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.starts_with("```") {
                inside = !inside;
            } else if !inside {
                prose.push_str(line);
                prose.push('\n');
            }
        }
        prose
    }
}

/// A fenced block.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Where its fence begins, from 1.
    pub(super) line: usize,
    /// What stands after the three backticks.
    pub(super) info: String,
    /// The comment in the line above.
    pub(super) remark: Option<String>,
    /// With a line break after every line.
    pub(super) text: String,
}

/// All pages: the README, the page for developers, and the book.
pub(super) fn pages() -> Vec<Page> {
    let mut names = vec!["README.md".to_owned()];
    if top().join("CONTRIBUTING.md").exists() {
        names.push("CONTRIBUTING.md".to_owned());
    }
    collect(&top().join("docs/src"), "docs/src", &mut names);
    names.sort();
    names.iter().map(|name| Page::read(name)).collect()
}

fn collect(folder: &Path, name: &str, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the book") {
        let path = entry.expect("an entry").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        let name = format!("{name}/{file}");
        if path.is_dir() {
            collect(&path, &name, into);
        } else if file.ends_with(".md") {
            into.push(name);
        }
    }
}
