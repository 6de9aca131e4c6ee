//! When a run is killed: at moments of the run, seen from outside, not at times of the clock alone.

use std::time::{Duration, Instant, SystemTime};

use super::dice::Dice;
use super::mishap::Desk;
use crate::support::{Output, PATIENCE, Program, Sandbox};

/// What is waited for before the kill, and how much longer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    /// Nothing.
    Start(Duration),
    /// A file of the journal, under whichever name.
    Journal(Duration),
    /// So many further requests.
    Requests(usize, Duration),
    /// No request for a while after some: rows settle, or results are written.
    Silence(Duration),
    /// New results under their name.
    Results(Duration),
}

/// So long without a request is silence.
const SILENCE: Duration = Duration::from_millis(60);

impl Moment {
    /// A moment of a run that makes about so many requests and lets rows settle for so long.
    pub(super) fn draw(dice: &mut Dice, requests: usize, settle: Duration) -> Self {
        match dice.between(1, 20) {
            1 | 2 => Self::Start(dice.milliseconds(25)),
            3 | 4 => Self::Journal(dice.milliseconds(3)),
            5..=7 => Self::Silence(dice.milliseconds(settle.as_millis() as usize + 100)),
            8 | 9 => Self::Results(dice.milliseconds(3)),
            _ => Self::Requests(dice.between(1, requests), dice.milliseconds(2)),
        }
    }
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) killed: bool,
    /// Whether new results stand under their name.
    pub(super) has_results: bool,
    pub(super) output: Output,
}

/// Starts the program and kills it at the moment, unless it ends before.
pub(super) fn run(program: Program, desk: &Desk, sandbox: &Sandbox, moment: Option<Moment>) -> Ended {
    let mut watch = Watch::new(desk, sandbox);
    let mut running = program.start();
    let begun = Instant::now();
    let mut killed = false;
    while !running.has_ended() {
        if begun.elapsed() > PATIENCE {
            running.kill();
            panic!("the run does not end: {}", running.wait().report());
        }
        if let Some(moment) = moment
            && let Some(longer) = watch.has_come(moment)
        {
            std::thread::sleep(longer);
            killed = !running.has_ended();
            if killed {
                running.kill();
            }
            break;
        }
        std::thread::sleep(Duration::from_micros(700));
    }
    let output = running.wait();
    // Between the last look and the signal it may have ended by itself.
    let has_results = written(desk) != watch.results;
    Ended { killed: killed && output.code.is_none(), has_results, output }
}

/// What is seen of a run from outside.
struct Watch<'s> {
    desk: &'s Desk,
    sandbox: &'s Sandbox,
    first: usize,
    last: usize,
    grown: Instant,
    results: Option<SystemTime>,
}

impl<'s> Watch<'s> {
    fn new(desk: &'s Desk, sandbox: &'s Sandbox) -> Self {
        let first = sandbox.requests();
        Self { desk, sandbox, first, last: first, grown: Instant::now(), results: written(desk) }
    }

    /// How much longer to wait, once the moment has come.
    fn has_come(&mut self, moment: Moment) -> Option<Duration> {
        let (come, longer) = match moment {
            Moment::Start(longer) => (true, longer),
            Moment::Journal(longer) => {
                (self.desk.place.names().iter().any(|n| n.contains("journal")), longer)
            }
            Moment::Requests(count, longer) => (self.sandbox.requests() >= self.first + count, longer),
            Moment::Silence(longer) => (self.is_silent(), longer),
            Moment::Results(longer) => (written(self.desk) != self.results, longer),
        };
        come.then_some(longer)
    }

    fn is_silent(&mut self) -> bool {
        let requests = self.sandbox.requests();
        if requests != self.last {
            (self.last, self.grown) = (requests, Instant::now());
        }
        // The first request is the one that finds out whether the server is there.
        self.last > self.first + 1 && self.grown.elapsed() > SILENCE
    }
}

/// When the results were written.
fn written(desk: &Desk) -> Option<SystemTime> {
    desk.place.path(&desk.results()).metadata().ok()?.modified().ok()
}
