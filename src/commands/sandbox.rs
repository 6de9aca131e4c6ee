//! `sandbox`: a server for rehearsals, until Ctrl-C.

use std::io::Write;

use super::failure::Failure;
use crate::exit::Exit;
use crate::sandbox::{Sandbox, Settings};

/// Serves until Ctrl-C or SIGTERM. Prints the address first.
pub(super) fn run(settings: Settings) -> Result<Exit, Failure> {
    let runtime = super::runtime::new()?;
    runtime.block_on(async {
        let mut stop = super::stop::Signals::new()?;
        let sandbox = Sandbox::bind(settings).await?;
        let mut out = std::io::stdout().lock();
        // Who started it may not care for the address.
        let _ = writeln!(out, "http://{}", sandbox.address()).and_then(|()| out.flush());
        drop(out);
        sandbox.serve(stop.next()).await?;
        Ok(Exit::Done)
    })
}
