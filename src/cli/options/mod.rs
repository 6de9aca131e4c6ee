//! Options that several commands have in common, in groups, and what becomes of each group.

mod connection;
mod default;
mod display;
mod files;
mod keys;
mod night;
mod output;
mod pace;
mod read;
mod server;
mod table;
mod which_run;

pub use connection::SendSettings;
pub(super) use connection::key_text;
pub(super) use default::{FallsBack, without_default};
pub(super) use display::{DisplayArgs, SummaryArgs};
pub use display::{Shown, Terminals};
pub(super) use files::CommandFiles;
pub(super) use keys::{CustomerArgs, IdMapArgs, IdMapOutputArgs, files_of};
pub(super) use night::NightArgs;
pub(super) use output::{OutputArgs, journal_of, named, output_of_reads, output_of_run, stem_of};
pub(super) use pace::{PaceArgs, PatienceArgs};
pub(super) use read::ReadArgs;
pub use read::ReadSettings;
pub(super) use server::{SelectorArgs, ServerArgs};
pub(super) use table::{ColumnArgs, DateArgs, TableArgs, input};
pub(super) use which_run::WhichRun;
