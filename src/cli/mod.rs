//! The command line: the only folder that knows clap. One file for each command: its raw arguments, and how they
//! become what its stage is told. Raw arguments carry no defaults, so that a run that goes on takes what is typed now,
//! or else what its journal keeps, or else the default.

mod check;
mod completions;
mod conditions;
mod count;
mod demo;
mod error;
mod export;
mod export_files;
mod generated;
mod history;
mod import;
mod input_options;
mod lookup;
mod man;
mod mapping;
mod operations;
mod options;
mod program;
mod raw_options;
mod reconcile;
mod results;
mod resume;
mod run_options;
mod sandbox;
mod small_file;
mod status;
mod stored_run;
mod template;
#[cfg(test)]
mod tests;
mod undo;
mod usage;
mod validate;
mod values;

pub use check::CheckSettings;
pub use completions::CompletionsArgs;
pub use count::CountSettings;
pub use demo::DemoArgs;
pub use error::SettingsError;
pub use export::{ExportSettings, NewExportSettings, StoredExport};
pub use generated::{man_pages, reference};
pub use history::HistorySettings;
pub use lookup::LookupSettings;
pub use man::ManArgs;
pub use mapping::MappingSettings;
pub use operations::OperationsArgs;
pub use options::{ReadSettings, Shown, Terminals};
pub use program::Command;
pub use raw_options::StoredError;
pub use reconcile::ReconcileArgs;
pub use results::ResultsArgs;
pub use resume::ResumeArgs;
pub use run_options::{Asks, ImportSettings};
pub use status::StatusArgs;
pub use stored_run::StoredRun;
pub use template::TemplateArgs;
pub use undo::{UndoArgs, undone_rows};
pub use usage::parse;
pub use validate::ValidateSettings;
