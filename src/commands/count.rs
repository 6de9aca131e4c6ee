//! `count`: how many customers are active. The number alone goes to standard output.

use serde::Serialize;

use super::failure::Failure;
use super::reads::{self, HttpSession};
use crate::catalogue::Choice;
use crate::cli::CountSettings;
use crate::customers;
use crate::events::Event;
use crate::exit::Exit;
use crate::reporting::{print_json, print_line};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct CountJson {
    #[serde(rename = "type")]
    kind: &'static str,
    count: u64,
}

/// Asks, and prints the answer.
pub(super) fn run(settings: CountSettings) -> Result<Exit, Failure> {
    let CountSettings { kind, read } = settings;
    let json = read.mode.json;
    reads::run(read, |session| count(session, kind, json))
}

async fn count(session: HttpSession, kind: &'static Choice, json: bool) -> Result<Exit, Failure> {
    let selector = match session.selector().await {
        Ok(selector) => selector,
        Err(not_ready) => return Ok(session.refused("count", not_ready)),
    };
    let counting = customers::count(&session.server.link, selector, kind);
    let Some(counted) = session.stop.race(counting).await else { return Ok(Exit::Interrupted) };
    match counted? {
        Ok(count) => {
            let object = || serde_json::to_string(&CountJson { kind: kind.name, count });
            reads::printed(if json {
                print_json(&object().unwrap_or_default())
            } else {
                print_line(&count.to_string())
            })?;
            Ok(Exit::Done)
        }
        Err(unread) => {
            session.tell(Event::Error(&format!("{} cannot be counted: {unread}", kind.name)));
            Ok(Exit::StoppedEarly)
        }
    }
}
