//! `demo`.

use super::run::Failure;
use crate::cli::DemoArgs;
use crate::exit::Exit;

pub(super) fn run(_: &DemoArgs) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
