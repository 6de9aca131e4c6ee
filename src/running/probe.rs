//! The first request of a session: can this server be used?

use super::host::Host;
use super::run_end::RunEnd;
use crate::catalogue::ApiSelector;
use crate::events::{Event, Refused};
use crate::sending::{Clock, Server, StopReason, Transport, find_selector};

/// Asks the server; why there is no use in sending rows, told already.
pub(super) async fn probe<T: Transport, C: Clock>(
    server: &Server<T, C>,
    host: &Host<C>,
) -> Result<ApiSelector, RunEnd> {
    match host.stop.stop().race(find_selector(&server.link, server.selector)).await {
        Some(Ok(found)) => Ok(found.selector),
        Some(Err(error)) => {
            host.tell(Event::Error(&format!("{error}; nothing was sent")));
            Err(RunEnd::refused(Refused::Server))
        }
        None => Err(RunEnd { stopped: Some(StopReason::Interrupted), ..RunEnd::default() }),
    }
}
