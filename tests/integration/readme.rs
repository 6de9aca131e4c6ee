//! What the README says of names is what the program says.

use std::collections::BTreeSet;

use crate::support::{Place, userside};

const README: &str = include_str!("../../README.md");

fn said(line: &str) -> String {
    userside(&Place::new()).line(line).run().exits(0).stdout
}

/// Options as they stand in a text: `--name`, not part of a longer word.
fn options(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
        .filter(|word| word.len() > 3 && word.starts_with("--") && !word[2..].starts_with('-'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_operation_has_its_row_in_the_table() {
    let list = said("operations");
    let lines: Vec<&str> = list.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 12, "{list}");
    for pair in lines.chunks(2) {
        let (name, summary) = pair[0].split_once(' ').expect("a name and a summary");
        let needs = pair[1].trim().strip_prefix("needs ").and_then(|n| n.split_once(';')).expect("needs").0;
        let needs = needs.split(", ").map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let row = format!("| `{name}` | {} | {needs} |", summary.trim());
        assert!(README.contains(&row), "the README lacks: {row}");
    }
}

#[test]
fn every_option_that_is_named_exists() {
    let helps = [
        "import",
        "validate",
        "resume",
        "reconcile",
        "results",
        "undo",
        "lookup",
        "history",
        "count",
        "check",
        "sandbox",
        "template",
        "demo",
        "operations",
        "export",
        "completions",
    ];
    let known: BTreeSet<String> =
        helps.iter().flat_map(|command| options(&said(&format!("{command} --help")))).collect();
    // Those of cargo.
    let others = ["--release", "--path", "--quick"].map(str::to_owned);
    let unknown: Vec<_> =
        options(README).into_iter().filter(|o| !known.contains(o) && !others.contains(o)).collect();
    assert!(unknown.is_empty(), "the README names {unknown:?}");
    let import = options(&said("import --help"));
    let silent: Vec<_> = import.into_iter().filter(|option| !README.contains(option.as_str())).collect();
    assert!(silent.is_empty(), "the README does not name {silent:?}");
    let conditions = said("export --help").split("Columns:").next().map(options).unwrap_or_default();
    let silent: Vec<_> = options(&said("export --help"))
        .into_iter()
        .filter(|option| !conditions.contains(option) && !README.contains(option.as_str()))
        .collect();
    assert!(silent.is_empty(), "the README does not name {silent:?}");
}

#[test]
fn the_two_commands_are_there() {
    for command in ["cargo run --release -- demo", "cargo test"] {
        assert!(README.contains(&format!("```sh\n{command}\n```")), "{command}");
    }
}
