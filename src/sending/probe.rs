//! Before the first row: does the server answer, does it take the key, and by which name does it want the
//! subcategory? One harmless read finds out, two where the first name is not taken.

use super::asked_for::counted;
use super::attempt_end::AttemptEnd;
use super::clock::Clock;
use super::link::Link;
use super::outcome::{FailureCode, Problem};
use super::read::ReadEnd;
use super::transport::Transport;
use crate::catalogue::ApiSelector;
use crate::validating::{Call, CallError};
use std::str::FromStr;

/// `--selector`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SelectorChoice {
    /// Find out.
    #[default]
    Auto,
    /// The user knows.
    Told(ApiSelector),
}

impl SelectorChoice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Told(ApiSelector::Subcat), Self::Told(ApiSelector::Action)];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Told(selector) => selector.field(),
        }
    }

    /// What it is, for help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Auto => "Find out with one harmless read, before any row is sent",
            Self::Told(ApiSelector::Subcat) => "The older name",
            Self::Told(ApiSelector::Action) => "The newer name",
        }
    }
}

impl FromStr for SelectorChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|choice| choice.name() == text);
        named.ok_or_else(|| format!("'{text}' is not a name for the subcategory"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundSelector {
    /// The name that the server takes.
    pub selector: ApiSelector,
    /// How many requests it took.
    pub requests: u64,
}

/// Why it is no use to send rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    #[error("the server does not answer: {0}. Check --url, the network, and that the web server runs")]
    Unreachable(Problem),
    #[error(
        "{0}. Check USERSIDE_API_KEY or --key-file, and in UserSide the key's list of client addresses and of allowed sections"
    )]
    KeyRefused(Problem),
    /// The server sends us elsewhere.
    #[error("{0}")]
    Redirected(Problem),
    /// Something answers that is not a UserSide API.
    #[error("the answer does not come from a UserSide API: {0}. Check that --url leads to api.php")]
    NoApi(Problem),
    /// Neither name for the subcategory is taken.
    #[error(
        "the server takes neither subcat ({subcat}) nor action ({action}). Check --url; if one of them is right, choose it with --selector"
    )]
    NeitherName { subcat: Problem, action: Problem },
    /// The server says OK and has nothing to say: it does not understand what it was asked.
    #[error("{0}. Check that --url leads to api.php, and leave out --selector")]
    Hollow(Problem),
    /// The program cannot make its own read.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Asks the server. With a told selector only server and key are tried: a refusal of the read itself does not matter
/// then, because old versions do not have it.
pub async fn find_selector<T: Transport, C: Clock>(
    link: &Link<T, C>,
    choice: SelectorChoice,
) -> Result<FoundSelector, ProbeError> {
    let call = Call::probe()?;
    let first = match choice {
        SelectorChoice::Auto => ApiSelector::Subcat,
        SelectorChoice::Told(told) => told,
    };
    let asked = match choice {
        SelectorChoice::Auto => link.ask_once(&link.envelope(first), &call).await,
        SelectorChoice::Told(_) => link.ask(&link.envelope(first), &call).await,
    };
    let mut requests = asked.requests;
    let mut said = Contact::of(asked);
    // Where a server does not see the subcategory it may answer with anything: nothing, a page, a status of its own.
    if choice == SelectorChoice::Auto && matches!(said, Contact::NoApi(_) | Contact::Ill(_)) {
        let other = link.ask_once(&link.envelope(ApiSelector::Action), &call).await;
        requests += other.requests;
        if Contact::of(other) == Contact::Taken {
            return Ok(FoundSelector { selector: ApiSelector::Action, requests });
        }
        // It may have been a whim.
        let again = link.ask(&link.envelope(first), &call).await;
        requests += again.requests;
        said = Contact::of(again);
    }
    let refusal = match (verdict(said)?, choice) {
        (NameVerdict::Taken, _) => return Ok(FoundSelector { selector: first, requests }),
        (NameVerdict::Refused(_), SelectorChoice::Told(_)) => {
            return Ok(FoundSelector { selector: first, requests });
        }
        (NameVerdict::KeyRefused(problem), SelectorChoice::Told(_)) => {
            return Err(ProbeError::KeyRefused(problem));
        }
        (NameVerdict::Hollow(problem), SelectorChoice::Told(_)) => {
            return Err(ProbeError::Hollow(problem));
        }
        // A server that does not see the subcategory may answer as if the key had no right to it.
        (
            NameVerdict::Refused(problem) | NameVerdict::KeyRefused(problem) | NameVerdict::Hollow(problem),
            SelectorChoice::Auto,
        ) => problem,
    };
    let asked = link.ask(&link.envelope(ApiSelector::Action), &call).await;
    requests += asked.requests;
    match verdict(Contact::of(asked))? {
        NameVerdict::Taken => Ok(FoundSelector { selector: ApiSelector::Action, requests }),
        NameVerdict::KeyRefused(problem) => Err(ProbeError::KeyRefused(problem)),
        NameVerdict::Refused(action) | NameVerdict::Hollow(action) => {
            Err(ProbeError::NeitherName { subcat: refusal, action })
        }
    }
}

enum NameVerdict {
    Taken,
    Refused(Problem),
    KeyRefused(Problem),
    Hollow(Problem),
}

fn verdict(contact: Contact) -> Result<NameVerdict, ProbeError> {
    match contact {
        Contact::Taken => Ok(NameVerdict::Taken),
        Contact::Refused { problem, .. } => Ok(NameVerdict::Refused(problem)),
        Contact::KeyRefused(problem) => Ok(NameVerdict::KeyRefused(problem)),
        Contact::Hollow(problem) => Ok(NameVerdict::Hollow(problem)),
        Contact::Redirected(problem) => Err(ProbeError::Redirected(problem)),
        Contact::NoApi(problem) => Err(ProbeError::NoApi(problem)),
        Contact::Ill(problem) | Contact::Silent(problem) | Contact::Unreached(problem) => {
            Err(ProbeError::Unreachable(problem))
        }
    }
}

/// How far one harmless read gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// The server takes the key, and the subcategory under this name.
    Taken,
    /// The server said no.
    Refused {
        problem: Problem,
        /// Whether it was the API that said it, and not a web server in front.
        is_the_apis: bool,
    },
    KeyRefused(Problem),
    /// The server says OK without the number that was asked for: so does one that does not understand.
    Hollow(Problem),
    /// The server sends us elsewhere.
    Redirected(Problem),
    /// Something answers that is not a UserSide API.
    NoApi(Problem),
    /// The server answers, and not well.
    Ill(Problem),
    /// There is a connection, and no answer.
    Silent(Problem),
    Unreached(Problem),
}

impl Contact {
    fn of(asked: ReadEnd) -> Self {
        let is_the_apis = asked.is_the_apis();
        match asked.answer {
            Ok(accepted) if counted(&accepted).is_some() => Self::Taken,
            Ok(_) => Self::Hollow(Problem::new(
                FailureCode::BadAnswer,
                "the server says OK without the number of customers that it was asked for",
            )),
            Err((_, problem)) if asked.location.is_some() => Self::Redirected(problem),
            Err((AttemptEnd::KeyRefused | AttemptEnd::Barred, problem)) => Self::KeyRefused(problem),
            Err((AttemptEnd::SaidNo | AttemptEnd::Replaced, problem)) => {
                Self::Refused { problem, is_the_apis }
            }
            Err((AttemptEnd::Unreached, problem)) => Self::Unreached(problem),
            Err((AttemptEnd::MayHaveHappened, problem)) => match problem.code {
                FailureCode::BadAnswer => Self::NoApi(problem),
                FailureCode::Connect | FailureCode::Timeout => Self::Silent(problem),
                _ => Self::Ill(problem),
            },
            Err((_, problem)) => Self::Ill(problem),
        }
    }
}

/// Tries one name for the subcategory, with the retries of a read.
pub async fn contact<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
) -> Result<Contact, CallError> {
    Ok(Contact::of(link.ask(&link.envelope(selector), &Call::probe()?).await))
}
