//! What to do next, drawn from the whole run: one small function per hint.

use crate::events::{Refused, Summary};
use crate::recording::ErrorCode;
use crate::sending::StopReason;

/// How many of the errors are looked at.
const LOOK: usize = 100;

pub(super) fn all(summary: &Summary) -> impl Iterator<Item = String> {
    [
        after_refusal(summary),
        after_validation(summary),
        after_unknown(summary),
        after_failed(summary),
        after_stop(summary),
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
        Refused::Rows if summary.sends => {
            Some("nothing was sent. Mend the rows and import again, or send the valid ones now with --skip-invalid".to_owned())
        }
        Refused::Rows | Refused::Expectation | Refused::Server => None,
    }
}

fn after_validation(summary: &Summary) -> Option<String> {
    (!summary.sends && summary.refused.is_none() && summary.tally.rows() > 0).then(|| {
        "every row can be sent: the same command with import instead of validate sends them".to_owned()
    })
}

fn after_unknown(summary: &Summary) -> Option<String> {
    if summary.tally.unknown == 0 {
        return None;
    }
    if summary.repeatable {
        return Some("unknown rows may have been applied; importing them again does no harm".to_owned());
    }
    let file = summary
        .failed
        .as_ref()
        .map_or_else(String::new, |path| format!("; {} holds them too", path.display()));
    Some(format!(
        "unknown rows may have been applied{file}. Look each one up in UserSide before it is imported again"
    ))
}

fn after_failed(summary: &Summary) -> Option<String> {
    (summary.tally.failed > 0 && summary.failed.is_none())
        .then(|| "failed rows were not applied; --failed FILE writes the rows that are not ok to a file of their own".to_owned())
}

fn after_stop(summary: &Summary) -> Option<String> {
    let reason = summary.stopped.as_ref()?;
    if summary.tally.skipped == 0 {
        return None;
    }
    let rows = "take the rows whose result_status is skipped from the results and import them";
    Some(match reason {
        StopReason::Interrupted => format!("to go on, {rows}"),
        StopReason::KeyRefused(_) => format!("once the key works, {rows}"),
        StopReason::TooManyFailures(_) => format!("once the cause is mended, {rows}"),
        StopReason::ServerGone(_) => format!("once the server is back, {rows}"),
    })
}

fn after_timeouts(summary: &Summary) -> Option<String> {
    let errors = summary.tally.most_frequent(LOOK);
    let timeouts: u64 = errors.iter().filter(|e| e.code == ErrorCode::Timeout).map(|e| e.count).sum();
    (timeouts > 0 && timeouts * 10 >= summary.tally.rows()).then(|| {
        "the server answers slowly; a longer --timeout and a lower --concurrency leave fewer rows unknown"
            .to_owned()
    })
}
