//! The scripts that shells complete with.

use clap::CommandFactory;

use super::super::args::Cli;
use super::super::completions::CompletionsArgs;

impl CompletionsArgs {
    /// The script for the shell that was named.
    pub fn script(&self) -> Vec<u8> {
        let mut script = Vec::new();
        let mut program = Cli::command();
        let name = program.get_name().to_owned();
        clap_complete::generate(self.shell, &mut program, name, &mut script);
        script
    }
}
