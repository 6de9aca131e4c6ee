//! `count`.

use clap::Args;

use super::error::SettingsError;
use super::options::{ReadArgs, ReadSettings, Terminals};
use super::values;
use crate::catalogue::{Action, Choice};

const HELP: &str = "\
Examples:
  userside-bulk count net
  userside-bulk count internet --json

The number alone goes to standard output; with --json an object with type and
count.

Exit codes:
  0    counted
  2    wrong usage
  3    the server does not answer, refuses the key, or does not count
  130  interrupted";

/// `count`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct CountArgs {
    /// What is counted: net, internet or personal_area
    #[arg(value_parser = |text: &str| values::choice(Action::Count, text), value_name = "KIND")]
    kind: &'static Choice,
    #[command(flatten)]
    read: ReadArgs,
}

/// `count`.
#[derive(Debug)]
pub struct CountSettings {
    /// What is counted.
    pub kind: &'static Choice,
    /// How it is read.
    pub read: ReadSettings,
}

impl CountArgs {
    /// The settings.
    pub fn settings(
        self,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<CountSettings, SettingsError> {
        let read = ReadSettings::resolve(&self.read, terminals, environment_key)?;
        Ok(CountSettings { kind: self.kind, read })
    }
}
