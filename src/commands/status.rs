//! `status`: the runs in a folder.

use super::failure::Failure;
use crate::cli::StatusArgs;
use crate::exit::Exit;
use crate::recording::runs_at;
use crate::reporting::print_runs;

/// Prints them.
pub(super) fn run(args: &StatusArgs) -> Result<Exit, Failure> {
    let place = args.place();
    print_runs(&place, &runs_at(&place)?, args.json);
    Ok(Exit::Done)
}
