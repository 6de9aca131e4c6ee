//! Before the first row: does the server answer, does it take the key, and by which name does it want the
//! subcategory? One harmless read finds out, two where the first name is not taken.

use super::clock::Clock;
use super::link::{Asked, Link};
use super::outcome::Problem;
use super::retry::Event;
use super::transport::Transport;
use crate::catalogue::ApiSelector;
use crate::validating::Call;

/// `--selector`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SelectorChoice {
    /// Find out.
    #[default]
    Auto,
    /// The user knows.
    Told(ApiSelector),
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The name that the server takes.
    pub selector: ApiSelector,
    /// How many requests it took.
    pub requests: u64,
}

/// There is no use in sending rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// The server does not answer.
    #[error("the server does not answer: {0}. Check --url, the network, and that the web server runs")]
    Unreachable(Problem),
    /// The server refused the key.
    #[error(
        "{0}. Check USERSIDE_API_KEY or --key-file, and in UserSide the key's list of client addresses and of allowed sections"
    )]
    KeyRefused(Problem),
    /// The server sends us elsewhere.
    #[error("{0}")]
    Redirected(Problem),
    /// What answers is no UserSide API.
    #[error("the answer is not that of a UserSide API: {0}. Check that --url leads to api.php")]
    NoApi(Problem),
    /// Neither name for the subcategory is taken.
    #[error(
        "the server takes neither subcat ({subcat}) nor action ({action}). Check --url; if one of them is right all the same, name it with --selector"
    )]
    NeitherName {
        /// The answer to `subcat`.
        subcat: Problem,
        /// The answer to `action`.
        action: Problem,
    },
    /// The program cannot make its own read.
    #[error(transparent)]
    Call(#[from] crate::validating::CallError),
}

/// Asks the server. With a told selector only server and key are tried: a refusal of the read itself is no
/// obstacle then, because old versions do not have it.
pub async fn find_selector<T: Transport, C: Clock>(
    link: &Link<T, C>,
    choice: SelectorChoice,
) -> Result<Found, ProbeError> {
    let call = Call::probe()?;
    let first = match choice {
        SelectorChoice::Auto => ApiSelector::Subcat,
        SelectorChoice::Told(told) => told,
    };
    let asked = link.ask(&link.envelope(first), &call).await;
    let mut requests = asked.requests;
    let refusal = match (verdict(asked)?, choice) {
        (Verdict::Taken, _) => return Ok(Found { selector: first, requests }),
        (Verdict::Refused(_), SelectorChoice::Told(_)) => return Ok(Found { selector: first, requests }),
        (Verdict::KeyRefused(problem), SelectorChoice::Told(_)) => {
            return Err(ProbeError::KeyRefused(problem));
        }
        // A server that does not see the subcategory may answer as if the key had no right to it.
        (Verdict::Refused(problem) | Verdict::KeyRefused(problem), SelectorChoice::Auto) => problem,
    };
    let asked = link.ask(&link.envelope(ApiSelector::Action), &call).await;
    requests += asked.requests;
    match verdict(asked)? {
        Verdict::Taken => Ok(Found { selector: ApiSelector::Action, requests }),
        Verdict::KeyRefused(problem) => Err(ProbeError::KeyRefused(problem)),
        Verdict::Refused(action) => Err(ProbeError::NeitherName { subcat: refusal, action }),
    }
}

enum Verdict {
    Taken,
    Refused(Problem),
    KeyRefused(Problem),
}

fn verdict(asked: Asked) -> Result<Verdict, ProbeError> {
    match asked.answer {
        Ok(_) => Ok(Verdict::Taken),
        Err((_, problem)) if asked.location.is_some() => Err(ProbeError::Redirected(problem)),
        Err((Event::KeyRefused, problem)) => Ok(Verdict::KeyRefused(problem)),
        Err((Event::SaidNo, problem)) => Ok(Verdict::Refused(problem)),
        Err((Event::MayHaveHappened, problem)) if problem.code == super::FailureCode::BadAnswer => {
            Err(ProbeError::NoApi(problem))
        }
        Err((_, problem)) => Err(ProbeError::Unreachable(problem)),
    }
}
