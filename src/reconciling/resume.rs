//! What a session does with a row, given what the journal knows of it. A pure table.

use crate::catalogue::Effect;
use crate::recording::{Entry, Status};

/// What a session does with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Sends it.
    Send,
    /// Sends it again, knowing that it may have been applied: a refusal then settles nothing.
    SendInDoubt,
    /// Finds out what became of it.
    Ask,
    /// Nothing.
    Leave,
}

/// Decides on a row with this entry in the journal, or none. `resend` is the user's word that rows which were proven
/// not applied go again.
pub fn next(effect: Effect, entry: Option<&Entry>, resend: bool) -> Next {
    let Some(entry) = entry else { return Next::Send };
    match entry.result.status {
        Status::Skipped if entry.existed() => Next::Leave,
        Status::Skipped => Next::Send,
        Status::Unknown => match effect {
            Effect::OnceOnly => Next::Ask,
            Effect::Repeatable => Next::SendInDoubt,
            // It changes nothing: there is nothing to doubt.
            Effect::Reads => Next::Send,
        },
        Status::Failed if resend && entry.was_not_applied() => Next::Send,
        Status::Failed | Status::Ok | Status::Invalid | Status::Partial => Next::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::Next::{Ask, Leave, Send, SendInDoubt};
    use super::next;
    use crate::catalogue::Effect::{OnceOnly, Reads, Repeatable};
    use crate::reading::RowNumber;
    use crate::recording::Status::{Failed, Invalid, Ok, Skipped, Unknown};
    use crate::recording::{Entry, ErrorCode, RowResult, RowStep, Status};

    fn entry(status: Status, code: Option<ErrorCode>) -> Entry {
        let error = code.map(|code| (code, String::new()));
        Entry {
            of: RowStep::first(RowNumber(0)),
            content: None,
            key: None,
            result: RowResult { status, id: None, error, http_status: None, attempts: 0 },
            times: None,
            sent: None,
            ended: None,
        }
    }

    /// Every cell: once only, repeatable, reads; then the same with `resend`.
    #[test]
    fn the_table_of_what_comes_next() {
        use ErrorCode::{AlreadyExists, ApiError, NotApplied, Stopped};
        let table = [
            (None, [Send, Send, Send], [Send, Send, Send]),
            (Some((Ok, None)), [Leave, Leave, Leave], [Leave, Leave, Leave]),
            (Some((Failed, Some(ApiError))), [Leave, Leave, Leave], [Leave, Leave, Leave]),
            (Some((Failed, Some(NotApplied))), [Leave, Leave, Leave], [Send, Send, Send]),
            (Some((Unknown, Some(Stopped))), [Ask, SendInDoubt, Send], [Ask, SendInDoubt, Send]),
            (Some((Invalid, None)), [Leave, Leave, Leave], [Leave, Leave, Leave]),
            (Some((Skipped, Some(Stopped))), [Send, Send, Send], [Send, Send, Send]),
            (Some((Skipped, Some(AlreadyExists))), [Leave, Leave, Leave], [Leave, Leave, Leave]),
        ];
        for (known, plain, resent) in table {
            let entry = known.map(|(status, code)| entry(status, code));
            for (resend, expected) in [(false, plain), (true, resent)] {
                let cells = [OnceOnly, Repeatable, Reads].map(|effect| next(effect, entry.as_ref(), resend));
                assert_eq!(cells, expected, "{known:?}, resend {resend}");
            }
        }
    }
}
