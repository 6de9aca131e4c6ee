//! The command line: the only folder that knows clap. Raw arguments are what was typed; resolved settings
//! are what the stages take, with defaults, environment and cross-checks applied.

mod args;
mod check_args;
mod condition_args;
mod count_args;
mod export_args;
mod help;
mod history_args;
mod import_args;
mod journal_args;
mod lookup_args;
mod read_args;
mod settings;
mod stored;
mod table_args;
mod typed;
mod values;

pub use args::{Cli, Command, DemoArgs, OperationsArgs, SandboxArgs, TemplateArgs};
pub use check_args::CheckArgs;
pub use condition_args::ConditionArgs;
pub use count_args::CountArgs;
pub use export_args::{Batch, ExportArgs};
pub use history_args::HistoryArgs;
pub use import_args::{Existing, ImportArgs, ValidateArgs};
pub use journal_args::{ReconcileArgs, Reconciling, ResultsArgs, ResumeArgs, Resuming, Rewriting, UndoArgs};
pub use lookup_args::LookupArgs;
pub use settings::{
    Asks, CheckSettings, CountSettings, Customers, Earlier, ExportPlan, ExportSettings, HistorySettings,
    ImportSettings, JournalSettings, LookupSettings, MaxFailures, OutputSettings, OutputTarget, ReadSettings,
    ResultsSettings, ResumeSettings, SendSettings, SettingsError, TableSettings, Terminals, UndoSettings,
    sandbox_settings,
};
pub use stored::{StoredError, StoredExport, StoredOptions};
pub use typed::{Chosen, ExportCommand, ImportCommand, Kept, Overrides, Typed, WithTyped};
