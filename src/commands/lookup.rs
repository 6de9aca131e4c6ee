//! `lookup`: who has each value of a column.

use super::failure::Failure;
use super::reads;
use crate::cli::LookupSettings;
use crate::exit::Exit;
use crate::table_reads::Lookup;

/// Looks up every row.
pub(super) fn run(settings: LookupSettings) -> Result<Exit, Failure> {
    let LookupSettings { lookup, read } = settings;
    let lookup = Lookup::open(lookup)?;
    reads::run(read, |session| async { Ok(lookup.run(session).await?) })
}
