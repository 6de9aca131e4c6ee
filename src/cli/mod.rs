//! The command line: the only folder that knows clap. Raw arguments are what was typed; resolved settings
//! are what the stages take, with defaults, environment and cross-checks applied.

mod args;
mod help;
mod import_args;
mod settings;
mod values;

pub use args::{Cli, Command, DemoArgs, OperationsArgs, SandboxArgs, TemplateArgs};
pub use import_args::{ImportArgs, ValidateArgs};
pub use settings::{
    ImportSettings, MaxFailures, OutputSettings, Place, SendSettings, SettingsError, sandbox_settings,
};
