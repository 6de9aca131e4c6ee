//! What to do next: one small function per hint.

use super::next::command;
use crate::events::{Refused, Summary};
use crate::recording::{ErrorCode, RunStep};
use crate::sending::StopReason;

/// How many of the most frequent errors the hints consider.
const CONSIDERED: usize = 100;

pub(super) fn all(summary: &Summary) -> impl Iterator<Item = String> {
    [
        after_refusal(summary),
        after_validation(summary),
        without_a_run(summary),
        after_unknown(summary),
        after_failed(summary),
        after_refused_key(summary),
        after_not_applied(summary),
        after_surplus(summary),
        after_blindness(summary),
        after_timeouts(summary),
    ]
    .into_iter()
    .flatten()
}

fn after_refusal(summary: &Summary) -> Option<String> {
    let (nothing_sent, say) = if summary.sends { ("nothing was sent. ", "Say") } else { ("", "say") };
    match summary.refused? {
        Refused::Header => Some(format!(
            "{nothing_sent}{say} which column is which parameter with --map or a --mapping file; `userside-bulk mapping {0} FILE` writes such a file to start from, and `userside-bulk operations {0}` lists the parameters",
            summary.operation
        )),
        Refused::Rows if summary.sends => Some(
            "nothing was sent. Fix the rows and import again, or send the valid ones now with --skip-invalid"
                .to_owned(),
        ),
        Refused::Rows | Refused::Expectation | Refused::Server => None,
    }
}

fn after_validation(summary: &Summary) -> Option<String> {
    (!summary.sends && summary.refused.is_none() && summary.tally.rows() > 0)
        .then(|| "all rows can be sent: use the same command with import instead of validate".to_owned())
}

fn after_unknown(summary: &Summary) -> Option<String> {
    summary.journal.as_ref().filter(|_| summary.tally.unknown > 0)?;
    let text = if summary.repeatable {
        "unknown rows may have been applied; they are sent again, which is harmless for this operation"
    } else if summary.asked && summary.next.is_none() {
        "the server's answers do not show what became of the unknown rows; result_error says which customer to check, and for what. `reconcile` asks again at any time"
    } else if summary.asked {
        "the server's answers do not show what became of the unknown rows; result_error says which customer to check, and for what"
    } else {
        "unknown rows may have been applied; the server is asked what became of them. For those that it cannot settle, result_error says where to look"
    };
    Some(text.to_owned())
}

/// Rows that a person has to put right.
fn after_failed(summary: &Summary) -> Option<String> {
    summary.journal.as_ref()?;
    match (&summary.failed, summary.next) {
        (Some(file), _) if summary.to_be_fixed > 0 => {
            let fix = format!("fix the rows in {} and import that file: nothing else sends them", file.display());
            // Once their parents are there, `resume` finds them.
            let journal = summary.journal.as_ref().filter(|_| summary.orphans > 0);
            Some(match journal {
                Some(journal) => format!("{fix}; after that `{}` sends the rows of their children", command(RunStep::Resume, journal)),
                None => fix,
            })
        }
        (None, Some(RunStep::Failed)) => Some(
            "failed and invalid rows were not applied; --failed writes them to a file of their own, to be fixed".to_owned(),
        ),
        _ => None,
    }
}

/// Neither `resume` nor `--failed` has the rows that met the refusal: they need another key, and no correction.
fn after_refused_key(summary: &Summary) -> Option<String> {
    summary.journal.as_ref()?;
    (matches!(summary.stopped, Some(StopReason::KeyRefused(_))) && summary.tally.failed > 0).then(|| {
        "failed rows that the key stopped were not applied, and `resume` does not send them: once the key works, import just these rows as a file of their own"
            .to_owned()
    })
}

fn after_not_applied(summary: &Summary) -> Option<String> {
    (summary.next == Some(RunStep::Resend))
        .then(|| "not_applied: the server does not have these rows; --resend sends them again".to_owned())
}

/// Whether the rows were imported no journal of the run can know.
fn after_surplus(summary: &Summary) -> Option<String> {
    (summary.surplus_written && summary.journal.is_some()).then(|| {
        "`undo --surplus` has written the rows that take back what was booked more than once; once they are imported, the bookings are as they should be"
            .to_owned()
    })
}

fn after_blindness(summary: &Summary) -> Option<String> {
    matches!(summary.stopped, Some(StopReason::Blind(_))).then(|| {
        // `resume` has no such option, and a new run would send again what was sent.
        let text = if summary.tally.skipped == summary.tally.rows() {
            "to send the rows without that search, import the file again with --new-run --existing ignore, and with the options that it was imported with"
        } else {
            "to send the skipped rows without that search, put them into a file of their own, and import it with --existing ignore"
        };
        text.to_owned()
    })
}

/// Where no run has begun there is nothing to go on with.
pub(super) fn without_a_run(summary: &Summary) -> Option<String> {
    if !summary.sends || summary.journal.is_some() {
        return None;
    }
    match (summary.refused, &summary.stopped) {
        (Some(Refused::Server), _) => {
            Some("no run has begun: once that is fixed, type the same command again".to_owned())
        }
        (None, Some(_)) => Some("no run has begun: type the same command again".to_owned()),
        _ => None,
    }
}

fn after_timeouts(summary: &Summary) -> Option<String> {
    let errors = summary.tally.most_frequent(CONSIDERED);
    let timeouts: u64 = errors.iter().filter(|e| e.code == ErrorCode::Timeout).map(|e| e.count).sum();
    (timeouts > 0 && timeouts * 10 >= summary.tally.rows()).then(|| {
        "the server is slow; with a longer --timeout and a lower --concurrency fewer rows end up unknown"
            .to_owned()
    })
}
