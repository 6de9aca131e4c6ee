//! `history`: what happened to the customers of a table.

use super::failure::Failure;
use super::reads;
use crate::cli::HistorySettings;
use crate::exit::Exit;
use crate::table_reads::Histories;

pub(super) fn run(settings: HistorySettings) -> Result<Exit, Failure> {
    let HistorySettings { history, read } = settings;
    let histories = Histories::open(history)?;
    reads::run(read, |session| async { Ok(histories.run(session).await?) })
}
