//! Options and operations by their names: what the program has is in the book, what the book has is in the
//! program. Names are compared whole.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Page, pages};
use crate::support::{Place, userside};

/// Options of other programs that the docs name.
const OF_OTHERS: [&str; 9] = [
    "--release",
    "--path",
    "--quick",
    "--locked",
    "--test",
    "--lib",
    "--open",
    "--all-targets",
    "--nocapture",
];

fn said(line: &str) -> String {
    userside(&Place::new()).line(line).run().exits(0).stdout
}

/// The commands, from the program's own list.
fn commands() -> Vec<String> {
    let help = said("--help");
    let list = help.split_once("Commands:\n").expect("a list of commands").1;
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && name != "help").then(|| name.to_owned())
    });
    names.collect()
}

/// The options of a command by the headings of its help.
fn options_of(command: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut heading = String::new();
    let mut options: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in said(&format!("{command} --help")).lines() {
        if let Some(name) = line.strip_suffix(':').filter(|name| !name.starts_with(' ')) {
            name.clone_into(&mut heading);
        }
        let words = line.trim_start();
        if words.starts_with('-') && words.len() < line.len() {
            let first = words.split_whitespace().take(2).find(|word| word.starts_with("--"));
            let own = first.into_iter().flat_map(options_in);
            options.entry(heading.clone()).or_default().extend(own);
        }
    }
    options
}

fn every_option_of(command: &str) -> BTreeSet<String> {
    options_of(command).into_values().flatten().collect()
}

/// The options that a text names, each whole: `--first` is not in `--first-run`, and an address of a heading is
/// no option.
fn options_in(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '#')))
        .filter(|word| word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic)))
        .map(str::to_owned)
        .collect()
}

fn named<'a>(pages: impl IntoIterator<Item = &'a Page>) -> BTreeSet<String> {
    pages.into_iter().flat_map(|page| options_in(&page.text)).collect()
}

#[test]
fn names_are_compared_whole() {
    let found: Vec<_> =
        options_in("`--first-run`, --rate=5/s (--yes); a--b, --- and -- end").into_iter().collect();
    assert_eq!(found, ["--first-run", "--rate", "--yes"]);
    assert!(commands().contains(&"import".to_owned()), "{:?}", commands());
    let journal = options_of("import");
    assert!(journal.values().flatten().any(|option| option == "--journal"), "{journal:?}");
}

#[test]
fn every_option_is_in_the_book() {
    let pages = pages();
    let everywhere = named(&pages);
    // The conditions of an export are those of the API; the reference lists them, no page tells of each.
    let by_hand = named(pages.iter().filter(|page| !page.is_reference()));
    let reference = pages.iter().any(Page::is_reference);
    let mut silent = Vec::new();
    for command in commands() {
        for (heading, options) in options_of(&command) {
            let conditions = heading == "Conditions";
            if conditions && !reference {
                continue;
            }
            let book = if conditions { &everywhere } else { &by_hand };
            silent.extend(options.difference(book).map(|option| format!("{command} {option}")));
        }
    }
    assert!(silent.is_empty(), "no page names {silent:#?}");
}

#[test]
fn every_option_in_the_book_exists() {
    let known: BTreeSet<String> =
        commands().iter().flat_map(|command| every_option_of(command)).chain(every_option_of("")).collect();
    for page in pages() {
        let unknown: Vec<_> = options_in(&page.text)
            .into_iter()
            .filter(|option| !known.contains(option) && !OF_OTHERS.contains(&option.as_str()))
            .collect();
        assert!(unknown.is_empty(), "{} names {unknown:?}", page.name);
    }
}

/// Where a page shows a command, the command takes the options beside it.
#[test]
fn commands_in_the_book_take_their_options() {
    let known: BTreeMap<String, BTreeSet<String>> =
        commands().into_iter().map(|command| (command.clone(), every_option_of(&command))).collect();
    for page in pages() {
        for shown in shown_commands(&page) {
            let mut words = shown.split_whitespace().skip(1);
            let command = words.next().unwrap_or_default();
            if command.starts_with('-') || !command.starts_with(|c: char| c.is_ascii_lowercase()) {
                continue;
            }
            let Some(options) = known.get(command) else {
                // Hidden commands, and prose such as "`userside-bulk` is".
                continue;
            };
            for option in options_in(&shown) {
                assert!(options.contains(&option), "{}: {command} has no {option}: {shown}", page.name);
            }
        }
    }
}

/// Every `userside-bulk …` in a shell block or in backticks.
fn shown_commands(page: &Page) -> Vec<String> {
    let blocks = page.blocks().into_iter().filter(|block| block.info == "sh");
    let lines = blocks.flat_map(|block| {
        let joined = block.text.replace("\\\n", " ");
        joined.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let prose = page.prose();
    let spans = prose.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " "));
    lines
        .chain(spans)
        .flat_map(|line| line.split(['|', ';', '&']).map(|part| part.trim().to_owned()).collect::<Vec<_>>())
        .filter(|part| part.starts_with("userside-bulk "))
        .collect()
}

#[test]
fn every_operation_has_its_row_in_the_table() {
    let table = pages().iter().map(|page| page.text.as_str()).collect::<String>();
    let list = said("operations");
    let lines: Vec<&str> = list.lines().take_while(|line| !line.is_empty()).collect();
    assert!(!lines.is_empty() && lines.len().is_multiple_of(2), "{list}");
    for pair in lines.chunks(2) {
        let (name, summary) = pair[0].split_once(' ').expect("a name and a summary");
        let (needs, twice) =
            pair[1].trim().strip_prefix("needs ").and_then(|n| n.split_once("; ")).expect("needs");
        let needs = needs.split(", ").map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let twice =
            twice.strip_suffix(" be sent twice").or(twice.strip_suffix(" sent twice")).unwrap_or(twice);
        let row = format!("| `{name}` | {} | {needs} | {twice}", summary.trim());
        assert!(table.contains(&row), "the table of operations lacks: {row}");
    }
}

#[test]
fn the_two_commands_are_in_the_readme() {
    for command in ["cargo run --release -- demo", "cargo test"] {
        assert!(Page::read("README.md").text.contains(&format!("```sh\n{command}\n```")), "{command}");
    }
}
