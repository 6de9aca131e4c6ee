//! Where no terminal is, there are no escape sequences and no bar; what programs need is on standard output.

use crate::support::{Place, Sandbox, userside};

#[track_caller]
fn assert_plain(text: &str) {
    assert!(!text.contains('\u{1b}'), "an escape sequence in {text:?}");
    assert!(!text.contains('\r'), "a carriage return in {text:?}");
}

#[test]
fn no_run_writes_escape_sequences_into_a_pipe() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n77,y\n").with("bad.csv", "id,coment\nx,y\n");
    let sandbox = Sandbox::with("--fault 503@1 --retry-after 0");
    for line in [
        "import edit input.csv",
        "import edit input.csv -vvv",
        "import edit bad.csv",
        "validate edit bad.csv",
        "import edit missing.csv",
    ] {
        for variable in ["NO_COLOR", "TERM", "CLICOLOR"] {
            let program =
                userside(&place).env(variable, if variable == "TERM" { "xterm-256color" } else { "1" });
            let program = program.line(line);
            let program = if line.starts_with("import") { program.to(&sandbox) } else { program };
            let output = program.run();
            assert_plain(&output.stderr);
            assert_plain(&output.stdout);
        }
    }
}

#[test]
fn help_and_usage_errors_are_plain_too() {
    let place = Place::new();
    for line in
        ["--help", "import --help", "sandbox --help", "frobnicate", "import", "operations", "template add"]
    {
        let output = userside(&place).line(line).run();
        assert_plain(&output.stderr);
        assert_plain(&output.stdout);
    }
}

/// Colours that were asked for come; those that were forbidden do not.
#[test]
fn no_color_is_obeyed() {
    let place = Place::new();
    let line = "validate edit missing.csv";
    let output = userside(&place).env("CLICOLOR_FORCE", "1").line(line).run().exits(2);
    assert!(output.stderr.contains('\u{1b}'), "{}", output.report());
    let output = userside(&place).env("NO_COLOR", "1").line(line).run().exits(2);
    assert_plain(&output.stderr);
}

#[test]
fn templates_and_lists_go_to_standard_output() {
    let place = Place::new();
    for line in ["template add", "operations", "operations edit", "--help", "--version"] {
        let output = userside(&place).line(line).run().exits(0);
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{}", output.report());
    }
}

/// A template is a file that can be filled in: its header is understood.
#[test]
fn every_template_is_a_valid_header() {
    let place = Place::new();
    for operation in ["add", "edit", "change_date_connect", "change_balance", "change_billing", "delete"] {
        for options in ["", "--obligatory", "--delimiter ;", "--delimiter tab"] {
            let output = userside(&place).line("template").line(operation).line(options).run().exits(0);
            place.write("input.csv", &output.stdout);
            userside(&place).line("validate").line(operation).line("input.csv").run().exits(0);
        }
    }
}
