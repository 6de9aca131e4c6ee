//! Settings from command lines, typed and kept.

use std::path::Path;

use super::super::error::SettingsError;
use super::super::options::Terminals;
use super::super::program::Command;
use super::super::run_options::{Asks, ImportSettings};
use super::super::stored_run::StoredRun;
use super::super::undo::undone_rows;
use super::{BOTH, command, going_on, import, key, stored};
use crate::recording::OutputTarget;
use crate::running::{OnBooked, Verify};

fn import_on(line: &str, terminals: Terminals) -> Result<ImportSettings, SettingsError> {
    let Command::Import(args) = command(&format!("import {line} --url http://localhost")) else {
        panic!("not an import")
    };
    args.settings(terminals, key())
}

#[track_caller]
fn refused(line: &str) -> String {
    import_on(line, BOTH).expect_err(line).to_string()
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
        assert_eq!(import(line).spec.journal.path, Path::new(journal), "{line}");
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
    assert!(refused("edit x.csv --journal f --failed ./f").contains("over the rows to fix"));
    assert!(refused("edit x.csv --failed x.journal").contains("over the rows to fix"));
}

#[test]
fn options_about_money_are_for_operations_that_book_it() {
    for option in [
        "--verify",
        "--no-verify",
        "--no-comment-tag",
        "--expect-total=1",
        "--expect-debit=1",
        "--expect-credit=1",
    ] {
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
    assert!(spec.policy.reconcile && spec.input.on_booked == OnBooked::Fail);
    assert!(!spec.policy.resend && spec.policy.verify == Verify::InBatches && !spec.journal.new_run);
    assert_eq!(spec.policy.settle.as_secs(), 300);
    let line = "change_balance x.csv --no-reconcile --no-comment-tag --resend --verify --new-run --settle 0s";
    let spec = import(line).spec;
    assert!(!spec.policy.reconcile && spec.input.on_booked == OnBooked::Untagged);
    assert!(spec.policy.resend && spec.policy.verify == Verify::Each && spec.journal.new_run);
    assert!(spec.policy.settle.is_zero());
}

fn absolute(path: &str) -> std::path::PathBuf {
    std::path::absolute(path).expect("a folder")
}

#[test]
fn resume_goes_on_with_what_is_kept() {
    let run = stored("edit x.csv --set comment=a --rate 5/s --no-reconcile --journal old.journal");
    assert!(run.to_json().contains(r#""url":["http://localhost"]"#), "{}", run.to_json());
    let settings = going_on("resume moved.journal --rate 9/s --json", &run);
    assert_eq!(settings.spec.output.results, OutputTarget::File(absolute("x.results.csv")));
    assert!(settings.shown.mode.json);
    assert_eq!(settings.spec.connection.link.pace.rate, "9/s".parse().expect("a rate"));
    assert_eq!(settings.spec.journal.path, Path::new("moved.journal"));
    assert!(!settings.spec.policy.reconcile);
    assert!(going_on("reconcile moved.journal", &run).spec.policy.reconcile);
}

#[test]
fn results_need_no_server() {
    let run = stored("change_balance x.csv --verify --failed f.csv");
    let Command::Results(args) = command("results x.journal --results new.csv") else { panic!("no results") };
    let (_, output, _) = args.settings(&run, Path::new("x.journal"), BOTH).expect("settings");
    assert_eq!(output.results, OutputTarget::File(absolute("new.csv")));
    assert_eq!(output.failed, Some(absolute("f.csv")));
    // Results that went to standard output have no place that undo would have to know.
    assert!(undone_rows(&stored("change_balance - --results - --journal j")).is_ok());
}

#[test]
fn undo_writes_beside_the_input() {
    let output = |line: &str, run: &StoredRun| {
        let Command::Undo(args) = command(&format!("undo {line}")) else { panic!("no undo") };
        args.output(run, &args.place())
    };
    let run = stored("change_balance in/x.csv --results r.csv");
    let target = |path: &str| OutputTarget::File(path.into());
    assert_eq!(output("j", &run).expect("a place"), OutputTarget::File(absolute("in/x.undo.csv")));
    assert_eq!(output("j --output u.csv", &run).expect("a place"), target("u.csv"));
    assert_eq!(output("j --output -", &run).expect("a place"), OutputTarget::Stdout);
    assert!(output("j --output in/x.csv", &run).is_err());
    assert!(output("j --output ./j", &run).is_err());
    let piped = stored("change_balance - --results - --journal a/j.journal");
    assert_eq!(output("a/j.journal", &piped).expect("a place"), target("a/j.undo.csv"));
}
