//! `count`: how many customers are active. The number alone goes to standard output.

use serde::Serialize;

use super::failure::Failure;
use super::reads::{self, Reads};
use crate::catalogue::Choice;
use crate::cli::CountSettings;
use crate::events::Event;
use crate::exit::Exit;
use crate::exporting::number;
use crate::sending::Unread;
use crate::validating::Call;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct CountAnswer {
    #[serde(rename = "type")]
    kind: &'static str,
    count: u64,
}

/// Asks, and prints the answer.
pub(super) fn run(settings: CountSettings) -> Result<Exit, Failure> {
    let CountSettings { kind, read } = settings;
    let json = read.mode.json;
    reads::run(read, |reads| count(reads, kind, json))
}

async fn count(reads: Reads, kind: &'static Choice, json: bool) -> Result<Exit, Failure> {
    let selector = match reads.selector().await {
        Ok(selector) => selector,
        Err(no_server) => return Ok(reads.refused("count", no_server)),
    };
    let call = Call::count(kind)?;
    let Some(read) = reads.stop.race(reads.link.read(selector, &call)).await else {
        return Ok(Exit::Interrupted);
    };
    let read = read.and_then(|answer| number(answer.data.as_ref()).map_err(Unread::Lost));
    match read {
        Ok(count) => {
            let text = if json {
                serde_json::to_string(&CountAnswer { kind: kind.name, count }).unwrap_or_default()
            } else {
                count.to_string()
            };
            reads::print(&text)?;
            Ok(Exit::Done)
        }
        Err(unread) => {
            reads.listener.event(Event::Error(&format!("{} cannot be counted: {unread}", kind.name)));
            Ok(Exit::StoppedEarly)
        }
    }
}
