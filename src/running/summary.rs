//! The summary at the end of a command over the rows of an input.

use std::path::PathBuf;

use super::host::Host;
use super::run_end::RunEnd;
use super::spec::InputSpec;
use crate::catalogue::Effect;
use crate::events::{Event, Summary};
use crate::reading::Input;
use crate::recording::{Finished, Tally};
use crate::sending::Clock;

/// What became of the rows.
pub(super) enum Account {
    /// The results were written, or at least gone through.
    Written(Finished),
    /// They are only counted.
    Counted(Tally),
    /// They are only counted, and the results were written by an earlier session.
    Told { tally: Tally, results: Option<PathBuf> },
}

impl Account {
    /// Counts over the rows.
    pub(super) const fn tally(&self) -> &Tally {
        match self {
            Self::Written(finished) => &finished.tally,
            Self::Counted(tally) | Self::Told { tally, .. } => tally,
        }
    }
}

/// Tells the summary. `journal` is that of a run; none for a validation.
pub(super) fn summarise<C: Clock>(
    host: &Host<C>,
    spec: &InputSpec,
    journal: Option<&PathBuf>,
    account: Account,
    end: RunEnd,
) {
    let input = match &spec.input {
        Input::Stdin => "-".to_owned(),
        Input::File(path) => path.display().to_string(),
    };
    let (tally, results, failed, earlier) = match account {
        Account::Written(finished) => (finished.tally, finished.path, finished.failed, finished.earlier),
        Account::Counted(tally) => (tally, None, None, None),
        Account::Told { tally, results } => (tally, results, None, None),
    };
    let next = end.next(spec.operation.effect());
    let summary = Summary {
        operation: spec.operation.name(),
        input,
        sends: journal.is_some(),
        repeatable: spec.operation.effect() == Effect::Repeatable,
        tally,
        stopped: end.stopped,
        refused: end.refused,
        requests: end.requests,
        retries: end.retries,
        elapsed: host.clock.now(),
        results,
        failed,
        earlier,
        journal: journal.filter(|_| end.is_journaled).cloned(),
        to_be_fixed: end.counts.map_or(0, |counts| counts.to_be_fixed),
        orphans: end.counts.map_or(0, |counts| counts.orphans),
        next,
        surplus_written: end.counts.is_some_and(|counts| counts.doubled > 0 && counts.surplus == 0),
        asked: end.asked,
        reads: end.reads,
    };
    host.tell(Event::Finished(&summary));
}
