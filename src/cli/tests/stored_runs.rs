//! Options go into a journal and come out as they were; what was never an option does not.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use clap::Args;
use proptest::prelude::*;

use super::super::program::{Command, program};
use super::super::run_options::{ImportSettings, RunOptions};
use super::super::stored_run::StoredRun;
use super::{BOTH, command_of, going_on, import, import_of, key, stored};
use crate::reading::Input;
use crate::running::Verify;

/// Options that a journal keeps, and what may be typed after them; nothing for a switch. The operation is one that takes
/// the option.
const SAMPLES: &[(&str, &str, &[&str])] = &[
    ("add", "map", &["ФИО=fio", "=", "a=b=c"]),
    ("add", "set", &["billing_id=1", "comment=", "x==-y"]),
    ("add", "ignore-unknown-columns", &[]),
    ("add", "delimiter", &[";"]),
    ("add", "encoding", &["windows-1251"]),
    ("add", "sheet", &["--Март =x"]),
    ("add", "date-format", &["%d.%m.%y"]),
    ("add", "empty", &["clear"]),
    ("add", "server-version", &["3.16dev2"]),
    ("add", "allow-duplicates", &[]),
    ("add", "expect-rows", &["3"]),
    ("change_balance", "expect-total", &["-1 234,5"]),
    ("change_balance", "expect-debit", &["10"]),
    ("change_balance", "expect-credit", &["0.01"]),
    ("add", "skip-internal-api", &[]),
    ("add", "url", &["https://us.example.com/x"]),
    ("add", "key-file", &["KEY"]),
    ("add", "selector", &["action"]),
    ("add", "timeout", &["2m"]),
    ("add", "connect-timeout", &["500ms"]),
    ("add", "rate", &["600/m"]),
    ("add", "burst", &["7"]),
    ("add", "concurrency", &["64"]),
    ("add", "retries", &["0"]),
    ("add", "retry-wait", &["0s"]),
    ("add", "max-failures", &["5%"]),
    ("add", "results", &["/r/out.csv"]),
    ("add", "failed", &["/r/left.csv"]),
    ("add", "skip-invalid", &[]),
    ("change_balance", "no-comment-tag", &[]),
    ("add", "existing", &["skip"]),
    ("add", "settle", &["0s"]),
    ("add", "no-reconcile", &[]),
    ("add", "resend", &[]),
    ("add", "until", &["06:00"]),
    ("add", "notify", &["mail -s 'end' noc@example.com"]),
    ("change_balance", "verify", &[]),
    ("change_balance", "no-verify", &[]),
];

fn kept_names() -> BTreeSet<String> {
    let command = RunOptions::augment_args(clap::Command::new("x"));
    command.get_arguments().map(|argument| argument.get_long().expect("a long name").to_owned()).collect()
}

/// What a run is told, without where its journal lies.
fn told(settings: ImportSettings) -> String {
    let mut spec = settings.spec;
    spec.journal.path = "j".into();
    format!("{spec:?} {:?} {:?} {:?}", settings.warnings, settings.until, settings.notify)
}

#[test]
fn every_option_that_is_kept_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("ключ");
    std::fs::write(&key, "key\n").expect("a file");
    let kept = kept_names();
    for (operation, name, values) in SAMPLES {
        assert!(kept.contains(*name), "--{name} is not kept");
        let mut line: Vec<OsString> = vec![(*operation).into(), "/in/x.csv".into()];
        if values.is_empty() {
            line.push(format!("--{name}").into());
        }
        line.extend(values.iter().map(|value| {
            let value =
                if *value == "KEY" { key.to_string_lossy().into_owned() } else { (*value).to_owned() };
            format!("--{name}={value}").into()
        }));
        let before = import_of(line).expect("an import");
        let run = StoredRun::from_json(&before.spec.journal.options).expect("options");
        assert_ne!(run, stored(&format!("{operation} /in/x.csv")), "--{name} is not kept");
        assert_eq!(told(before), told(going_on("resume /j.journal", &run)), "--{name}");
    }
}

/// An option is kept because its group is. These are not, on purpose.
#[test]
fn what_holds_for_one_command_is_not_kept() {
    let kept = kept_names();
    let mut program = program();
    program.build();
    let import_command = program.find_subcommand("import").expect("import");
    let names = import_command.get_arguments().filter_map(|argument| argument.get_long());
    let others: BTreeSet<&str> = names.filter(|name| !kept.contains(*name)).collect();
    let expected = ["help", "id-map", "journal", "json", "mapping", "new-run", "quiet", "verbose", "yes"];
    assert_eq!(others, expected.into());
    let plain = stored("add /x.csv");
    assert_eq!(stored("add /x.csv --json --quiet -vvv --yes --new-run --journal /j.journal"), plain);
    assert_eq!(stored("add /x.csv --results -"), plain);
    assert_eq!(
        plain.to_json(),
        r#"{"operation":"add","input":"/x.csv","options":{"url":["http://localhost"]}}"#
    );
}

#[test]
fn options_are_kept_as_they_were_typed() {
    let line =
        "change-balance - --map a=id --rate 5/s --map b=amount --skip-invalid --results /r.csv --journal /j";
    let expected = r#"{"operation":"change_balance","input":"-","options":{"map":["a=id","b=amount"],"rate":["5/s"],"results":["/r.csv"],"skip-invalid":true,"url":["http://localhost"]}}"#;
    let kept = stored(line);
    assert_eq!(kept.to_json(), expected);
    assert_eq!(kept.input(), Input::Stdin);
}

#[test]
fn paths_mean_the_same_wherever_the_run_goes_on() {
    let here = std::path::absolute("x").expect("a folder").parent().expect("a folder").to_owned();
    let kept = stored("add x.csv --failed ./f.csv --results r.csv");
    assert_eq!(kept.input(), Input::File(here.join("x.csv")));
    let output = going_on("resume /j", &kept).spec.output;
    assert_eq!(output.failed, Some(here.join("f.csv")));
    assert_eq!(output.results.path(), Some(&*here.join("r.csv")));
}

#[cfg(unix)]
#[test]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStringExt;
    let path = OsString::from_vec(b"/\xEF\xF0\xE8/in.csv".to_vec());
    let mut failed = OsString::from("--failed=");
    failed.push(OsString::from_vec(b"/\xEF\xF0\xE8/f.csv".to_vec()));
    let before = import_of(vec!["add".into(), path.clone(), failed]).expect("an import");
    let run = StoredRun::from_json(&before.spec.journal.options).expect("options");
    let after = going_on("resume /j", &run).spec;
    assert_eq!(after.input.input, Input::File(path.into()));
    assert_eq!(after.output.failed, before.spec.output.failed);
}

#[test]
fn a_mapping_file_is_kept_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.toml");
    std::fs::write(&path, "[columns]\n\"ФИО\" = \"fio\"\n").expect("a file");
    let line = format!("add /x.csv --mapping {}", path.display());
    let before = stored(&line);
    std::fs::remove_file(&path).expect("it goes away");
    let mapping = going_on("resume /j", &before).spec.input.mapping;
    assert!(format!("{mapping:?}").contains("ФИО"), "{mapping:?}");
    let missing = import_of(line.split(' ').map(OsString::from).collect()).expect_err("no file");
    assert!(missing.to_string().contains("m.toml"), "{missing}");
}

#[test]
fn what_is_typed_now_takes_precedence_over_what_is_kept() {
    let kept = stored("edit /x.csv --rate=5/s --set=comment=a --retries=1 --resend");
    let settings = going_on("resume /j --rate 9/m --json -vv --yes --failed /f", &kept);
    let link = &settings.spec.connection.link;
    assert_eq!(link.pace.rate, "9/m".parse().expect("a rate"));
    assert_eq!(link.retries, 1);
    assert!(settings.shown.mode.json && settings.shown.verbose == 2);
    assert_eq!(settings.spec.output.failed.as_deref(), Some(Path::new("/f")));
    assert!(settings.spec.policy.resend);
    // And the default, where neither says anything.
    assert_eq!(settings.spec.connection.concurrency.get(), 8);
    assert_eq!(
        told(going_on("resume /j", &kept)),
        told(import("edit /x.csv --rate=5/s --set=comment=a --retries=1 --resend"))
    );
}

/// What goes over a stored option must not come from anywhere but the command line.
#[test]
fn what_may_be_changed_has_no_default_and_is_an_option_of_import() {
    let mut program = program();
    program.build();
    let kept = kept_names();
    for name in ["resume", "reconcile", "results"] {
        let command = program.find_subcommand(name).expect(name);
        for argument in command
            .get_arguments()
            .filter(|argument| argument.get_long().is_some_and(|name| kept.contains(name)))
        {
            let texts = [argument.get_help(), argument.get_long_help()].into_iter().flatten();
            assert!(texts.map(ToString::to_string).all(|text| !text.contains("[default:")), "{argument}");
            assert!(argument.get_env().is_none(), "{argument}");
            let is_switch = !argument.get_action().takes_values();
            assert!(is_switch || argument.get_default_values().is_empty(), "{argument}");
        }
    }
    // Nor does anything that is stored have a default that clap would take for something typed.
    let command = RunOptions::augment_args(clap::Command::new("x"));
    for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
        assert!(argument.get_default_values().is_empty(), "{:?}", argument.get_long());
    }
}

#[track_caller]
fn refused(json: &str) -> String {
    let error = go_on_with(json).expect_err(json);
    assert!(!error.contains(char::is_control), "{error:?}");
    error
}

fn go_on_with(json: &str) -> Result<(), String> {
    let run = StoredRun::from_json(json).map_err(|error| error.to_string())?;
    let Command::Resume(args) = command_of(vec!["resume".into(), "/j".into()]) else { panic!("no resume") };
    let settings = args.import_settings(&run, Path::new("/j"), BOTH, key());
    settings.map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn options_that_nobody_kept_are_refused() {
    let with = |options: &str| format!(r#"{{"operation":"add","input":"/x","options":{{{options}}}}}"#);
    for name in [
        "teleport",
        "help",
        "\\u001b[2J=",
        "json",
        "quiet",
        "verbose",
        "yes",
        "new-run",
        "journal",
        "mapping",
    ] {
        assert!(refused(&with(&format!(r#""{name}":true"#))).contains("does not keep in journals"), "{name}");
    }
    assert!(refused(&with(r#""mapping":["/etc/passwd"]"#)).contains("does not keep in journals"));
    assert!(refused(&with(r#""rate":true"#)).contains("--rate"));
    assert!(refused(&with(r#""resend":["x"]"#)).contains("--resend"));
    assert!(refused(&with(r#""rate":["1/s","2/s"]"#)).contains("cannot be used"));
    assert!(refused(&with(r#""rate":["fast\u001b[2J"]"#)).contains("cannot be used"));
    let url = r#""url":["http://localhost"]"#;
    assert!(go_on_with(&with(url)).is_ok());
    assert!(refused(&with(url).replace("add", "get_data")).contains("cannot be used"));
    assert!(refused(&with(url).replace("add", "--yes")).contains("cannot be used"));
}

/// Word for word what version 0.1.0 wrote: journals outlive the program that made them.
#[test]
fn a_journal_that_an_earlier_version_wrote_is_gone_on_with() {
    let json = r#"{"operation":"change_balance","input":"/in/money.csv","options":{"burst":["7"],"concurrency":["2"],"expect-total":["-1 234,5"],"map":["ФИО=","Сумма=amount"],"max-failures":["5%"],"no-reconcile":true,"rate":["5/s"],"results":["/r/out.csv"],"selector":["action"],"set":["comment=x"],"skip-invalid":true,"timeout":["2m"],"url":["https://us.example.com"],"verify":true},"mapping":{"path":"/in/m.toml","text":"[columns]\n\"Договор\" = \"customer_id\"\n"}}"#;
    let run = StoredRun::from_json(json).expect("options");
    assert_eq!(run.to_json(), json);
    let spec = going_on("resume /j --rate 1/s", &run).spec;
    assert_eq!(spec.connection.link.pace.rate, "1/s".parse().expect("a rate"));
    assert_eq!(spec.connection.http.timeout.as_secs(), 120);
    assert_eq!(spec.connection.selector.name(), "action");
    assert_eq!(spec.connection.concurrency.get(), 2);
    assert!(spec.policy.skip_invalid && spec.policy.verify == Verify::Each && !spec.policy.reconcile);
    assert!(spec.policy.expectation.total.is_some() && spec.policy.max_failures.is_some());
    assert!(format!("{:?}", spec.input.mapping).contains("Договор"));
    assert_eq!(spec.output.results.path(), Some(Path::new("/r/out.csv")));
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
    #![proptest_config(ProptestConfig::with_cases(64))]

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
        let _ = go_on_with(&json);
        let end = json.char_indices().map(|(place, _)| place).take_while(|place| *place <= cut).last().unwrap_or(0);
        prop_assert!(StoredRun::from_json(&json[..end]).is_err());
    }

    /// Words come back as they were, whatever stands in them.
    #[test]
    fn any_word_survives(column in "\\PC{0,10}", value in "\\PC{0,10}", sheet in "\\PC{1,10}") {
        let line = vec![
            "edit".into(),
            "/x.csv".into(),
            format!("--map={column}=id").into(),
            format!("--set=comment={value}").into(),
            format!("--sheet={sheet}").into(),
        ];
        let before = import_of(line).expect("an import");
        let run = StoredRun::from_json(&before.spec.journal.options).expect("options");
        prop_assert_eq!(told(before), told(going_on("resume /j", &run)));
    }
}
