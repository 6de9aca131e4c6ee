//! The command reference of the book, as Markdown.

use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command};

use super::super::program::program;

const BEGINNING: &str = "\
# Commands and options

*For anyone who types a command.* Every command with all its arguments and options, as `userside-bulk COMMAND
--help` prints them: this page is made from the program itself. The other pages of the book explain when to use what.
";

/// The whole page.
pub fn reference() -> String {
    let mut program = program().disable_help_subcommand(true);
    program.build();
    let mut page = format!("{BEGINNING}\n");
    let commands = || program.get_subcommands().filter(|command| !command.is_hide_set());
    for command in commands() {
        let name = command.get_name();
        let _ = writeln!(page, "- [`{name}`](#{name}): {}", prose(command.get_about()));
    }
    for command in commands() {
        page.push('\n');
        section(&mut page, command.clone());
    }
    page
}

fn section(page: &mut String, mut command: Command) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = writeln!(
        page,
        "## {}\n\n{}.\n\n```text\n{usage}\n```",
        command.get_name(),
        prose(command.get_about())
    );
    let shown = |argument: &&Arg| !argument.is_hide_set() && argument.get_id() != "help";
    group(page, "Arguments", command.get_positionals().filter(shown));
    let options = || command.get_arguments().filter(|argument| !argument.is_positional()).filter(shown);
    let mut headings: Vec<Option<&str>> = Vec::new();
    for option in options() {
        if !headings.contains(&option.get_help_heading()) {
            headings.push(option.get_help_heading());
        }
    }
    for heading in headings {
        let options = options().filter(|option| option.get_help_heading() == heading);
        group(page, heading.unwrap_or("Options"), options);
    }
    if let Some(notes) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        let _ = writeln!(page, "\n```text\n{}\n```", notes.to_string().trim_end());
    }
}

fn group<'a>(page: &mut String, heading: &str, arguments: impl Iterator<Item = &'a Arg>) {
    let mut arguments = arguments.peekable();
    if arguments.peek().is_some() {
        let _ = writeln!(page, "\n**{heading}**\n");
    }
    for argument in arguments {
        item(page, argument);
    }
}

/// One argument: how it is typed, what it does, and what it takes.
fn item(page: &mut String, argument: &Arg) {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let _ = writeln!(page, "- {}<br>\n  {}", typed(argument), prose(help).replace("\n\n", "<br>\n  "));
    let values = argument.get_possible_values();
    let takes_values = argument.get_action().takes_values();
    for value in values.iter().filter(|value| takes_values && !value.is_hide_set()) {
        let help = value.get_help().map_or_else(String::new, |help| format!(": {}", prose(Some(help))));
        let _ = writeln!(page, "  - `{}`{help}", value.get_name());
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    if takes_values && !defaults.is_empty() {
        let _ = writeln!(page, "  - default: {}", defaults.join(", "));
    }
    if let Some(variable) = argument.get_env() {
        let _ = writeln!(page, "  - or the environment variable `{}`", variable.to_string_lossy());
    }
}

fn typed(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let mut value = names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" ");
    let is_optional = argument.get_num_args().is_some_and(|number| number.min_values() == 0);
    if is_optional {
        value = format!("[{value}]");
    }
    if argument.is_positional() {
        let value =
            if argument.is_required_set() { value } else { value.replace('<', "[").replace('>', "]") };
        return format!("`{value}`");
    }
    let long = argument.get_long().map(|long| match argument.get_action() {
        ArgAction::Set | ArgAction::Append => format!("--{long} {value}"),
        _ => format!("--{long}"),
    });
    let short = argument.get_short().map(|short| format!("-{short}"));
    let spellings: Vec<_> = short.into_iter().chain(long).map(|spelling| format!("`{spelling}`")).collect();
    spellings.join(", ")
}

/// Text of a help as Markdown that says the same.
fn prose(text: Option<&StyledStr>) -> String {
    let mut escaped = String::new();
    for c in text.map(ToString::to_string).unwrap_or_default().trim().chars() {
        if matches!(c, '*' | '_' | '<' | '[' | '`' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
