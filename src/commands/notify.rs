//! `--notify`: a command that is told how a run ended. It gets the summary on its standard input, and whatever becomes of
//! it changes nothing of the run.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::shell_command::start;
use crate::catalogue::Operation;
use crate::events::{Event, Listener};
use crate::exit::Exit;
use crate::reporting::{json_without_summary, summary_json};
use crate::sending::{Clock, Stop};

/// A command that has not ended by then is left to itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// Passes everything on to the listener of a run, and keeps the summary for the command.
pub(super) struct Notify {
    command: String,
    operation: Operation,
    listener: Arc<dyn Listener>,
    summary: Mutex<Option<String>>,
}

impl Listener for Notify {
    fn event(&self, event: Event<'_>) {
        if let Event::Finished(summary) = &event {
            *self.summary.lock().unwrap_or_else(PoisonError::into_inner) = Some(summary_json(summary));
        }
        self.listener.event(event);
    }
}

impl Notify {
    pub(super) fn new(command: String, operation: Operation, listener: Arc<dyn Listener>) -> Self {
        Self { command, operation, listener, summary: Mutex::new(None) }
    }

    /// Runs the command, unless the user has left at once, or does so meanwhile.
    pub(super) async fn run(&self, exit: Exit, clock: &impl Clock, stop: &Stop) {
        let problem = tokio::select! {
            biased;
            () = stop.abandoned() => return,
            problem = self.problem(exit, clock) => problem,
        };
        if let Some(problem) = problem {
            self.listener
                .event(Event::Warning(&format!("--notify: {problem}. The run itself is not affected")));
        }
    }

    /// Runs the command, and says what went wrong with it.
    async fn problem(&self, exit: Exit, clock: &impl Clock) -> Option<String> {
        let kept = self.summary.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut summary = kept.unwrap_or_else(|| json_without_summary(self.operation));
        summary.push('\n');
        let ends = match start(&self.command, summary, exit) {
            Ok(ends) => ends,
            Err(error) => return Some(format!("the command cannot be started: {error}")),
        };
        tokio::select! {
            biased;
            ended = ends => match ended {
                Ok(Ok(status)) if status.success() => None,
                Ok(Ok(status)) => Some(format!("the command failed ({status})")),
                Ok(Err(error)) => Some(format!("what became of the command is not known: {error}")),
                Err(_) => Some("what became of the command is not known".to_owned()),
            },
            () = clock.sleep_until(clock.now().saturating_add(PATIENCE)) => Some(format!(
                "the command has not ended after {} s, and is left to itself",
                PATIENCE.as_secs()
            )),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::Notify;
    use crate::catalogue::operation;
    use crate::events::{Event, Listener};
    use crate::exit::Exit;
    use crate::sending::{StopSwitch, TokioClock};

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Listener for Heard {
        fn event(&self, event: Event<'_>) {
            if let Event::Warning(text) = event {
                self.0.lock().expect("nobody panicked").push(text.to_owned());
            }
        }
    }

    /// The time is not waited for: it goes by as soon as nobody has anything to do.
    #[tokio::test(start_paused = true)]
    async fn a_command_that_hangs_is_left_to_itself() {
        let heard = Arc::new(Heard::default());
        let (switch, stop) = StopSwitch::new();
        let there = tempfile::NamedTempFile::new().expect("a file");
        let hangs = format!("while [ -e '{}' ]; do sleep 0.1; done", there.path().display());
        let notify = Notify::new(hangs, operation("add").expect("one"), heard.clone());
        notify.run(Exit::Done, &TokioClock::start(), &stop).await;
        drop(there);
        let told = heard.0.lock().expect("nobody panicked").join("\n");
        assert!(told.contains("has not ended after 60 s, and is left to itself"), "{told}");
        // Who leaves at once hears of nothing, and no command is started.
        switch.abandon();
        let notify = Notify::new("exit 1".to_owned(), operation("add").expect("one"), heard.clone());
        notify.run(Exit::Done, &TokioClock::start(), &stop).await;
        assert_eq!(heard.0.lock().expect("nobody panicked").len(), 1);
    }
}
