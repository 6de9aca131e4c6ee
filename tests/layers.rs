//! Who may import whom, read from the sources: the folders of `src/` are the stages that a row passes through, and
//! each may name only what stands before it. Also that no files import each other in a circle, which dependency lives
//! where, that stages know no terminal and no environment, that the catalogue alone names parameters, that a type's
//! name stands for one type, and how long files are.

#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/sources.rs"]
mod sources;
#[path = "layers/types.rs"]
mod types;

use std::collections::BTreeSet;

use sources::{code_of, sources};

/// Every folder may name these: they put numbers and paths into words, and know nothing else.
const FOR_ALL: &[&str] = &["count", "shell"];

/// What each folder, and each file that stands beside them, may name with `crate::`.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("count", &[]),
    ("shell", &[]),
    ("catalogue", &[]),
    ("sandbox", &["catalogue"]),
    ("reading", &["catalogue"]),
    ("validating", &["catalogue", "reading"]),
    ("sending", &["catalogue", "validating"]),
    ("recording", &["catalogue", "reading", "validating", "sending"]),
    ("customers", &["catalogue", "reading", "validating", "sending", "recording"]),
    ("reconciling", &["catalogue", "reading", "validating", "sending", "recording", "customers"]),
    (
        "running",
        &[
            "catalogue",
            "reading",
            "validating",
            "sending",
            "recording",
            "customers",
            "reconciling",
            "events",
            "exit",
        ],
    ),
    (
        "exporting",
        &[
            "catalogue",
            "reading",
            "validating",
            "sending",
            "recording",
            "customers",
            "events",
            "read_session",
            "exit",
        ],
    ),
    (
        "table_reads",
        &[
            "catalogue",
            "reading",
            "validating",
            "sending",
            "recording",
            "customers",
            "events",
            "read_session",
            "exit",
        ],
    ),
    ("drafting", &["catalogue", "reading", "validating"]),
    ("read_session", &["catalogue", "sending", "events", "exit"]),
    ("diagnostics", &["catalogue", "validating", "sending", "customers"]),
    ("events", &["catalogue", "reading", "validating", "sending", "recording", "customers", "reconciling"]),
    (
        "reporting",
        &["events", "catalogue", "reading", "validating", "sending", "recording", "customers", "reconciling"],
    ),
    (
        "cli",
        &[
            "catalogue",
            "sandbox",
            "reading",
            "validating",
            "sending",
            "recording",
            "customers",
            "reconciling",
            "running",
            "exporting",
            "table_reads",
            "drafting",
            "diagnostics",
            "reporting",
        ],
    ),
    ("exit", &[]),
    (
        "commands",
        &[
            "catalogue",
            "diagnostics",
            "sandbox",
            "reading",
            "validating",
            "sending",
            "recording",
            "customers",
            "reconciling",
            "running",
            "exporting",
            "table_reads",
            "drafting",
            "read_session",
            "events",
            "reporting",
            "cli",
            "exit",
        ],
    ),
    ("fuzzing", &["catalogue", "reading", "validating", "sending", "recording", "customers", "cli"]),
    ("lib", &[]),
    ("main", &[]),
];

/// The first names behind `crate::` in this code, groups in braces included.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        if code[..place].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$')) {
            continue;
        }
        names.extend(first_names(&code[place + "crate::".len()..]));
    }
    names
}

fn first_names(rest: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let mut depth = 0;
    let mut names = vec![word(group.trim_start())];
    for (place, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(word(group[place + 1..].trim_start())),
            _ => {}
        }
    }
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

/// How many folders up a path in `super` leads, at the most.
fn highest_super(code: &str) -> usize {
    let mut highest = 0;
    for (place, _) in code.match_indices("super::") {
        let mut rest = &code[place..];
        let mut count = 0;
        while let Some(behind) = rest.strip_prefix("super::") {
            (rest, count) = (behind, count + 1);
        }
        highest = highest.max(count);
    }
    highest
}

/// Fails and lists the faults, if there are any.
#[track_caller]
fn none(what: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{what}:\n  {}", faults.join("\n  "));
}

#[test]
fn a_folder_names_only_what_stands_before_it() {
    let mut faults = Vec::new();
    // A stage's own tests may make its input with the stages before.
    for source in sources().into_iter().filter(|source| !source.is_test()) {
        let stage = source.stage();
        let (_, allowed) = MAY_NAME
            .iter()
            .find(|(known, _)| *known == stage)
            .unwrap_or_else(|| panic!("nobody has said what {stage} may import: add it to MAY_NAME"));
        for name in named(&source.code) {
            if name != stage && !FOR_ALL.contains(&name.as_str()) && !allowed.contains(&name.as_str()) {
                faults.push(format!("{} names crate::{name}", source.path));
            }
        }
    }
    none("a folder knows what it must not know", faults);
}

/// `super::` from a file in a folder leads into the folder, `super::super::` out of it.
#[test]
fn no_path_in_super_leads_out_of_a_folder() {
    let leads_out = |source: &sources::Source| {
        let depth = source.path.matches('/').count();
        let inside = if source.path.ends_with("mod.rs") { depth.saturating_sub(1) } else { depth };
        highest_super(&source.code) > inside
    };
    let faults = sources().into_iter().filter(leads_out).map(|source| source.path).collect();
    none("a path in super leads out of the folder", faults);
}

/// A dependency and the files or folders that may name it.
const HOMES: &[(&str, &[&str])] = &[
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("reqwest", &["sending/transport.rs"]),
    ("rustls", &["sending/transport.rs", "sending/tls_words.rs"]),
    ("governor", &["sending/pace.rs"]),
    ("backon", &["sending/retry.rs"]),
    ("indicatif", &["count.rs", "reporting/progress.rs", "reporting/summary.rs"]),
    ("os_display", &["shell.rs"]),
    ("axum", &["sandbox/"]),
    ("csv", &["reading/", "recording/", "exporting/csv.rs"]),
    ("rusqlite", &["recording/"]),
    ("rust_xlsxwriter", &["recording/sheet_file.rs", "recording/table.rs", "exporting/xlsx.rs"]),
    ("sha2", &["reading/fingerprint.rs", "validating/call.rs", "validating/booking_key.rs"]),
    ("fastrand", &["recording/tag.rs"]),
    ("quick_xml", &["reading/workbook/"]),
    ("zip", &["reading/workbook/"]),
    ("anstream", &["reporting/"]),
    ("anstyle", &["reporting/"]),
    ("chardetng", &["reading/"]),
    ("encoding_rs_io", &["reading/"]),
    ("memchr", &["reading/"]),
    ("email_address", &["validating/"]),
    ("toml", &["reading/"]),
    ("tracing_subscriber", &["commands/"]),
];

#[test]
fn every_dependency_has_one_home() {
    let mut faults = Vec::new();
    for source in sources() {
        for (dependency, homes) in HOMES {
            let at_home = homes.iter().any(|home| source.path.starts_with(home));
            if !at_home && !source.is_test() && mentions_path(&source.code, dependency) {
                faults.push(format!("{} names {dependency}", source.path));
            }
        }
    }
    none("a dependency is named outside its home", faults);
}

#[test]
fn the_runtime_is_built_in_one_place() {
    let built =
        sources().into_iter().filter(|source| !source.is_test() && source.code.contains("runtime::Builder"));
    let places: Vec<String> = built.map(|source| source.path).collect();
    assert_eq!(places, ["commands/runtime.rs"]);
}

/// Whether a path begins with this name, as `csv::Reader` and `use csv;` do and `self.csv` does not.
fn mentions_path(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(place, _)| {
        let before = code[..place].chars().next_back();
        let begins =
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '\'' | '"' | '-'));
        let behind = &code[place + name.len()..];
        begins && (behind.starts_with("::") || code[..place].ends_with("use ") && behind.starts_with(';'))
    })
}

/// The one clock, the one place where standard output is an output like a file, and the waits for other processes.
const SEES: &[&str] = &["sending/clock.rs", "recording/target.rs", "recording/lock.rs", "recording/busy.rs"];

#[test]
fn stages_print_nothing_and_know_no_process() {
    let mut faults = Vec::new();
    for source in sources().into_iter().filter(|source| !source.is_test()) {
        let prints = ["println!", "eprintln!", "print!(", "eprint!(", "dbg!"];
        let may_print = matches!(source.stage(), "reporting" | "cli" | "commands");
        let knows = ["std::env::", "std::process", "env::var", "process::exit"];
        let may_know = matches!(source.stage(), "main" | "exit" | "commands");
        let terminal = ["io::stdout()", "io::stderr()", "is_terminal()", "thread::sleep", "SystemTime::now"];
        let may_see =
            matches!(source.stage(), "reporting" | "cli" | "commands") || SEES.contains(&&*source.path);
        for (words, allowed) in [(&prints[..], may_print), (&knows[..], may_know), (&terminal[..], may_see)] {
            let found = words.iter().filter(|word| !allowed && source.code.contains(**word));
            faults.extend(found.map(|word| format!("{} has {word}", source.path)));
        }
    }
    none("a stage knows the terminal or the process", faults);
}

/// What goes to a person goes out in one file, where what would steer a terminal is made visible.
#[test]
fn lines_go_out_in_one_place() {
    let streams =
        ["io::stdout()", "io::stderr()", "anstream::", "println!", "eprintln!", "print!(", "eprint!("];
    let homes = ["reporting/lines.rs", "recording/target.rs"];
    let asks = "is_terminal()";
    let mut faults = Vec::new();
    for source in sources().into_iter().filter(|s| !s.is_test() && !homes.contains(&&*s.path)) {
        let lines = source.code.lines().filter(|line| !line.contains(asks));
        let found = lines.filter(|line| streams.iter().any(|stream| line.contains(stream)));
        faults.extend(found.map(|line| format!("{} has {}", source.path, line.trim())));
    }
    none("a line goes out past reporting/lines.rs", faults);
}

#[test]
fn nothing_is_unsafe() {
    let word = concat!("uns", "afe ");
    let faults = sources().into_iter().filter(|s| s.code.contains(word)).map(|s| s.path).collect();
    none("unsafe code", faults);
    let library = sources().into_iter().find(|source| source.path == "lib.rs").expect("lib.rs");
    assert!(library.code.contains("#![forbid(unsafe_code)]"));
}

/// The names with an underscore that the catalogue gives to parameters and subcategories: those cannot be
/// words that mean something else as well.
fn catalogue_names() -> BTreeSet<String> {
    use userside_bulk::CUSTOMER;
    let subcategories = CUSTOMER.subcategories.iter();
    let parameters = subcategories.clone().flat_map(|subcategory| subcategory.parameters).map(|p| p.name);
    subcategories.map(|s| s.name).chain(parameters).filter(|n| n.contains('_')).map(str::to_owned).collect()
}

/// The demo types commands as a person would; operations are words of the command line there.
const TYPED: &[&str] = &["commands/demo/journey.rs"];

#[test]
fn the_catalogue_alone_names_parameters() {
    let names = catalogue_names();
    assert!(names.contains("account_number") && names.contains("change_balance"), "{names:?}");
    let mut faults = Vec::new();
    for source in sources() {
        if source.stage() == "catalogue" || source.is_test() || TYPED.contains(&source.path.as_str()) {
            continue;
        }
        let found = names.iter().filter(|name| source.code.contains(&format!("\"{name}\"")));
        faults.extend(found.map(|name| format!("{} has \"{name}\"", source.path)));
    }
    none("a name of the catalogue stands outside of it", faults);
}

#[test]
fn files_begin_with_what_they_are_for_and_stay_short() {
    const LONGEST: usize = 350;
    const LONGEST_TEST: usize = 450;
    let mut faults = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//!") {
            faults.push(format!("{} does not begin with //!", source.path));
        }
        let lines = source.text.lines().count();
        let longest = if source.is_test() { LONGEST_TEST } else { LONGEST };
        if lines > longest {
            faults.push(format!("{} has {lines} lines, more than {longest}", source.path));
        }
    }
    none("a file without a header, or too long", faults);
}

/// Commands join the stages and decide nothing: what is longer belongs to a stage, where it can be tested by itself.
#[test]
fn commands_are_short() {
    const LONGEST: usize = 150;
    const IN_ALL: usize = 2000;
    let commands = sources().into_iter().filter(|source| source.stage() == "commands");
    let lengths: Vec<_> = commands.map(|source| (source.text.lines().count(), source.path)).collect();
    let all: usize = lengths.iter().map(|(lines, _)| lines).sum();
    assert!(all < IN_ALL, "the commands have {all} lines, {IN_ALL} or more");
    let long = lengths.iter().filter(|(lines, _)| *lines > LONGEST);
    none("a command is too long", long.map(|(lines, path)| format!("{path} has {lines} lines")).collect());
}

/// The readers above on small texts: a check that sees nothing would never fail.
#[test]
fn the_checks_see_what_they_look_for() {
    let code =
        "use crate::{reading::Row, sending::{A, B}, cli};\nlet x = crate::commands::run();\n$crate::macros";
    assert_eq!(named(code), ["cli", "commands", "reading", "sending"].map(str::to_owned).into());
    assert_eq!(highest_super("use super::a; super::super::b()"), 2);
    assert!(mentions_path("use csv::Reader;", "csv") && mentions_path("x: csv::Error", "csv"));
    assert!(!mentions_path("crate::csv::x", "csv") && !mentions_path("\"csv::\"", "csv"));
    assert_eq!(
        code_of("a\n// b\n#[cfg(test)]\nmod t;\nc\n#[cfg(test)]\nmod t {\n    {\n    }\n}\nd\n"),
        "a\nc\nd\n"
    );
}
