//! `import`: the first session of a run.

use std::io::Read;

use super::confirm::{Question, confirm};
use super::error::RunError;
use super::estimate::{Readings, Workload};
use super::first_pass::{AfterPass, Validated};
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
use crate::customers::IdMapWriter;
use crate::events::Event;
use crate::exit::Exit;
use crate::sending::{Clock, Connection, Server, Transport, TransportError};
use crate::validating::Expectation;

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
    if let Some(path) = &output.id_map {
        IdMapWriter::check(path)?;
    }
    let mut input = OpenInput::open(input, &host, stdin).await?;
    let after = AfterPass::LookUp { skips_invalid: policy.skip_invalid };
    let mut validated = input.validate(true, after, &host).await?;
    let keys = std::mem::take(&mut validated.keys);
    // Rows may still turn out to be invalid: until then sums say nothing.
    let rows_alone = Expectation { rows: policy.expectation.rows, ..Expectation::default() };
    let expectation = if keys.are_open() { &rows_alone } else { &policy.expectation };
    let files = output.begin(validated.totals.rows);
    if let Some(refused) =
        refusal(&input, &validated, expectation, policy.skip_invalid, |event| host.tell(event))
    {
        let finished = write_unsent(&input, &validated, files?, why_refused(refused)).await?;
        let end = RunEnd::refused(refused);
        summarise(&host, &input.spec, Some(&journal.path), Account::Written(finished), end);
        return Ok(Exit::Refused);
    }
    if validated.totals.rows == 0 {
        host.tell(Event::Warning("the file has a header but no rows"));
    }
    // Everything that can fail without the server fails before it is asked: the places of the results are taken.
    let pace = RunPace::of(&connection);
    let (files, server) = (files?, open(connection, host.clock.clone())?);
    let (path, id_map) = (journal.path.clone(), output.id_map);
    let mut selector = None;
    if !keys.are_open() {
        input.knows(&mut validated, keys.known.clone());
    }
    let mut session = Session { input, validated, files, server, policy, host, path, id_map };
    if keys.are_open() {
        match session.know_customers(keys).await? {
            Ok(known) => selector = Some(known),
            Err(end) => return end_before_begin(session, end).await,
        }
        if let Some(refused) = session.refusal() {
            return session.refuse(refused).await;
        }
    }
    let Session { input, validated, host, .. } = &session;
    tell_long_comments(input, validated, host);
    warn_of_repetition(&journal, input, host)?;
    let estimate =
        Workload::of(validated).estimate(Readings::new(&session.policy, input.spec.on_booked), pace);
    confirm(host, input.spec.operation, &validated.totals, None, estimate, person).await?;
    let unnamed = prepare(&journal, input, &validated.totals, validated.steps.as_ref(), host)?;
    let _held = hold(input)?;
    // A server that can't be used leaves no run behind.
    let selector = match selector {
        Some(selector) => selector,
        None => match session.probe().await {
            Ok(selector) => selector,
            Err(end) => return end_before_begin(session, end).await,
        },
    };
    let journal = begin(&journal, unnamed, &session.host)?;
    session.run(journal, SessionKind::Import, Some(selector)).await
}

async fn end_before_begin<T: Transport, C: Clock + Send>(
    session: Session<T, C>,
    end: RunEnd,
) -> Result<Exit, RunError> {
    let host = session.host.clone();
    tokio::select! {
        exit = session.end_unsent(end) => exit,
        () = left(&host) => Err(RunError::Interrupted),
    }
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
