//! Settings from command lines, typed and kept.

use std::path::Path;

use clap::Parser;

use super::super::args::{Cli, Command};
use super::super::stored::StoredOptions;
use super::journal::journal_of;
use super::output::results_of;
use super::{Asks, ImportSettings, SettingsError, Terminals};
use crate::recording::OutputTarget;

const BOTH: Terminals = Terminals { input: true, errors: true };

fn import_on(line: &str, terminals: Terminals) -> Result<ImportSettings, SettingsError> {
    let words = ["userside-bulk", "import"].into_iter().chain(line.split_whitespace());
    let cli = Cli::try_parse_from(words.chain(["--url=http://localhost"])).expect("arguments");
    let Command::Import(command) = cli.command else { panic!("no import") };
    ImportSettings::of_import(*command, terminals, Some("key".to_owned()))
}

#[track_caller]
fn import(line: &str) -> ImportSettings {
    import_on(line, BOTH).expect(line)
}

#[track_caller]
fn refused(line: &str) -> String {
    import_on(line, BOTH).expect_err(line).to_string()
}

fn journal_path(line: &str) -> String {
    import(line).spec.journal.path.display().to_string()
}

#[test]
fn results_lie_beside_the_input() {
    for (input, results) in [
        ("customers.csv", "customers.results.csv"),
        ("a/b.c/customers.xlsx", "a/b.c/customers.results.csv"),
        ("export", "export.results.csv"),
        ("export.2024", "export.2024.results.csv"),
        ("Список.CSV", "Список.results.csv"),
    ] {
        assert_eq!(results_of(Path::new(input)), Path::new(results));
    }
}

#[test]
fn a_journal_is_named_after_the_results() {
    for (results, journal) in [
        ("march.results.csv", "march.journal"),
        ("a/March.Results.CSV", "a/March.journal"),
        ("other.csv", "other.journal"),
        ("other", "other.journal"),
        ("other.2024", "other.2024.journal"),
        ("x.results", "x.journal"),
    ] {
        assert_eq!(journal_of(Path::new(results)), Path::new(journal));
    }
}

#[test]
fn a_journal_lies_beside_the_results() {
    for (line, journal) in [
        ("edit in/customers.csv", "in/customers.journal"),
        ("edit in/export.2024", "in/export.2024.journal"),
        ("edit in/x.results.csv", "in/x.results.journal"),
        ("edit in/customers.csv --results out/march.results.csv", "out/march.journal"),
        ("edit in/customers.csv --results out/other.csv", "out/other.journal"),
        ("edit in/customers.csv --results -", "in/customers.journal"),
        ("edit in/customers.csv --results other.csv --journal j", "j"),
        ("edit - --results r.csv --journal j", "j"),
        ("edit - --results - --journal j", "j"),
    ] {
        assert_eq!(journal_path(line), journal, "{line}");
    }
}

#[test]
fn a_journal_needs_a_file_of_its_own() {
    assert!(refused("edit - --results r.csv").contains("--journal FILE"));
    assert!(refused("edit - --journal j").contains("--results FILE"));
    assert!(refused("edit x.csv --journal -").contains("standard output"));
    assert!(refused("edit x.csv --journal x.csv").contains("the journal would be written over the input"));
    assert!(refused("edit x.csv --journal ./x.csv").contains("over the input"));
    assert!(refused("edit x.csv --journal x.results.csv").contains("over the results"));
    assert!(refused("edit x.csv --journal f --failed ./f").contains("over the rows that are not ok"));
    assert!(refused("edit x.csv --failed x.journal").contains("over the rows that are not ok"));
}

#[test]
fn options_about_money_are_for_operations_that_book_it() {
    for option in
        ["--verify", "--no-comment-tag", "--expect-total=1", "--expect-debit=1", "--expect-credit=1"]
    {
        assert!(import_on(&format!("change_balance x.csv {option}"), BOTH).is_ok(), "{option}");
        let name = option.split('=').next().expect("a name");
        assert_eq!(
            refused(&format!("edit x.csv {option}")),
            format!("{name} is for operations that book money, and edit books none")
        );
    }
    assert!(refused("edit x.csv --existing skip").contains("edit creates none"));
    assert!(import_on("add x.csv --existing skip", BOTH).is_ok());
}

#[test]
fn somebody_is_asked_only_where_a_person_sits() {
    let asks = |line: &str, input, errors| import_on(line, Terminals { input, errors }).expect(line).asks;
    assert_eq!(asks("delete x.csv", true, true), Asks::Person);
    assert_eq!(asks("delete x.csv --yes", true, true), Asks::Nobody);
    assert_eq!(asks("delete x.csv -y", true, true), Asks::Nobody);
    assert_eq!(asks("delete x.csv", false, true), Asks::Nobody);
    assert_eq!(asks("delete x.csv", true, false), Asks::Nobody);
}

#[test]
fn a_run_is_remembered_asked_about_and_tagged_unless_told_otherwise() {
    let spec = import("change_balance x.csv").spec;
    assert!(spec.policy.reconcile && spec.policy.comment_tag);
    assert!(!spec.policy.resend && !spec.policy.verify && !spec.journal.new_run);
    assert_eq!(spec.policy.settle.as_secs(), 30);
    let line = "change_balance x.csv --no-reconcile --no-comment-tag --resend --verify --new-run --settle 0s";
    let spec = import(line).spec;
    assert!(!spec.policy.reconcile && !spec.policy.comment_tag);
    assert!(spec.policy.resend && spec.policy.verify && spec.journal.new_run);
    assert!(spec.policy.settle.is_zero());
}

fn stored(line: &str) -> StoredOptions {
    StoredOptions::from_json(&import(line).spec.journal.options).expect("options")
}

fn absolute(path: &str) -> std::path::PathBuf {
    std::path::absolute(path).expect("a folder")
}

#[test]
fn resume_goes_on_with_what_is_kept() {
    let options = stored("edit x.csv --set comment=a --rate 5/s --no-reconcile --journal old.journal");
    assert!(options.to_json().contains(r#""url":["http://localhost"]"#), "{}", options.to_json());
    let ImportSettings { spec, shown, .. } =
        of_journal("resume moved.journal --rate 9/s --json", options.clone());
    assert_eq!(spec.output.results, OutputTarget::File(absolute("x.results.csv")));
    assert!(shown.mode.json);
    assert_eq!(spec.connection.link.pace.rate, "9/s".parse().expect("a rate"));
    assert_eq!(spec.journal.path, Path::new("moved.journal"));
    assert!(!spec.policy.reconcile);
    assert!(of_journal("reconcile moved.journal", options).spec.policy.reconcile);
}

fn command(line: &str) -> Command {
    let words = std::iter::once("userside-bulk").chain(line.split_whitespace());
    Cli::try_parse_from(words).expect(line).command
}

fn of_journal(line: &str, options: StoredOptions) -> ImportSettings {
    let key = || Some("key".to_owned());
    match command(line) {
        Command::Resume(args) => {
            let journal = args.run.place();
            super::ResumeSettings::of_resume(*args, journal, BOTH, key())
        }
        Command::Reconcile(args) => {
            let journal = args.run.place();
            super::ResumeSettings::of_reconcile(*args, journal, BOTH, key())
        }
        _ => panic!("{line} goes on with nothing"),
    }
    .import_settings(options)
    .expect(line)
}

#[test]
fn results_go_where_the_run_or_the_command_says() {
    let options = stored("change_balance x.csv --verify --failed f.csv");
    let rewriting = |line: &str| {
        let Command::Results(args) = command(line) else { panic!("{line} writes no results") };
        super::ResultsSettings::new(args, "x.journal".into(), BOTH).rewriting(options.clone())
    };
    let (_, output, _) = rewriting("results x.journal --results new.csv").expect("settings");
    assert_eq!(output.results, OutputTarget::File(absolute("new.csv")));
    assert_eq!(output.failed, Some(absolute("f.csv")));
    let error = rewriting("results x.journal --results x.journal").expect_err("it is the journal");
    assert!(error.to_string().contains("over the results"), "{error}");
}

#[test]
fn undo_writes_beside_the_input() {
    let output = |line: &str, options: &StoredOptions| {
        let cli = Cli::try_parse_from(["userside-bulk", "undo"].into_iter().chain(line.split_whitespace()));
        let Command::Undo(args) = cli.expect(line).command else { panic!("no undo") };
        let journal = args.run.place();
        super::UndoSettings::new(args, journal).output(options)
    };
    let options = stored("change_balance in/x.csv --results r.csv");
    let place = |path: &str| OutputTarget::File(path.into());
    assert_eq!(output("j", &options).expect("a place"), OutputTarget::File(absolute("in/x.undo.csv")));
    assert_eq!(output("j --output u.csv", &options).expect("a place"), place("u.csv"));
    assert_eq!(output("j --output -", &options).expect("a place"), OutputTarget::Stdout);
    assert!(output("j --output in/x.csv", &options).is_err());
    assert!(output("j --output ./j", &options).is_err());
    let piped = stored("change_balance - --results - --journal a/j.journal");
    assert_eq!(output("a/j.journal", &piped).expect("a place"), place("a/j.undo.csv"));
}
