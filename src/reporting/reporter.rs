//! Turns events into lines and a progress bar.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::lines::{self, ERROR, HINT, WARNING};
use super::live_progress::LiveProgress;
use super::mode::Mode;
use super::question::{estimate, stake};
use super::{read_summary, summary, undo_summary};
use crate::count::{Count, grouped};
use crate::events::{Event, Listener, Work, WorkPart};
use crate::reading::OpenSheet;
use crate::recording::ErrorCode;
use crate::sending::{LinkNews, Problem};

/// Shows a person what happens.
#[derive(Debug)]
pub struct Reporter {
    mode: Mode,
    progress: Mutex<LiveProgress>,
}

impl Reporter {
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self { mode, progress: Mutex::new(LiveProgress::new(mode)) }
    }

    /// The progress. It stays usable even if a thread panicked while it held the lock.
    fn progress(&self) -> MutexGuard<'_, LiveProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, style: anstyle::Style, label: &str, text: &dyn Display) {
        self.progress().print(|| lines::labelled(style, label, text));
    }

    fn note(&self, text: &dyn Display) {
        if !self.mode.quiet {
            self.line(lines::PLAIN, "note:", text);
        }
    }
}

impl Listener for Reporter {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Error(text) => self.line(ERROR, "error:", &text),
            Event::Note(text) => self.note(&text),
            Event::Hint(text) => self.line(HINT, "hint:", &text),
            Event::Stake { .. } if self.mode.quiet => {}
            Event::Stake { operation, totals, unsent } => {
                let text = stake(operation, totals);
                let text = match unsent {
                    None => text,
                    Some(unsent) => {
                        format!(
                            "the rest of a run, {} of it; the run as a whole: {text}",
                            Count(unsent, "row")
                        )
                    }
                };
                self.line(HINT, "about to send:", &text);
            }
            Event::Estimate(_) if self.mode.quiet => {}
            Event::Estimate(expected) => self.line(HINT, "estimate:", &estimate(&expected)),
            Event::Warning(text) => self.line(WARNING, "warning:", &text),
            Event::Opened { name, dialect, sheet } => {
                sheet
                    .into_iter()
                    .flat_map(OpenSheet::notes)
                    .for_each(|note| self.note(&format_args!("{name}: {note}")));
                let Some(dialect) = dialect else { return };
                let encoding = dialect.encoding.name();
                // The usual case needs no note.
                if encoding != "UTF-8" || dialect.delimiter != b',' {
                    let delimiter = dialect.delimiter_name();
                    self.note(&format_args!(
                        "{name} is read as {encoding} with the delimiter {delimiter}; if that is wrong, use --encoding and --delimiter"
                    ));
                }
            }
            Event::Checking(rows) => self.progress().check(rows),
            Event::InvalidKind { name, unit, rows, line, violation } => {
                let (code, count) = (ErrorCode::from(violation.code).name(), Count(rows, "row"));
                let first = count.agree("", "for example ");
                self.line(
                    ERROR,
                    "invalid:",
                    &format_args!("{name}, {count}: {code}, {first}{unit} {line}: {violation}"),
                );
            }
            Event::MoreKinds { problems } => {
                self.line(
                    ERROR,
                    "invalid:",
                    &format_args!("… and {} of other kinds", Count(problems, "problem")),
                );
            }
            Event::Invalid { name, unit, line, violation } => {
                self.line(ERROR, "invalid:", &format_args!("{name}, {unit} {line}, {violation}"));
            }
            Event::MoreInvalid { count, in_results } => {
                let rest =
                    if in_results { "the results have them all" } else { "--results FILE lists them all" };
                self.line(ERROR, "invalid:", &format_args!("… and {}; {rest}", Count(count, "more problem")));
            }
            Event::Checked => self.progress().end(),
            Event::Ahead(ahead) => self.progress().run.plan(ahead),
            Event::Time { passed, wall } => {
                let line = self.progress().line(passed, wall);
                line.iter().for_each(|line| lines::plain(line));
            }
            Event::Sending(rows) => self.progress().begin(|run| run.begin(WorkPart::Sending, rows, 0)),
            Event::Calls(calls) => self.progress().run.call(calls),
            Event::Row(status) => self.progress().advance(|run| run.row(status)),
            Event::Looking { look, rows, done } => {
                self.progress().begin(|run| run.begin(WorkPart::Look(look), rows, done));
            }
            Event::Looked(done) => self.progress().advance(|run| run.set(done)),
            Event::FindingOut(rows) => {
                let count = Count(rows, "row");
                self.note(&format_args!(
                    "{count} {} unknown; asking the server what became of {}",
                    count.agree("is", "are"),
                    count.agree("it", "them")
                ));
                self.progress().begin(|run| run.find_out(rows));
            }
            Event::FoundOut(status) => self.progress().advance(|run| run.found_out(status)),
            Event::Settling { rows, span } => {
                self.progress().run.settle(span);
                let count = Count(rows, "row");
                self.note(&format_args!(
                    "{} of them {} not there yet; the server may still be working, so {} looked for again for up to {} s (--settle); Ctrl-C leaves that to `userside-bulk reconcile`",
                    grouped(rows),
                    count.agree("is", "are"),
                    count.agree("it is", "they are"),
                    span.as_millis().div_ceil(1000)
                ));
            }
            Event::Link(news) => self.link(news),
            Event::Stopping(work) => {
                let text = match work {
                    Work::Writes => {
                        "no more requests are sent; those in flight are finished. Press Ctrl-C again to leave at once"
                    }
                    Work::Reads => "no more requests are sent. Press Ctrl-C again to leave at once",
                };
                self.line(HINT, "stopping:", &text);
            }
            Event::TimeUp(said) => self.line(HINT, "stopping:", &format_args!(
                "it is {said} (--until): no more requests are sent; those in flight are finished. Press Ctrl-C to leave at once"
            )),
            Event::Leaving(Work::Writes) => {
                self.line(HINT, "leaving:", &"requests in flight are abandoned; their rows are unknown")
            }
            Event::Leaving(Work::Reads) => {
                self.line(HINT, "leaving:", &"at once; nothing was written to the server")
            }
            Event::Finished(summary) => {
                self.progress().end();
                summary::print(summary, self.mode);
            }
            Event::Undone(summary) => undo_summary::print(summary, self.mode),
            Event::Read(summary) => {
                self.progress().end();
                read_summary::print(summary, self.mode);
            }
        }
    }
}

impl Reporter {
    /// One line when an outage begins, and one when it is over; the waits between are the progress bar's.
    fn link(&self, news: &LinkNews) {
        let text = match news {
            LinkNews::MixedUp(problem) => {
                self.line(WARNING, "warning:", &format_args!(
                    "{problem}. A proxy between here and the server mixes answers up; the connections are made anew"
                ));
                return;
            }
            LinkNews::Decoded(encoding) => {
                self.note(&format_args!(
                    "the server's answers are not in UTF-8: they are read as {encoding}"
                ));
                return;
            }
            LinkNews::Paused { problem, ordered, obeyed } => {
                self.paused(problem, *ordered, *obeyed);
                return;
            }
            LinkNews::Held { since, until, .. } => {
                Some(format!("waiting for the server since {}, next try {}", clock(*since), clock(*until)))
            }
            LinkNews::Over { .. } => None,
        };
        self.progress().wait(text);
        match news {
            LinkNews::Held { ordered: Some(ordered), since, until, .. } => {
                let (asked, waited) = (ordered.as_secs(), until.duration_since(*since).unwrap_or_default());
                if *ordered > waited + Duration::from_secs(1) {
                    self.line(
                        WARNING,
                        "warning:",
                        &format_args!(
                            "the server asks for a pause of {asked} s; waiting {} s, then trying again",
                            waited.as_secs()
                        ),
                    );
                } else {
                    self.note(&format_args!("the server asks for a pause of {asked} s"));
                }
            }
            LinkNews::Held { is_first: true, problem, since, .. } => self.note(&format_args!(
                "{problem}. Waiting since {}; it goes on by itself once the server is back (--patience)",
                clock(*since)
            )),
            LinkNews::Held { .. } | LinkNews::MixedUp(_) | LinkNews::Decoded(_) | LinkNews::Paused { .. } => {
            }
            LinkNews::Over { lasted } => {
                self.note(&format_args!("the server is back after {}", summary::took(*lasted)));
            }
        }
    }
}

impl Reporter {
    /// A read was turned away before the work began, and waits.
    fn paused(&self, problem: &Problem, ordered: Duration, obeyed: Duration) {
        let asked = ordered.as_secs();
        if ordered > obeyed + Duration::from_secs(1) {
            let waited = obeyed.as_secs();
            self.line(WARNING, "warning:", &format_args!(
                "{problem}. The server asks for a pause of {asked} s; waiting {waited} s, then trying again"
            ));
        } else {
            self.note(&format_args!("{problem}. The server asks for a pause of {asked} s"));
        }
    }
}

/// A moment of today on the user's clock.
fn clock(moment: SystemTime) -> String {
    let moment = Timestamp::try_from(moment).unwrap_or(Timestamp::MAX);
    TimeZone::system().to_datetime(moment).strftime("%H:%M:%S").to_string()
}
