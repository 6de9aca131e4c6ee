//! What the program says, word for word: helps, lists, summaries, problems, wrong usage. A change of words
//! shows here as a difference to be looked at; `INSTA_UPDATE=always cargo test` takes the new ones over.

use crate::support::{Output, Place, Sandbox, userside};

/// Compares with `snapshots/NAME.snap`.
#[track_caller]
pub(crate) fn matches(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Standard output and standard error as a person sees them, without what differs from run to run.
fn seen(line: &str, output: &Output) -> String {
    let mut text = format!("$ userside-bulk {line}\n{}{}", output.stdout, output.stderr);
    text = text.lines().map(|line| format!("{}\n", without_seconds(line).trim_end())).collect();
    text.push_str(&format!("[exit {}]\n\n", output.code.expect("an exit code")));
    text
}

/// A summary ends a clause with the time it took: `; 0.1 s`.
fn without_seconds(line: &str) -> String {
    match line.rsplit_once("; ") {
        Some((before, time))
            if time.strip_suffix(" s").is_some_and(|number| number.parse::<f64>().is_ok()) =>
        {
            format!("{before}; [seconds] s")
        }
        _ => line.to_owned(),
    }
}

/// These commands, one after the other, in this folder.
#[track_caller]
fn session(name: &str, place: &Place, lines: &[&str]) {
    let text: String = lines.iter().map(|line| seen(line, &userside(place).line(line).run())).collect();
    matches(name, &text);
}

/// The same against a server; its address is left out.
#[track_caller]
fn session_with(name: &str, place: &Place, sandbox: &Sandbox, lines: &[&str]) {
    let run = |line: &&str| seen(line, &userside(place).line(line).to(sandbox).run());
    matches(name, &lines.iter().map(run).collect::<String>().replace(sandbox.url(), "[address]"));
}

#[test]
fn help() {
    let place = Place::new();
    session("help", &place, &["--help"]);
    session("help-short", &place, &["-h"]);
    session("help-nothing", &place, &[""]);
}

#[test]
fn help_of_every_command() {
    let place = Place::new();
    let commands = [
        "import",
        "validate",
        "resume",
        "reconcile",
        "results",
        "undo",
        "export",
        "lookup",
        "history",
        "count",
        "check",
        "template",
        "operations",
        "sandbox",
        "demo",
        "completions",
        "status",
    ];
    for command in commands {
        session(&format!("help-{command}"), &place, &[&format!("{command} --help")]);
    }
    session("help-import-short", &place, &["import -h"]);
}

#[test]
fn operations_and_templates() {
    let place = Place::new();
    session("operations", &place, &["operations"]);
    session("operations-edit", &place, &["operations edit"]);
    session(
        "operations-other",
        &place,
        &["operations add", "operations change_balance", "operations delete"],
    );
    session(
        "templates",
        &place,
        &[
            "template add",
            "template edit",
            "template change_date_connect",
            "template change_balance",
            "template change_billing",
            "template delete",
            "template change_balance --obligatory --delimiter ;",
            "template change_balance --server-version 3.17",
        ],
    );
}

#[test]
fn wrong_usage() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    session(
        "wrong-usage",
        &place,
        &[
            "imprt edit input.csv",
            "import chnage_balance input.csv",
            "import get_data input.csv",
            "operations edti",
            "import edit",
            "import edit missing.csv --url http://127.0.0.1:1",
            "import edit input.csv",
            "import edit input.csv --url userside.example.com",
            "import edit input.csv --url http://127.0.0.1:1/?a=b",
            "import edit input.csv --url http://127.0.0.1:1 --key secret",
            "import edit input.csv --url http://127.0.0.1:1 --rate 10",
            "import edit input.csv --url http://127.0.0.1:1 --timeout soon",
            "import edit input.csv --url http://127.0.0.1:1 --max-failures 0",
            "import edit input.csv --url http://127.0.0.1:1 --concurrency 0",
            "import edit input.csv --url http://127.0.0.1:1 --expct-total 5",
            "import edit input.csv --url http://127.0.0.1:1 --dry-run",
            "import edit input.csv --url http://127.0.0.1:1 --skip-invlid",
            "validate edit input.csv --delimiter ;;",
            "validate edit input.csv --encoding cp9999",
            "validate edit input.csv --date-format german",
            "validate change_balance input.csv --expect-total much",
            "validate edit input.csv --server-version new",
            "validate change_balance input.csv --expect-debit -5",
            "validate edit input.csv --expect-credit 5",
            "import edit input.csv --url http://127.0.0.1:1 --verify",
            "import edit input.csv --url http://127.0.0.1:1 --existing skip",
            "import edit input.csv --url http://127.0.0.1:1 --journal input.csv",
            "import edit input.csv --url http://user:secret@127.0.0.1:1",
            "import edit - --url http://127.0.0.1:1 --results out.csv",
            "resume",
            "resume missing.journal",
            "resume missing.journal --map a=b",
            "undo missing.journal --rate 5/s",
            "sandbox --fault 5000=1%",
            "sandbox --fault 500",
        ],
    );
}

#[test]
fn no_key() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let line = "import edit input.csv --url http://127.0.0.1:1";
    matches("no-key", &seen(line, &userside(&place).without_key().line(line).run()));
    let line = "sandbox";
    matches("no-key-sandbox", &seen(line, &userside(&place).without_key().line(line).run()));
}

#[test]
fn invalid_files() {
    let place = Place::new().with_sample("customers-broken.csv");
    session("invalid-customers", &place, &["validate add customers-broken.csv"]);
    let rows: String = (1..=30).map(|id| format!("{id},1,234\n")).collect();
    let place = Place::new()
        .with("many.csv", format!("customer_id,comment,amount\n{rows}"))
        .with("header.csv", "customer_id,amuont,comment,Тариф\n1,5,x,\n")
        .with("twice.csv", "id,customer_id,comment\n1,1,x\n")
        .with(
            "values.csv",
            "id;email;floor;phone0;date_connect;flag_corporate\n1;ivan@;7.5;12;03/04/2023;2\n0;a@b.com;;;31.02.2023;\n",
        )
        .with("money.csv", "customer_id,amount,comment\n1,\"1,234\",x\n2,5,y\n2,5,y\n");
    session(
        "invalid-files",
        &place,
        &[
            "validate change_balance many.csv --set amount=oops",
            "validate change_balance header.csv",
            "validate edit twice.csv",
            "validate edit values.csv",
            "validate change_balance money.csv",
            "validate change_balance money.csv --expect-rows 4 --allow-duplicates",
        ],
    );
}

#[test]
fn summaries() {
    let place =
        Place::new().with("input.csv", "id,comment\n1,x\n2,y\n3,z\n").with("empty.csv", "id,comment\n");
    session("summary-validate", &place, &["validate edit input.csv"]);
    let sandbox = Sandbox::start();
    let lines = ["import edit input.csv", "import edit input.csv", "import edit empty.csv"];
    session_with("summary-ok", &place, &sandbox, &lines);
    let line = "import edit input.csv --concurrency 1";
    let with_failed = format!("{line} --failed left.csv");
    let limited = format!("{line} --max-failures 2");
    for (name, input, server, line) in [
        ("summary-unknown", "id,comment\n1,x\n2,y\n3,z\n", "--fault 500@2-99", with_failed.as_str()),
        ("summary-failed", THREE, "", line),
        ("summary-stopped", THREE, "--fault 403@2-99", line),
        ("summary-too-many", THREE, "--fault error@1-99", &limited),
    ] {
        let place = Place::new().with("input.csv", input);
        session_with(name, &place, &Sandbox::with(server), &[line]);
    }
}

const THREE: &str = "id,comment\n1,x\n77,y\n78,z\n";

#[test]
fn ends_before_the_first_row() {
    let place = || Place::new().with("input.csv", "id,comment\n1,x\n2,y\n");
    let line = "import edit input.csv --retries 0";
    for (name, server) in [
        ("refused-key", "--fault read:403@1-9"),
        ("refused-neither", "--fault read:400@1-9"),
        ("refused-page", "--fault read:html@1-9"),
        ("refused-redirect", "--fault read:302@1-9 --redirect-to https://userside.example.com/login"),
        ("refused-ill", "--fault read:503@1-9"),
    ] {
        session_with(name, &place(), &Sandbox::with(server), &[line]);
    }
    session("refused-nobody", &place(), &["import edit input.csv --retries 0 --url http://127.0.0.1:1"]);
}
