//! Options go into a journal and come out as they were; what was never an option does not.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use clap::{Args, FromArgMatches};
use proptest::prelude::*;

use super::super::import_args::ImportArgs;
use super::super::journal_args::{Reconciling, Resuming, Rewriting};
use super::super::typed::{Chosen, ImportCommand, Overrides, Typed, definition};
use super::options::{NOT_STORED, StoredOptions};
use crate::reading::{Input, MappingError};

/// For every option of `import` that is kept, what may be typed behind it; nothing for a switch.
const SAMPLES: &[(&str, &[&str])] = &[
    ("map", &["ФИО=fio", "=", "a=b=c"]),
    ("set", &["billing_id=1", "comment=", "x==-y"]),
    ("mapping", &["MAPPING"]),
    ("ignore-unknown-columns", &[]),
    ("delimiter", &[";"]),
    ("encoding", &["windows-1251"]),
    ("sheet", &["--Март =x"]),
    ("date-format", &["%d.%m.%y"]),
    ("empty", &["clear"]),
    ("server-version", &["3.16dev2"]),
    ("allow-duplicates", &[]),
    ("expect-rows", &["3"]),
    ("expect-total", &["-1 234,5"]),
    ("expect-debit", &["10"]),
    ("expect-credit", &["0.01"]),
    ("skip-internal-api", &[]),
    ("url", &["https://us.example.com/x"]),
    ("key-file", &["/keys/ключ"]),
    ("selector", &["action"]),
    ("timeout", &["2m"]),
    ("connect-timeout", &["500ms"]),
    ("rate", &["600/m"]),
    ("burst", &["7"]),
    ("concurrency", &["64"]),
    ("retries", &["0"]),
    ("retry-wait", &["0s"]),
    ("max-failures", &["5%"]),
    ("results", &["/r/out.csv"]),
    ("failed", &["/r/left.csv"]),
    ("skip-invalid", &[]),
    ("no-comment-tag", &[]),
    ("existing", &["skip"]),
    ("settle", &["0s"]),
    ("no-reconcile", &[]),
    ("resend", &[]),
    ("verify", &[]),
];

fn parse(arguments: &[&str]) -> ImportCommand {
    parse_os(arguments.iter().map(OsString::from).collect())
}

fn parse_os(arguments: Vec<OsString>) -> ImportCommand {
    let arguments = std::iter::once("import".into()).chain(arguments);
    let matches = definition().try_get_matches_from(arguments).expect("arguments");
    ImportCommand::from_arg_matches(&matches).expect("an import")
}

fn overrides<C: Chosen>(arguments: &[&str]) -> Typed {
    let command = Overrides::<C>::augment_args(clap::Command::new("resume"));
    let matches = command.try_get_matches_from(["resume"].iter().chain(arguments)).expect("arguments");
    Overrides::<C>::from_arg_matches(&matches).expect("overrides").into_typed()
}

fn stored(arguments: &[&str]) -> StoredOptions {
    StoredOptions::of(&parse(arguments)).expect("options")
}

/// Into a journal, out of it, and what `import` makes of that.
fn again(stored: &StoredOptions) -> (ImportArgs, StoredOptions) {
    let read = StoredOptions::from_json(&stored.to_json()).expect("options");
    assert_eq!(&read, stored);
    read.into_import(Typed::default()).expect("an import")
}

#[test]
fn every_option_of_import_is_kept_or_said_not_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let mapping = folder.path().join("mapping.toml");
    std::fs::write(&mapping, "[columns]\n").expect("a file");
    let mut open: BTreeSet<&str> = NOT_STORED.iter().copied().collect();
    for argument in definition().get_arguments().filter(|argument| !argument.is_positional()) {
        let name = argument.get_long().expect("every option has a long name");
        if open.remove(name) {
            continue;
        }
        let (_, words) = SAMPLES.iter().find(|(sample, _)| *sample == name).unwrap_or_else(|| {
            panic!("--{name} is neither in NOT_STORED nor in SAMPLES: decide whether a journal keeps it")
        });
        let mut line = vec!["add".to_owned(), "/in/x.csv".to_owned()];
        if words.is_empty() {
            line.push(format!("--{name}"));
        }
        line.extend(words.iter().map(|word| {
            let word = if *word == "MAPPING" { &mapping } else { Path::new(word) };
            format!("--{name}={}", word.display())
        }));
        let before = parse(&line.iter().map(String::as_str).collect::<Vec<_>>());
        let kept = StoredOptions::of(&before).expect("options");
        let (after, kept_again) = again(&kept);
        assert_eq!(format!("{:?}", before.args), format!("{after:?}"), "--{name}");
        assert_eq!(kept, kept_again, "--{name}");
        let without = stored(&["add", "/in/x.csv"]);
        assert_ne!(kept, without, "--{name} is not kept");
    }
    assert!(open.is_empty(), "NOT_STORED names what import does not have: {open:?}");
}

#[test]
fn what_holds_for_one_command_is_not_kept() {
    let plain = stored(&["add", "/x.csv"]);
    let typed = "add /x.csv --json --quiet -vvv --yes --new-run --journal /j.journal";
    assert_eq!(stored(&typed.split(' ').collect::<Vec<_>>()), plain);
    assert_eq!(stored(&["add", "/x.csv", "--results", "-"]), plain);
    assert_eq!(plain.to_json(), r#"{"operation":"add","input":"/x.csv","options":{}}"#);
}

#[test]
fn options_are_kept_as_they_were_typed() {
    let line = "change-balance - --map a=id --rate 5/s --map b=amount --skip-invalid --results /r.csv";
    let expected = r#"{"operation":"change_balance","input":"-","options":{"map":["a=id","b=amount"],"rate":["5/s"],"results":["/r.csv"],"skip-invalid":true}}"#;
    let kept = stored(&line.split(' ').collect::<Vec<_>>());
    assert_eq!(kept.to_json(), expected);
    assert_eq!(kept.input(), Input::Stdin);
}

#[test]
fn paths_mean_the_same_wherever_the_run_goes_on() {
    let here = std::path::absolute("x").expect("a folder").parent().expect("a folder").to_owned();
    let kept = stored(&["add", "x.csv", "--failed", "./f.csv", "--key-file", "../key", "--results", "r.csv"]);
    assert_eq!(kept.input(), Input::File(here.join("x.csv")));
    let (args, _) = again(&kept);
    assert_eq!(args.output.failed, Some(here.join("f.csv")));
    assert_eq!(args.output.results, Some(here.join("r.csv")));
    assert_eq!(args.server.key_file, Some(here.join("../key")));
}

#[cfg(unix)]
#[test]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStringExt;
    let path = OsString::from_vec(b"/\xEF\xF0\xE8/in.csv".to_vec());
    let mut failed = OsString::from("--failed=");
    failed.push(&path);
    let before = parse_os(vec!["add".into(), path.clone(), failed]);
    let (after, _) = again(&StoredOptions::of(&before).expect("options"));
    assert_eq!(after.input.file, Path::new(&path));
    assert_eq!(after.output.failed.as_deref(), Some(Path::new(&path)));
}

#[test]
fn a_mapping_file_is_kept_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.toml");
    std::fs::write(&path, "[columns]\n\"ФИО\" = \"fio\"\n").expect("a file");
    let before = stored(&["add", "/x.csv", "--mapping", &path.to_string_lossy()]);
    std::fs::remove_file(&path).expect("it goes away");
    let (args, after) = again(&before);
    let mapping = after.mapping(args.input.operation).expect("a mapping");
    assert!(format!("{mapping:?}").contains("ФИО"), "{mapping:?}");
    let missing = parse(&["add", "/x.csv", "--mapping", &path.to_string_lossy()]);
    assert!(matches!(StoredOptions::of(&missing), Err(MappingError::Open { .. })));
}

#[test]
fn what_is_typed_now_goes_over_what_is_kept() {
    let kept = stored(&["edit", "/x.csv", "--rate=5/s", "--set=comment=a", "--retries=1"]);
    let typed = overrides::<Resuming>(&["--rate", "9/m", "--json", "-vv", "--yes", "--failed", "/f"]);
    let (args, after) = kept.clone().into_import(typed).expect("an import");
    assert_eq!(args.pace.rate, "9/m".parse().expect("a rate"));
    assert_eq!(args.pace.retries, 1);
    assert!(args.output.shown.json && args.yes && args.output.shown.verbose == 2);
    let expected = stored(&["edit", "/x.csv", "--rate=9/m", "--set=comment=a", "--retries=1", "--failed=/f"]);
    assert_eq!(after, expected);
    assert_eq!(kept.clone().into_import(overrides::<Resuming>(&[])).expect("an import").1, kept);
}

/// The commands name options that `import` has; each of them is refused or taken as `import` does.
#[test]
fn what_other_commands_take_are_options_of_import() {
    fn count<C: Chosen>() {
        let command = Overrides::<C>::augment_args(clap::Command::new("x"));
        command.clone().debug_assert();
        assert_eq!(command.get_arguments().count(), C::NAMES.len());
        for argument in command.get_arguments() {
            assert!(argument.get_env().is_none() && argument.get_default_values().is_empty());
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty() && !help.contains("default"), "{help}");
        }
    }
    count::<Resuming>();
    count::<Reconciling>();
    count::<Rewriting>();
    let command = Overrides::<Resuming>::augment_args(clap::Command::new("x"));
    assert!(command.try_get_matches_from(["x", "--rate", "10"]).is_err());
}

#[track_caller]
fn refused(json: &str) -> String {
    let error = StoredOptions::from_json(json).and_then(|options| options.into_import(Typed::default()));
    let text = error.expect_err(json).to_string();
    assert!(!text.contains(char::is_control), "{text:?}");
    text
}

#[test]
fn options_that_nobody_kept_are_refused() {
    let with = |options: &str| format!(r#"{{"operation":"add","input":"/x","options":{{{options}}}}}"#);
    assert!(refused(&with(r#""teleport":true"#)).contains("does not know"));
    assert!(refused(&with(r#""help":true"#)).contains("does not know"));
    assert!(refused(&with(r#""\u001b[2J=":["x"]"#)).contains("does not know"));
    for name in NOT_STORED {
        assert!(refused(&with(&format!(r#""{name}":true"#))).contains("somebody has changed it"), "{name}");
    }
    assert!(refused(&with(r#""mapping":["/etc/passwd"]"#)).contains("somebody has changed it"));
    assert!(refused(&with(r#""rate":true"#)).contains("--rate"));
    assert!(refused(&with(r#""resend":["x"]"#)).contains("--resend"));
    assert!(refused(&with(r#""rate":["1/s","2/s"]"#)).contains("cannot be used"));
    assert!(refused(&with(r#""rate":["fast\u001b[2J"]"#)).contains("cannot be used"));
    assert!(refused(&with(r#""rate":[]"#).replace("add", "get_data")).contains("cannot be used"));
    assert!(refused(&with("").replace("add", "--yes")).contains("cannot be used"));
}

#[test]
fn damaged_options_are_refused() {
    for json in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"operation":"add","input":"/x"}"#,
        r#"{"operation":"add","input":"/x","options":{},"more":1}"#,
        r#"{"operation":"add","input":"/x","options":{"rate":5000}}"#,
        r#"{"operation":"add","input":7,"options":{}}"#,
    ] {
        assert!(refused(json).contains("cannot be read"), "{json}");
    }
    assert!(refused(&"[".repeat(100_000)).contains("cannot be read"));
}

proptest! {
    /// Whatever a journal holds is options or an error.
    #[test]
    fn no_text_of_a_journal_is_a_panic(
        name in prop_oneof!["[a-z-]{0,12}", "rate|map|url|settle|results|verbose"],
        words in prop::collection::vec("\\PC{0,12}", 0..3),
        operation in "add|edit|\\PC{0,8}",
        input in "\\PC{0,8}",
        cut in 0_usize..200,
    ) {
        let json = serde_json::json!({"operation": operation, "input": input, "options": {name: words}}).to_string();
        if let Ok(options) = StoredOptions::from_json(&json) {
            let _ = options.into_import(Typed::default());
        }
        let end = json.char_indices().map(|(place, _)| place).take_while(|place| *place <= cut).last().unwrap_or(0);
        prop_assert!(StoredOptions::from_json(&json[..end]).is_err());
    }

    /// Words come back as they were, whatever stands in them.
    #[test]
    fn any_word_survives(column in "\\PC{0,10}", value in "\\PC{0,10}", sheet in "\\PC{1,10}") {
        let line = [
            "edit".to_owned(),
            "/x.csv".to_owned(),
            format!("--map={column}=id"),
            format!("--set=comment={value}"),
            format!("--sheet={sheet}"),
        ];
        let before = parse(&line.iter().map(String::as_str).collect::<Vec<_>>());
        let (after, _) = again(&StoredOptions::of(&before).expect("options"));
        prop_assert_eq!(format!("{:?}", before.args), format!("{:?}", after));
    }
}
