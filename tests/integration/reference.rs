//! What is made from the definition of the commands: completion scripts, man pages, and the command reference of
//! the book, which must be what the program says.

use std::fs;
use std::path::Path;

use crate::support::{Place, userside};

/// Set to write the command reference anew instead of comparing it.
const RENEW: &str = "RENEW_REFERENCE";

/// The commands that `--help` lists.
fn commands() -> Vec<String> {
    let help = userside(&Place::new()).line("--help").run().exits(0).stdout;
    let lines =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn the_command_reference_is_what_the_program_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/reference/commands.md");
    let said = userside(&Place::new()).line("reference").run().exits(0).stdout;
    if std::env::var_os(RENEW).is_some() {
        fs::write(&page, &said).expect("the page is written");
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    let differs = written.lines().zip(said.lines()).position(|(written, said)| written != said);
    assert!(
        written == said,
        "{} is not what the program says (line {}); `{RENEW}=1 cargo test --test integration reference` renews it",
        page.display(),
        differs.map_or_else(|| "count".to_owned(), |line| (line + 1).to_string())
    );
}

#[test]
fn every_command_has_its_section_and_its_man_page() {
    let place = Place::new();
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    let reference = userside(&place).line("reference").run().exits(0).stdout;
    userside(&place).line("man pages/here").run().exits(0);
    let page = |name: &str| place.text(&format!("pages/here/{name}.1"));
    let program = page("userside-bulk");
    for command in &commands {
        assert!(reference.contains(&format!("\n## {command}\n")), "{command} is not in the reference");
        let own = page(&format!("userside-bulk-{command}"));
        assert!(own.starts_with(".") && own.contains(".SH NAME"), "{own}");
        assert!(program.contains(&format!("userside\\-bulk\\-{}", command.replace('-', "\\-"))), "{command}");
    }
    let pages = fs::read_dir(place.path("pages/here")).expect("a folder").count();
    assert_eq!(pages, commands.len() + 1, "hidden commands have no page");
    // Examples keep their lines.
    assert!(page("userside-bulk-import").contains("\n.nf\n"), "{}", page("userside-bulk-import"));
    // A second time replaces them.
    userside(&place).line("man pages/here").run().exits(0);
    assert_eq!(fs::read_dir(place.path("pages/here")).expect("a folder").count(), pages);
}

#[test]
fn a_folder_for_man_pages_that_cannot_be_made_is_named() {
    let place = Place::new().with("taken", "x");
    let errors = userside(&place).line("man taken").run().exits(2).stderr;
    assert!(errors.contains("taken"), "{errors}");
}

/// The everyday options fit on two screens, one line each, and the others are named.
#[test]
fn short_helps_fit_on_two_screens() {
    for command in commands() {
        let help = |option: &str| {
            let line = format!("{command} {option}");
            userside(&Place::new()).line(&line).env("COLUMNS", "80").run().exits(0).stdout
        };
        let (short, long) = (help("-h"), help("--help"));
        assert!(short.lines().count() <= 48, "{short}");
        assert!(short.lines().all(|line| line.chars().count() <= 80), "{short}");
        let options = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
            words.filter(|word| word.starts_with("--") && word.len() > 3).map(str::to_owned).collect()
        };
        let named = options(&short);
        let listed = long.lines().filter(|line| line.trim_start().starts_with('-'));
        for option in listed.filter_map(|line| options(line).into_iter().next()) {
            assert!(named.contains(&option), "{command} -h does not name {option}");
        }
        // Help stands beside its option, not below it.
        let described =
            short.lines().skip_while(|line| *line != "Options:").take_while(|l| !l.starts_with("Also,"));
        for line in described.filter(|line| line.starts_with("   ")) {
            assert!(line.trim_start().starts_with("--"), "{command}: {line}");
        }
    }
}

#[test]
fn shells_learn_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = userside(&Place::new()).line(&format!("completions {shell}")).run().exits(0).stdout;
        for word in ["reconcile", "expect-total"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    userside(&Place::new()).line("completions tcsh").run().exits(2);
}

/// What bash is offered after a word that has begun, as the script's own function says.
#[cfg(unix)]
#[test]
fn bash_completes_options_of_commands() {
    let place = Place::new();
    let script = userside(&place).line("completions bash").run().exits(0).stdout;
    place.write("script.bash", script);
    let ask = "source script.bash; COMP_WORDS=(userside-bulk import --expect-t); COMP_CWORD=2; \
               _userside__bulk userside-bulk --expect-t import; echo \"${COMPREPLY[@]}\"; \
               COMP_WORDS=(userside-bulk re); COMP_CWORD=1; _userside__bulk userside-bulk re userside-bulk; \
               echo \"${COMPREPLY[@]}\"";
    let bash =
        std::process::Command::new("bash").args(["--norc", "-c", ask]).current_dir(place.path("")).output();
    let Ok(output) = bash else { return println!("skipped: there is no bash") };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // Not the hidden command `reference`.
    assert_eq!(
        said,
        "--expect-total\nresume reconcile results\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
