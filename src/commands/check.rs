//! `check`: whether the server can be used with this key. One line a result on standard output, as soon as it is known;
//! nothing is written to the server.

use serde::Serialize;

use super::failure::Failure;
use super::network;
use super::reads::{self, printed};
use crate::cli::CheckSettings;
use crate::diagnostics::{CheckResult, CheckSpec, Usability, check, usability};
use crate::exit::Exit;
use crate::reporting::{print_json, print_line};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct CheckJson<'t> {
    ok: bool,
    points: &'t [CheckResult],
}

pub(super) fn run(settings: CheckSettings) -> Result<Exit, Failure> {
    let CheckSettings { server: version, read } = settings;
    let json = read.mode.json;
    let spec = CheckSpec { http: network::with_proxies(read.send.connection.http.clone()), version };
    reads::run(read, |session| async move {
        let mut results = Vec::new();
        let tell = |result: CheckResult| {
            let told = if json { Ok(()) } else { printed(print_line(&result.to_string())) };
            results.push(result);
            told
        };
        let exit = match session.stop.race(check(&session.server, &spec, tell)).await {
            Some(checked) => checked.map(|()| exit_of(usability(&results)))?,
            None => Exit::Interrupted,
        };
        if json {
            // What was interrupted has not been found to be well.
            let object = CheckJson { ok: exit == Exit::Done, points: &results };
            printed(print_json(&serde_json::to_string(&object).unwrap_or_default()))?;
        }
        Ok(exit)
    })
}

fn exit_of(usability: Usability) -> Exit {
    match usability {
        Usability::Works => Exit::Done,
        Usability::WorksInPart => Exit::SomeNotOk,
        Usability::Useless => Exit::StoppedEarly,
    }
}
