//! `sandbox`: a server for rehearsals, until Ctrl-C.

use super::failure::Failure;
use crate::exit::Exit;
use crate::reporting::print_line;
use crate::sandbox::{Sandbox, Settings};

/// Serves until Ctrl-C or SIGTERM. Prints the address first.
pub(super) fn run(settings: Settings) -> Result<Exit, Failure> {
    let runtime = super::runtime::new()?;
    runtime.block_on(async {
        let mut stop = super::stop::Signals::new()?;
        let sandbox = Sandbox::bind(settings).await?;
        // Anyone who started it may not care for the address.
        let _ = print_line(&format!("http://{}", sandbox.address()));
        sandbox.serve(stop.next()).await?;
        Ok(Exit::Done)
    })
}
