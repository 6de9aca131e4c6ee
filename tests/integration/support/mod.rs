//! What every test needs: a fresh folder, the real binary in a clean environment, a sandbox on a free port,
//! and readers for what they leave behind.

mod case;
mod journal;
mod place;
mod program;
mod responder;
mod results;
mod sandbox;
mod terminal;
mod workbook;

pub(crate) use case::Case;
pub(crate) use journal::Journal;
pub(crate) use place::Place;
pub(crate) use program::{KEY, KEY_CORE, Output, Program, Running, userside};
pub(crate) use responder::{Answer, Responder};
pub(crate) use results::{Results, Row};
pub(crate) use sandbox::{Entry, Sandbox};
pub(crate) use terminal::Terminal;
pub(crate) use workbook::{RawWorkbook, zip_of};

use std::time::{Duration, Instant};

/// How long anything may take before the test is given up: an emergency brake, not a measure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until something is there. It waits for the thing, not for a time.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
