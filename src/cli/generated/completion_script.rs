//! The scripts that shells complete with.

use clap::Command;

use super::super::completions::CompletionsArgs;
use super::super::program::program;

impl CompletionsArgs {
    /// The script for the shell that was named.
    pub fn script(&self) -> String {
        let mut script = Vec::new();
        let program = program();
        let name = program.get_name().to_owned();
        clap_complete::generate(self.shell, &mut visible(&program), &name, &mut script);
        with_matching_labels(&String::from_utf8_lossy(&script), &name)
    }
}

/// The program without the commands that no help shows.
fn visible(program: &Command) -> Command {
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    Command::new(program.get_name().to_owned()).args(program.get_arguments().cloned()).subcommands(commands)
}

/// The bash script of clap_complete writes the hyphen of a program's name in two ways: `__` where it remembers the
/// command, and `__subcmd__` in the labels that it compares that with. Nothing would ever be completed.
fn with_matching_labels(script: &str, name: &str) -> String {
    script.replace(&name.replace('-', "__subcmd__"), &name.replace('-', "__"))
}
