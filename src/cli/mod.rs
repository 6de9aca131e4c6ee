//! The command line: the only folder that knows clap. Raw arguments are what was typed; resolved settings
//! are what the stages take, with defaults, environment and cross-checks applied.

mod args;
mod help;
mod import_args;
mod journal_args;
mod settings;
mod stored;
mod typed;
mod values;

pub use args::{Cli, Command, DemoArgs, OperationsArgs, SandboxArgs, TemplateArgs};
pub use import_args::{Existing, ImportArgs, ValidateArgs};
pub use journal_args::{ReconcileArgs, Reconciling, ResultsArgs, ResumeArgs, Resuming, Rewriting, UndoArgs};
pub use settings::{
    Asks, ImportSettings, JournalSettings, MaxFailures, OutputSettings, Place, ResultsSettings,
    ResumeSettings, SendSettings, SettingsError, Terminals, UndoSettings, sandbox_settings,
};
pub use stored::{StoredError, StoredOptions};
pub use typed::{Chosen, ImportCommand, Overrides, Typed};
