//! What to do next: one small function per hint.

use crate::events::{Refused, Summary};
use crate::recording::ErrorCode;
use crate::sending::StopReason;
use crate::shell::quoted;

/// How many of the most frequent errors the hints consider.
const CONSIDERED: usize = 100;

pub(super) fn all(summary: &Summary) -> impl Iterator<Item = String> {
    [
        after_refusal(summary),
        after_validation(summary),
        after_unknown(summary),
        after_failed(summary),
        with_failed_of_an_open_run(summary),
        after_not_applied(summary),
        after_timeouts(summary),
    ]
    .into_iter()
    .flatten()
}

fn after_refusal(summary: &Summary) -> Option<String> {
    let (nothing_sent, say) = if summary.sends { ("nothing was sent. ", "Say") } else { ("", "say") };
    match summary.refused? {
        Refused::Header => Some(format!(
            "{nothing_sent}{say} which column is which parameter with --map or a --mapping file; `userside-bulk operations {}` lists the parameters",
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
    let journal = summary.journal.as_ref().filter(|_| summary.tally.unknown > 0)?;
    if summary.repeatable {
        let journal = quoted(journal);
        return Some(format!(
            "unknown rows may have been applied; `userside-bulk resume {journal}` sends them again, which is harmless for this operation"
        ));
    }
    let file = summary
        .failed
        .as_ref()
        .map_or_else(String::new, |path| format!("; they are also in {}", path.display()));
    if summary.asked {
        return Some(format!(
            "the server's answers do not show what became of the unknown rows{file}. result_error says which customer to check, and for what; `userside-bulk reconcile {}` asks again",
            quoted(journal)
        ));
    }
    Some(format!(
        "unknown rows may have been applied{file}. `userside-bulk reconcile {}` asks the server what became of them; for those that it cannot settle, result_error says where to look",
        quoted(journal)
    ))
}

fn after_failed(summary: &Summary) -> Option<String> {
    // While `resume` or `reconcile` has something to do, such a file would hold rows that they send or settle too.
    let tally = &summary.tally;
    let is_over = summary.stopped.is_none() && tally.unknown == 0 && tally.skipped == 0;
    (tally.failed > 0 && is_over && summary.failed.is_none()).then(|| {
        "failed rows were not applied; --failed FILE writes the rows that are not ok to a separate file"
            .to_owned()
    })
}

/// The rows of such a file that were not sent are sent by `resume` too: imported as well, they happen twice.
fn with_failed_of_an_open_run(summary: &Summary) -> Option<String> {
    let (file, journal) = (summary.failed.as_ref()?, summary.journal.as_ref()?);
    // Rows that are there already, and were to be passed over, are as they should be.
    let is_open = summary.stopped.is_some() || summary.tally.skipped > summary.tally.passed_over;
    (!summary.repeatable && summary.tally.skipped > 0 && is_open).then(|| {
        format!(
            "{} also holds rows that were not sent, and `userside-bulk resume {}` sends those: do not import the file before the run is finished, or they are sent twice",
            file.display(),
            quoted(journal)
        )
    })
}

fn after_not_applied(summary: &Summary) -> Option<String> {
    let journal = summary.journal.as_ref()?;
    let errors = summary.tally.most_frequent(CONSIDERED);
    let is_there = errors.iter().any(|error| error.code == ErrorCode::NotApplied);
    is_there.then(|| {
        format!(
            "not_applied: the server does not have these rows; `userside-bulk resume {} --resend` sends them again",
            quoted(journal)
        )
    })
}

/// How to continue a run that stopped. It is shown even with --quiet.
pub(super) fn after_stop(summary: &Summary) -> Option<String> {
    if summary.sends && summary.journal.is_none() {
        return match (summary.refused, &summary.stopped) {
            (Some(Refused::Server), _) => {
                Some("no run has begun: once that is fixed, type the same command again".to_owned())
            }
            (None, Some(_)) => Some("no run has begun: type the same command again".to_owned()),
            _ => None,
        };
    }
    let journal = summary.journal.as_ref()?;
    let resume = format!("`userside-bulk resume {}`", quoted(journal));
    if summary.refused == Some(Refused::Server) {
        return Some(format!(
            "once that is fixed, {resume} sends the rows; it takes a new --url and --key-file too"
        ));
    }
    let reason = summary.stopped.as_ref()?;
    if summary.tally.skipped + summary.tally.unknown == 0 {
        return None;
    }
    Some(match reason {
        StopReason::Interrupted => format!("to continue: {resume}"),
        StopReason::KeyRefused(_) => format!("once the key works: {resume}"),
        StopReason::TooManyFailures(_) => format!("once the cause is fixed: {resume}"),
        StopReason::NotRecorded => format!("once there is enough room: {resume}"),
        StopReason::ServerGone(_) => format!("once the server is back: {resume}"),
        StopReason::Blind(_) => {
            let ignore = resume.trim_end_matches('`');
            format!(
                "once the search works: {resume}; to send the rows without it: {ignore} --existing ignore`"
            )
        }
    })
}

fn after_timeouts(summary: &Summary) -> Option<String> {
    let errors = summary.tally.most_frequent(CONSIDERED);
    let timeouts: u64 = errors.iter().filter(|e| e.code == ErrorCode::Timeout).map(|e| e.count).sum();
    (timeouts > 0 && timeouts * 10 >= summary.tally.rows()).then(|| {
        "the server is slow; with a longer --timeout and a lower --concurrency fewer rows end up unknown"
            .to_owned()
    })
}
