//! How far a command has come, shown while it goes on: on a terminal by a bar, elsewhere by a line now and then.

use std::time::{Duration, SystemTime};

use super::mode::Mode;
use super::progress::Progress;
use super::progress_line::ProgressLines;
use super::whole_run::WholeRun;

/// How far a command has come, and how that is shown.
#[derive(Debug)]
pub(super) struct LiveProgress {
    mode: Mode,
    pub(super) run: WholeRun,
    bar: Option<Progress>,
    lines: ProgressLines,
}

impl LiveProgress {
    pub(super) fn new(mode: Mode) -> Self {
        Self { mode, run: WholeRun::default(), bar: None, lines: ProgressLines::default() }
    }

    /// So many rows were checked.
    pub(super) fn check(&mut self, rows: u64) {
        self.run.check(rows);
        if self.has_bar() {
            self.bar.get_or_insert_with(Progress::checking).check(rows);
        }
    }

    /// A part begins.
    pub(super) fn begin(&mut self, begin: impl FnOnce(&mut WholeRun)) {
        begin(&mut self.run);
        if self.has_bar() {
            self.bar.get_or_insert_with(Progress::of_parts).begin(&self.run);
        }
    }

    /// The part goes on.
    pub(super) fn advance(&mut self, advance: impl FnOnce(&mut WholeRun)) {
        advance(&mut self.run);
        if let Some(bar) = &self.bar {
            bar.advance(&self.run);
        }
    }

    /// What everything waits for, or that it goes on.
    pub(super) fn wait(&mut self, outage: Option<String>) {
        self.run.outage = outage;
        if let Some(bar) = &self.bar {
            bar.show(&self.run);
        }
    }

    /// The line that is due, where there is no bar.
    pub(super) fn line(&mut self, passed: Duration, wall: SystemTime) -> Option<String> {
        self.run.note(passed);
        let line = self.lines.at(passed, wall, &self.run);
        line.filter(|_| !self.mode.progress && !self.mode.quiet)
    }

    /// Prints something above the bar, if there is one.
    pub(super) fn print(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Removes the bar: something else begins, or nothing does.
    pub(super) fn end(&mut self) {
        self.run.end_check();
        if let Some(bar) = self.bar.take() {
            bar.clear();
        }
    }

    fn has_bar(&self) -> bool {
        self.mode.progress && !self.mode.quiet
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::LiveProgress;
    use crate::events::WorkPart;
    use crate::recording::Status;
    use crate::reporting::Mode;

    /// What is told after ten minutes, and after ten more.
    fn told(mode: Mode) -> [Option<String>; 3] {
        let mut progress = LiveProgress::new(mode);
        progress.begin(|run| run.begin(WorkPart::Sending, 9_000, 0));
        [600, 660, 1_200].map(|seconds| {
            (0..600).for_each(|_| progress.advance(|run| run.row(Status::Ok)));
            let passed = Duration::from_secs(seconds);
            progress.line(passed, SystemTime::UNIX_EPOCH + passed)
        })
    }

    #[test]
    fn only_a_run_without_a_bar_has_lines() {
        let [first, between, second] = told(Mode::default());
        assert!(first.is_some_and(|line| line.ends_with("  600 of 9,000 rows")));
        assert_eq!(between, None);
        assert!(second.is_some_and(|line| line.ends_with("  1,800 of 9,000 rows, 2.0/s, about 1 h left")));
        assert_eq!(told(Mode { quiet: true, ..Mode::default() }), [None, None, None]);
        // Nobody sees the bar of a test.
        assert_eq!(told(Mode { progress: true, ..Mode::default() }), [None, None, None]);
    }
}
