//! From typed words to a command, and what is said of words that are none.

use std::ffi::OsString;
use std::path::Path;

use clap::FromArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::program::{Cli, Command, program};
use crate::reporting::{print_usage, visible};
use crate::shell::quoted;

/// What other programs call a try without consequences.
const REHEARSALS: [&str; 6] = ["dryrun", "n", "simulate", "check", "validate", "noop"];
/// Switches under these headings change only what is shown or how it is written.
const HARMLESS: [&str; 2] = ["Output", "File"];

/// No command: help was asked for, or something is wrong.
#[derive(Debug)]
pub struct NoCommand(clap::Error);

impl NoCommand {
    /// Prints it where it belongs: help goes to standard output.
    pub fn print(&self) {
        print_usage(&self.0.render().ansi().to_string(), self.is_error());
    }

    /// Whether something is wrong.
    pub fn is_error(&self) -> bool {
        self.0.use_stderr()
    }
}

/// The command that these words name. The first one is the program's name.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Command, NoCommand> {
    let words: Vec<OsString> = words.into_iter().collect();
    command(&words).map_err(|error| {
        // What was typed is told again, and may hold anything: colours and line breaks that are not the program's own.
        let words: Vec<OsString> = words.iter().map(shown).collect();
        let error = command(&words).err().unwrap_or(error);
        NoCommand(if error.kind() == ErrorKind::UnknownArgument { unknown(error, &words) } else { error })
    })
}

/// A word as it is told. One that is not text is told by nobody.
fn shown(word: &OsString) -> OsString {
    /// In bytes, and what is told of a longer word, in characters.
    const LONGEST: usize = 1000;
    const TOLD: usize = 200;
    let Some(text) = word.to_str() else { return word.clone() };
    match text.char_indices().nth(TOLD).filter(|_| text.len() > LONGEST) {
        Some((end, _)) => format!("{}…", visible(&text[..end])).into(),
        None => visible(text).into_owned().into(),
    }
}

fn command<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Result<Command, clap::Error> {
    let mut program = program();
    let matches = program.try_get_matches_from_mut(words)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut program))?;
    Ok(cli.command)
}

/// An option that a command does not have. What clap proposes instead may do harm when it is copied without a
/// second thought, and its usage line holds the proposal.
fn unknown(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let typed = context(&error, ContextKind::InvalidArg).unwrap_or_default();
    error.remove(ContextKind::Suggested);
    if context(&error, ContextKind::SuggestedArg).is_some_and(|option| !is_harmless(&option)) {
        error.remove(ContextKind::SuggestedArg);
    }
    let mut program = program();
    program.build();
    let command = words.get(1).and_then(|name| program.find_subcommand_mut(name));
    if command.as_ref().is_some_and(|command| command.get_name() == "import") && is_rehearsal(&typed) {
        error.remove(ContextKind::SuggestedArg);
        let tip = format!("to check the file without sending anything, type `{}`", validation(words, &typed));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    if let Some(command) = command {
        error.insert(ContextKind::Usage, ContextValue::StyledStr(command.render_usage()));
    }
    error
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// An option with a value makes one think about the value. A switch does what it does once it is copied.
fn is_harmless(option: &str) -> bool {
    let name = option.trim_start_matches('-');
    let program = program();
    let mut arguments = program.get_subcommands().flat_map(clap::Command::get_arguments);
    arguments.any(|argument| {
        argument.get_long() == Some(name)
            && (argument.get_action().takes_values()
                || argument.get_help_heading().is_some_and(|heading| HARMLESS.contains(&heading)))
    })
}

fn is_rehearsal(typed: &str) -> bool {
    let (name, _) = typed.split_once('=').unwrap_or((typed, ""));
    REHEARSALS.contains(&name.replace(['-', '_'], "").to_ascii_lowercase().as_str())
}

/// The validation of what these words would import.
fn validation(words: &[OsString], typed: &str) -> String {
    let others = words.iter().filter(|word| !word.to_string_lossy().starts_with(typed));
    match command(others) {
        Ok(Command::Import(import)) => {
            let input = &import.target;
            let file =
                if input.file == Path::new("-") { "-".to_owned() } else { quoted(&input.file).to_string() };
            format!("userside-bulk validate {} {file}", input.operation.name())
        }
        _ => "userside-bulk validate OPERATION FILE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{is_harmless, parse};
    use crate::cli::program::program;

    fn said(line: &str) -> String {
        let words = std::iter::once("userside-bulk").chain(line.split_whitespace()).map(OsString::from);
        parse(words).expect_err(line).0.to_string()
    }

    #[test]
    fn a_long_word_is_not_told_whole() {
        for text in ["x", "й", "."] {
            let text = said(&format!("export --columns {}", text.repeat(100_000)));
            assert!(text.len() < 3000 && text.contains('…'), "{} bytes", text.len());
        }
    }

    #[test]
    fn a_try_without_consequences_is_a_validation() {
        for option in ["--dry-run", "--dry-run=true", "--dryrun", "-n", "--simulate", "--check"] {
            let text = said(&format!("import edit in/x.csv {option} --rate 5/s"));
            assert!(text.contains("`userside-bulk validate edit in/x.csv`"), "{text}");
            assert!(!text.contains("new-run"), "{text}");
        }
        assert!(said("import --dry-run").contains("`userside-bulk validate OPERATION FILE`"));
        assert!(said("import edit - --dry-run").contains("validate edit -`"));
        assert!(!said("resume x.journal --dry-run").contains("validate"));
    }

    /// Each option of each command, mistyped: an option that does harm when it is copied is not proposed.
    #[test]
    fn no_switch_is_proposed_that_changes_what_happens() {
        for name in
            ["--new-run", "--resend", "--yes", "--skip-invalid", "--no-reconcile", "--allow-duplicates"]
        {
            assert!(!is_harmless(name), "{name}");
        }
        let mut program = program();
        program.build();
        for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
            for name in command.get_arguments().filter_map(|argument| argument.get_long()) {
                let text = said(&format!("{} --{name}x", command.get_name()));
                let proposed = text.split("similar argument exists: '").nth(1);
                let proposed = proposed.map(|rest| rest.split('\'').next().unwrap_or_default());
                assert!(proposed.is_none_or(is_harmless), "{text}");
                assert!(!text.contains("as a value"), "{text}");
            }
        }
        let text = said("import edit x.csv --expct-total 5");
        assert!(
            text.contains("'--expect-total'") && text.contains("Usage: userside-bulk import [OPTIONS]"),
            "{text}"
        );
        assert!(said("import edit x.csv --jsn").contains("'--json'"));
    }
}
