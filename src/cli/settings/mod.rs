//! Arguments to settings: defaults, environment and cross-checks applied. Later code sees only these. One
//! file for each part; `import.rs` joins them.

mod check;
mod count;
mod error;
mod export;
mod history;
mod import;
mod journal;
mod lookup;
mod of_journal;
mod output;
mod read;
mod sandbox;
mod send;
mod table;
#[cfg(test)]
mod tests;

pub use check::CheckSettings;
pub use count::CountSettings;
pub use error::SettingsError;
pub use export::{ExportSettings, NewExportSettings};
pub use history::HistorySettings;
pub use import::{ImportSettings, ValidateSettings};
pub use journal::Asks;
pub use lookup::LookupSettings;
pub use of_journal::{ResultsSettings, ResumeSettings, UndoSettings};
pub use output::{Shown, Terminals};
pub use read::ReadSettings;
pub use sandbox::sandbox_settings;
