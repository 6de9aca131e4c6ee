//! What a session does with a row, given what the journal knows of it. A pure table.

use crate::catalogue::Effect;
use crate::recording::{Entry, State};

/// What the journal knows of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It was never sent.
    Nothing,
    /// It was being sent when the program ended.
    Sending,
    /// It was applied.
    Ok,
    /// It failed.
    Failed {
        /// Found out afterwards: the server was asked and has no trace of it.
        not_applied: bool,
    },
    /// It was sent, and nobody knows.
    Unknown,
    /// It was refused before sending.
    Invalid,
    /// It was left out.
    Skipped {
        /// It is to stay so, as somebody who exists already.
        is_final: bool,
    },
}

impl Known {
    /// What an entry of the journal, or the lack of one, comes to.
    pub fn of(entry: Option<&Entry>) -> Self {
        let Some(entry) = entry else { return Self::Nothing };
        match entry.state {
            State::Sending => Self::Sending,
            State::Ok => Self::Ok,
            State::Failed => Self::Failed { not_applied: entry.was_not_applied() },
            State::Unknown => Self::Unknown,
            State::Invalid => Self::Invalid,
            State::Skipped => Self::Skipped { is_final: entry.existed() },
        }
    }
}

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

/// Decides. `resend` is the user's word that rows which were proven not applied go again.
pub fn next(effect: Effect, known: Known, resend: bool) -> Next {
    match known {
        Known::Nothing | Known::Skipped { is_final: false } => Next::Send,
        Known::Sending | Known::Unknown => match effect {
            Effect::OnceOnly => Next::Ask,
            Effect::Repeatable => Next::SendInDoubt,
            // It changes nothing: there is nothing to doubt.
            Effect::Reads => Next::Send,
        },
        Known::Failed { not_applied: true } if resend => Next::Send,
        Known::Failed { .. } | Known::Ok | Known::Invalid | Known::Skipped { is_final: true } => Next::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::Known::{Failed, Invalid, Nothing, Ok, Sending, Skipped, Unknown};
    use super::Next::{Ask, Leave, Send, SendInDoubt};
    use super::next;
    use crate::catalogue::Effect::{OnceOnly, Reads, Repeatable};

    /// Every cell: once only, repeatable, reads; then the same with `resend`.
    #[test]
    fn the_table_of_what_comes_next() {
        let table = [
            (Nothing, [Send, Send, Send], [Send, Send, Send]),
            (Sending, [Ask, SendInDoubt, Send], [Ask, SendInDoubt, Send]),
            (Ok, [Leave, Leave, Leave], [Leave, Leave, Leave]),
            (Failed { not_applied: false }, [Leave, Leave, Leave], [Leave, Leave, Leave]),
            (Failed { not_applied: true }, [Leave, Leave, Leave], [Send, Send, Send]),
            (Unknown, [Ask, SendInDoubt, Send], [Ask, SendInDoubt, Send]),
            (Invalid, [Leave, Leave, Leave], [Leave, Leave, Leave]),
            (Skipped { is_final: false }, [Send, Send, Send], [Send, Send, Send]),
            (Skipped { is_final: true }, [Leave, Leave, Leave], [Leave, Leave, Leave]),
        ];
        for (known, plain, resent) in table {
            for (resend, expected) in [(false, plain), (true, resent)] {
                let cells = [OnceOnly, Repeatable, Reads].map(|effect| next(effect, known, resend));
                assert_eq!(cells, expected, "{known:?}, resend {resend}");
            }
        }
    }
}
