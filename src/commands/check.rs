//! `check`: whether one can talk to the server with this key. One line a point on standard output, as soon as it is
//! known; nothing is written to the server.

use serde::Serialize;

use super::failure::Failure;
use super::reads::{self, Reads, print};
use crate::catalogue::Version;
use crate::cli::CheckSettings;
use crate::diagnostics::{Contacts, Point, batches, clock, judge, latency, measure, try_names, writes};
use crate::exit::Exit;
use crate::sending::{HttpSettings, SelectorChoice, probe_tcp};

/// Checks.
pub(super) fn run(settings: CheckSettings) -> Result<Exit, Failure> {
    let CheckSettings { server, read } = settings;
    let (json, http, choice) =
        (read.mode.json, read.send.connection.http.clone(), read.send.connection.selector);
    reads::run(read, |reads| async move {
        let mut told = Told { json, points: Vec::new() };
        let checked = reads.stop.race(check(&reads, &http, choice, server, &mut told)).await;
        let exit = match checked {
            Some(checked) => checked.map(|()| told.exit())?,
            None => Exit::Interrupted,
        };
        told.finish(exit)?;
        Ok(exit)
    })
}

async fn check(
    reads: &Reads,
    http: &HttpSettings,
    choice: SelectorChoice,
    server: Option<Version>,
    told: &mut Told,
) -> Result<(), Failure> {
    let link = &reads.link;
    let reached = probe_tcp(&http.url, http.connect_timeout).await;
    let (subcat, action) = try_names(link, reached.is_ok()).await?;
    let port = http.url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
    let (points, selector) = judge(&Contacts {
        host: &format!("{}{port}", http.url.host_str().unwrap_or_default()),
        is_https: http.url.scheme() == "https",
        is_loopback: http.is_loopback,
        reached: &reached,
        choice,
        subcat: &subcat,
        action: action.as_ref(),
    });
    points.into_iter().try_for_each(|point| told.tell(point))?;
    let Some(selector) = selector else { return Ok(()) };
    told.tell(batches(link, selector, server).await)?;
    told.tell(writes(server))?;
    let measured = measure(link, selector).await?;
    told.tell(latency(&measured))?;
    told.tell(clock(&measured))?;
    Ok(())
}

/// What was told so far.
#[derive(Debug)]
struct Told {
    json: bool,
    points: Vec<Point>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Object<'t> {
    ok: bool,
    points: &'t [Point],
}

impl Told {
    fn tell(&mut self, point: Point) -> Result<(), Failure> {
        if !self.json {
            print(&point.to_string())?;
        }
        self.points.push(point);
        Ok(())
    }

    fn finish(&self, exit: Exit) -> Result<(), Failure> {
        if self.json {
            // What was interrupted has not been found to be well.
            let ok = exit == Exit::Done;
            let object = Object { ok, points: &self.points };
            print(&serde_json::to_string(&object).unwrap_or_default())?;
        }
        Ok(())
    }

    fn exit(&self) -> Exit {
        let problems = || self.points.iter().filter(|point| point.is_problem());
        if problems().any(|point| point.is_needed) {
            Exit::StoppedEarly
        } else if problems().next().is_some() {
            Exit::SomeNotOk
        } else {
            Exit::Done
        }
    }
}
