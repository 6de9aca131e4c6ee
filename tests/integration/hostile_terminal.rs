//! Nothing that comes from a file, an argument or a server steers the terminal, turns its text around, hides in it or
//! begins a line of its own.

use std::ffi::OsString;
use std::path::Path;

use crate::support::{Answer, Output, Place, Responder, Sandbox, userside};

/// Colours, a new line that looks like the program's own, controls of eight bits, and marks that turn the direction.
const HOSTILE: &str = "x\u{1b}[31m\u{9b}2J\u{202e}\u{2066}\u{200b}\u{ad}\nerror: forged";

/// A file's name with the same in it.
const NAME: &str = "n\u{1b}[31m\u{9b}2J\u{202e}\u{200b}\nerror: forged.csv";

#[track_caller]
fn assert_harmless(output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        let found = text.chars().find(|c| {
            *c != '\n' && c.is_control()
                || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert!(found.is_none(), "{found:?} is on the screen:\n{}", output.report());
        assert!(!text.lines().any(|line| line.starts_with("error: forged")), "{}", output.report());
    }
}

fn words<'w>(words: &[&'w str]) -> Vec<&'w str> {
    words.to_vec()
}

fn quoted(cell: &str) -> String {
    format!("\"{cell}\"")
}

/// Every cell, every header and the file's name.
#[test]
fn files_do_not_steer_the_terminal() {
    let hostile = quoted(HOSTILE);
    let place = Place::new()
        .with(NAME, format!("id,{hostile}\n1,{hostile}\n"))
        .with(
            "cells.csv",
            format!("id,comment,date_connect,email\n{hostile},{hostile},{hostile},{hostile}\n"),
        )
        .with(
            "map.toml",
            format!(
                "[columns]\n\"{}\" = \"fio\"\n",
                HOSTILE.escape_unicode().to_string().replace("\\u{", "\\U0000").replace('}', "")
            ),
        )
        .with("bad.toml", HOSTILE);
    let sandbox = Sandbox::start();
    for line in [
        words(&["validate", "edit", NAME]),
        words(&["import", "edit", NAME]),
        words(&["import", "edit", NAME, "--ignore-unknown-columns", "-vvv"]),
        words(&["import", "edit", "cells.csv"]),
        words(&["import", "edit", "cells.csv", "--skip-invalid", "--json"]),
        words(&["validate", "edit", "cells.csv", "--mapping", "map.toml"]),
        words(&["validate", "edit", "cells.csv", "--mapping", "bad.toml"]),
        words(&["validate", "edit", "cells.csv", "--mapping", NAME]),
        words(&["validate", "edit", "cells.csv", "--map", "comment=\u{1b}[31m\u{202e}x\nerror: forged"]),
        words(&["validate", "edit", "cells.csv", "--set", "\u{1b}[31m\u{202e}x\nerror: forged=1"]),
        words(&["lookup", "login", NAME, "-o", "found.csv"]),
        words(&["lookup", "login", "cells.csv", "--column", HOSTILE, "-o", "found.csv"]),
        words(&["history", "cells.csv", "-o", "history.csv"]),
        words(&["export", "--ids", NAME, "-o", "export.csv"]),
        words(&["export", "--ids", "cells.csv", "-o", "export.csv"]),
        words(&["export", "--columns", HOSTILE, "-o", "export.csv"]),
        words(&["export", "--changes-since", NAME, "-o", "export.csv"]),
        words(&["status", "."]),
        words(&["status", NAME]),
        words(&["resume", NAME]),
        words(&["results", NAME]),
        words(&["undo", NAME]),
        words(&["reconcile", NAME]),
    ] {
        let asks = !matches!(line[0], "validate" | "status" | "results" | "undo");
        let program = userside(&place).args(&line);
        let program = if asks && line[0] == "lookup"
            || line[0] == "history"
            || line[0] == "export"
            || line[0] == "import"
        {
            program.to(&sandbox)
        } else {
            program
        };
        assert_harmless(&program.run());
    }
}

/// What a server says, in whichever place it says it.
#[test]
fn servers_do_not_steer_the_terminal() {
    let text = HOSTILE.replace('\n', "\\n").replace('\u{1b}', "\\u001b");
    let place = Place::new()
        .with("input.csv", "id,comment\n1,x\n")
        .with("money.csv", "customer_id,amount\n1,1.00\n")
        .with("logins.csv", "login\nx\n");
    let answers = [
        Answer::new(200, format!(r#"{{"Result":"ERROR","ErrorText":"{text}"}}"#)),
        Answer::new(200, format!(r#"{{"Result":"{text}","data":"{text}"}}"#)),
        Answer::new(500, HOSTILE),
        Answer::new(403, format!("<html><title>{HOSTILE}</title></html>")),
        Answer {
            headers: vec!["Location: http://127.0.0.1/\u{9b}\u{202e}%1b".to_owned()],
            ..Answer::new(302, "")
        },
        Answer { headers: vec!["Server: \u{9b}\u{202e}".to_owned()], ..Answer::new(200, HOSTILE) },
    ];
    for Answer { status, headers, body } in answers {
        let server = Responder::start(move |_, _| {
            Some(Answer { status, headers: headers.clone(), body: body.clone() })
        });
        for line in [
            "check --retries 0",
            "check --json --retries 0",
            "count customer --retries 0",
            "import edit input.csv --selector subcat --retries 0 --new-run",
            "import edit input.csv --selector subcat --retries 0 --new-run --json",
            "import change_balance money.csv --selector subcat --retries 0 --new-run --yes --no-reconcile -vvv",
            "import edit input.csv --retries 0 --new-run",
            "lookup login logins.csv --selector subcat --retries 0 -o found.csv",
            "history input.csv --selector subcat --retries 0 -o history.csv",
            "export --ids input.csv --selector subcat --retries 0 -o export.csv",
            "export --is-ex 0 --selector subcat --retries 0 -o export.csv",
            "status .",
        ] {
            let program = userside(&place).line(line);
            let program = if line == "status ." {
                program
            } else {
                program.at_url(server.url()).args(["--patience", "1ms"])
            };
            assert_harmless(&program.run());
        }
    }
}

/// What was typed is told again where it is wrong; help and its colours are the program's own.
#[test]
fn arguments_do_not_steer_the_terminal() {
    let place = Place::new();
    let typed = [
        words(&[HOSTILE]),
        words(&["import", HOSTILE, "x.csv"]),
        words(&["import", "edit", "x.csv", HOSTILE]),
        words(&["import", "edit", "x.csv", "--rate", HOSTILE]),
        words(&["import", "edit", "x.csv", "--selector", HOSTILE]),
        words(&["import", "edit", "x.csv", "--expect-total", HOSTILE]),
        words(&["import", "edit", HOSTILE, "--dry-run"]),
        words(&["import", "edit", "x.csv", "--\u{1b}[31m\u{9b}\u{202e}\nerror: forged"]),
        words(&["validate", "edit", HOSTILE]),
        words(&["operations", HOSTILE]),
        words(&["template", "add", "--delimiter", HOSTILE]),
        words(&["export", "--state-id", HOSTILE]),
        words(&["export", "-o", HOSTILE, "--format", HOSTILE]),
        words(&["status", HOSTILE]),
        words(&["check --retries 0", "--url", HOSTILE]),
        words(&["check --retries 0", "--url", "http://x", "--key-file", HOSTILE]),
    ];
    for line in typed {
        let program = userside(&place).args(&line);
        let program = if line[0] == "check" { program.without_key() } else { program };
        assert_harmless(&program.run().exits(2));
    }
    let output = userside(&place).env("CLICOLOR_FORCE", "1").args(["import", "a\u{1b}[31mb", "x.csv"]).run();
    assert!(output.stderr.contains("\u{1b}[1m\u{1b}[31merror:"), "{}", output.report());
    assert!(output.stderr.contains("a␛[31mb"), "{}", output.report());
}

/// Signs stand for what can't be seen; the results keep the cells as they were.
#[test]
fn cells_are_kept_as_they_were() {
    let place = Place::new().with("input.csv", format!("id,comment\n{0},{0}\n", quoted(HOSTILE)));
    userside(&place).line("validate edit input.csv --results out.csv").run().exits(2);
    assert!(place.text("out.csv").contains(HOSTILE));
    let name: OsString = NAME.into();
    place.write(NAME, "id,comment\nx,y\n");
    let output =
        userside(&place).args(["validate".as_ref(), "edit".as_ref(), Path::new(&name).as_os_str()]).run();
    output.exits(2).says("n␛[31m<U+009B>2J<U+202E><U+200B>␊error: forged.csv, line 2");
}
