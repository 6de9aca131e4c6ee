//! `import`: the first session of a run.

use std::io::Read;

use super::confirm::{Question, confirm};
use super::error::RunError;
use super::estimate::{Readings, Workload};
use super::first_pass::Validated;
use super::host::Host;
use super::input::OpenInput;
use super::journal::{begin, hold, make_way, prepare, warn_of_repetition};
use super::run_end::RunEnd;
use super::session::{Session, left};
use super::session_kind::SessionKind;
use super::spec::{OnBooked, RunPace, RunSpec};
use super::summary::{Account, summarise};
use super::unsent::{refusal, why_refused, write_unsent};
use crate::count::Count;
use crate::events::Event;
use crate::exit::Exit;
use crate::sending::{Clock, Connection, Server, Transport, TransportError};

/// Checks every row, sends what is valid, and writes down what became of each. `person` answers the question before
/// money; `open` makes the server out of the connection.
pub async fn import<T: Transport, C: Clock + Send>(
    spec: RunSpec,
    host: Host<C>,
    stdin: impl Read + Send + 'static,
    person: Option<Question>,
    open: impl FnOnce(Connection, C) -> Result<Server<T, C>, TransportError>,
) -> Result<Exit, RunError> {
    let RunSpec { input, output, connection, journal, policy } = spec;
    make_way(&journal)?;
    let input = OpenInput::open(input, &host, stdin).await?;
    let validated = input.validate(true, &host).await?;
    let files = output.begin(validated.totals.rows);
    if let Some(refused) =
        refusal(&input, &validated, &policy.expectation, policy.skip_invalid, |event| host.tell(event))
    {
        let finished = write_unsent(&input, &validated, files?, why_refused(refused)).await?;
        summarise(
            &host,
            &input.spec,
            Some(&journal.path),
            Account::Written(finished),
            RunEnd::refused(refused),
        );
        return Ok(Exit::Refused);
    }
    if validated.totals.rows == 0 {
        host.tell(Event::Warning("the file has a header but no rows"));
    }
    tell_long_comments(&input, &validated, &host);
    // Everything that can fail without the server fails before it is asked: the places of the results are taken.
    let pace = RunPace::of(&connection);
    let (files, server) = (files?, open(connection, host.clock.clone())?);
    warn_of_repetition(&journal, &input, &host)?;
    let estimate = Workload::of(&validated).estimate(Readings::new(&policy, input.spec.on_booked), pace);
    confirm(&host, input.spec.operation, &validated.totals, None, estimate, person).await?;
    let unnamed = prepare(&journal, &input, &validated.totals, validated.steps.as_ref(), &host)?;
    let _held = hold(&input)?;
    let session = Session { input, validated, files, server, policy, host, path: journal.path.clone() };
    // A server that can't be used leaves no run behind.
    let selector = match session.probe().await {
        Ok(selector) => selector,
        Err(end) => {
            let host = session.host.clone();
            return tokio::select! {
                exit = session.end_unsent(end) => exit,
                () = left(&host) => Err(RunError::Interrupted),
            };
        }
    };
    let journal = begin(&journal, unnamed, &session.host)?;
    session.run(journal, SessionKind::Import, Some(selector)).await
}

/// Says how many comments old servers would cut. The tag stands first, and is not cut.
fn tell_long_comments<C: Clock>(input: &OpenInput, validated: &Validated, host: &Host<C>) {
    if validated.long_comments == 0 || input.spec.on_booked == OnBooked::Untagged {
        return;
    }
    let comments = Count(validated.long_comments, "comment");
    let text = format!(
        "{comments} {} longer than 255 characters together with the tag; servers of some years ago cut the rest off. The tag stands first, so the bookings are found all the same",
        comments.agree("is", "are")
    );
    host.tell(Event::Note(&text));
}
