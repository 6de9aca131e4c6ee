//! The scripts that shells complete with.

use super::super::completions::CompletionsArgs;
use super::super::program::program;

impl CompletionsArgs {
    /// The script for the shell that was named.
    pub fn script(&self) -> Vec<u8> {
        let mut script = Vec::new();
        let mut program = program();
        let name = program.get_name().to_owned();
        clap_complete::generate(self.shell, &mut program, name, &mut script);
        script
    }
}
