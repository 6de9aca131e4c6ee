//! The end of a run for scripts: one JSON object alone on standard output, and the exit codes.

use serde_json::Value;

use crate::support::{Output, Place, Sandbox, userside};

const INPUT: &str = "id,comment\n1,x\n77,y\n2,z\n";

fn object(output: &Output) -> Value {
    assert_eq!(output.stdout.matches('\n').count(), 1, "{}", output.report());
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{}", output.report()))
}

#[test]
fn the_object_has_exactly_the_promised_fields() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with("--fault 502@1"));
    let output = userside(&place).line("import edit input.csv --json").to(&sandbox).run().exits(1);
    let summary = object(&output);
    let mut names: Vec<&str> = summary.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut promised = [
        "operation",
        "rows",
        "ok",
        "failed",
        "invalid",
        "unknown",
        "skipped",
        "partial",
        "requests",
        "retries",
        "seconds",
        "results",
        "journal",
        "reads",
        "writes",
        "next",
    ];
    promised.sort_unstable();
    assert_eq!(names, promised);
    for (name, value) in
        [("rows", 3), ("ok", 2), ("failed", 1), ("unknown", 0), ("invalid", 0), ("skipped", 0)]
    {
        assert_eq!(summary[name], value, "{name}");
    }
    // One read, three rows, one of them twice.
    assert_eq!((&summary["requests"], &summary["retries"]), (&5.into(), &1.into()));
    assert_eq!((&summary["operation"], &summary["results"]), (&"edit".into(), &"input.results.csv".into()));
    assert_eq!(summary["journal"], "input.journal");
    assert!(summary["seconds"].is_f64());
    assert_eq!(sandbox.log().len(), 5);
}

#[test]
fn the_object_comes_at_every_end_of_a_run() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault 403@2-99");
    let run = |line: &str| userside(&place).line(line).line("--json --new-run").to(&sandbox).run();
    let stopped = object(&run("import edit input.csv --concurrency 1").exits(3));
    assert_eq!((&stopped["ok"], &stopped["failed"], &stopped["skipped"]), (&1.into(), &1.into(), &1.into()));
    let refused = object(&run("import edit input.csv --expect-rows 9").exits(2));
    assert_eq!((&refused["skipped"], &refused["requests"]), (&3.into(), &0.into()));
    let output = userside(&place).line("validate edit input.csv --json").run().exits(0);
    assert_eq!((&object(&output)["results"], &object(&output)["journal"]), (&Value::Null, &Value::Null));
    let program = userside(&place).env("USERSIDE_API_KEY", "another");
    let program = program.line("import edit input.csv --json --new-run");
    assert_eq!(object(&program.to(&sandbox).run().exits(3))["skipped"], 3);
}

/// Also those of a run that ended before its first row.
#[test]
fn every_request_is_counted() {
    let place = Place::new().with("input.csv", INPUT);
    for fault in ["read:403@1-99", "read:503@1-99", "read:html@1-99", "read:400@1-99", "read:302@1-99"] {
        let sandbox = Sandbox::with(&format!("--fault {fault}"));
        let output =
            userside(&place).line("import edit input.csv --json --new-run").to(&sandbox).run().exits(3);
        assert_eq!(object(&output)["requests"], sandbox.log().len(), "{fault}");
    }
    let sandbox = Sandbox::with("--fault 503@1-2 --fault drop-before@3");
    let output = userside(&place).line("import edit input.csv --json --new-run").to(&sandbox).run().exits(1);
    assert_eq!(object(&output)["requests"], sandbox.log().len());
}

#[test]
fn without_json_nothing_goes_to_standard_output() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    for options in ["", "--quiet", "-vv"] {
        let output = userside(&place).line("import edit input.csv").line(options).to(&sandbox).run().exits(1);
        assert_eq!(output.stdout, "", "{options}");
    }
}

#[test]
fn quiet_leaves_warnings_and_errors() {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::start());
    let output = userside(&place).line("import edit input.csv --quiet").to(&sandbox).run().exits(1);
    assert_eq!(output.stderr, "", "{}", output.report());
    place.write("input.csv", "id,comment\nx,y\n");
    let output = userside(&place).line("import edit input.csv --quiet").to(&sandbox).run().exits(2);
    output.says("input.csv, line 2, column 'id'").says_not("refused: ");
}

#[test]
fn json_and_results_cannot_share_standard_output() {
    let place = Place::new().with("input.csv", INPUT);
    let line = "import edit input.csv --json --results - --url http://127.0.0.1:1";
    userside(&place).line(line).run().exits(2).says("standard output");
}

/// Each code by the shortest way to it.
#[test]
fn the_exit_code_tells_how_it_ended() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    for (fault, code) in [("", 0), ("--fault error@1", 1), ("--fault 500@1-9", 1), ("--fault 403@1", 3)] {
        let sandbox = Sandbox::with(fault);
        userside(&place).line("import edit input.csv --new-run").to(&sandbox).run().exits(code);
    }
    userside(&place).line("import edit input.csv --url http://127.0.0.1:1 --expect-rows 7").run().exits(2);
    userside(&place).line("frobnicate").run().exits(2);
    userside(&place).line("--help").run().exits(0);
    userside(&place).line("--version").run().exits(0);
}
