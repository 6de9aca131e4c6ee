//! The command line: the only folder that knows clap. Raw arguments are what was typed; resolved settings
//! are what the stages take, with defaults, environment and cross-checks applied.

mod args;
mod check_args;
mod completions;
mod condition_args;
mod count_args;
mod export_args;
mod generated;
mod help;
mod history_args;
mod import_args;
mod journal_args;
mod lookup_args;
mod man;
mod read_args;
mod settings;
mod status;
mod stored;
mod table_args;
mod typed;
mod usage;
mod values;
mod which_run;

pub use args::{Command, DemoArgs, OperationsArgs, TemplateArgs};
pub use completions::CompletionsArgs;
pub use generated::{man_pages, reference};
pub use man::ManArgs;
pub use settings::{
    Asks, CheckSettings, CountSettings, ExportSettings, HistorySettings, ImportSettings, LookupSettings,
    NewExportSettings, ReadSettings, ResultsSettings, ResumeSettings, SettingsError, Shown, Terminals,
    UndoSettings, ValidateSettings, sandbox_settings,
};
pub use status::StatusArgs;
pub use stored::{StoredError, StoredExport, StoredOptions};
pub use usage::parse;
