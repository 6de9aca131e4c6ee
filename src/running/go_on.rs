//! `resume` and `reconcile`: later sessions of a run.

use super::confirm::{Question, confirm};
use super::error::RunError;
use super::estimate::{Readings, Workload};
use super::first_pass::AfterPass;
use super::host::Host;
use super::input::OpenInput;
use super::journal::{content_of, hold, is_once_only};
use super::run_end::RunEnd;
use super::session::Session;
use super::session_kind::SessionKind;
use super::spec::{RunPace, RunSpec};
use super::summary::{Account, summarise};
use super::unsent::{refusal, why_refused, write_unsent};
use crate::exit::Exit;
use crate::recording::Journal;
use crate::sending::{Clock, Connection, Server, Transport, TransportError};

/// Goes on with the run of a journal.
pub async fn go_on<T: Transport, C: Clock + Send>(
    journal: Journal,
    kind: SessionKind,
    spec: RunSpec,
    host: Host<C>,
    person: Option<Question>,
    open: impl FnOnce(Connection, C) -> Result<Server<T, C>, TransportError>,
) -> Result<Exit, RunError> {
    let RunSpec { input, output, connection, policy, .. } = spec;
    let sends = kind == SessionKind::Resume || policy.resend;
    if sends && is_once_only(input.operation) {
        journal.require_locks()?;
    }
    let input = OpenInput::open_same_or_stop(
        input,
        &host,
        content_of(&journal)?,
        journal.run().fingerprint.clone(),
        journal.replay()?.keys()?,
    )
    .await?;
    let validated = input.validate(true, AfterPass::Anything, &host).await?;
    let files = output.begin(validated.totals.rows);
    if let Some(refused) =
        refusal(&input, &validated, &policy.expectation, policy.skip_invalid, |event| host.tell(event))
    {
        let finished = write_unsent(&input, &validated, files?, why_refused(refused)).await?;
        let path = journal.path().to_owned();
        summarise(&host, &input.spec, Some(&path), Account::Written(finished), RunEnd::refused(refused));
        return Ok(Exit::Refused);
    }
    let pace = RunPace::of(&connection);
    let (files, server) = (files?, open(connection, host.clock.clone())?);
    if kind == SessionKind::Resume {
        let unsent = journal.counts()?.unsent();
        let left = Workload::of(&validated).part(unsent, validated.totals.valid());
        let estimate = left.estimate(Readings::new(&policy, input.spec.on_booked), pace);
        confirm(&host, input.spec.operation, &validated.totals, Some(unsent), estimate, person).await?;
    }
    let _held = if sends { hold(&input)? } else { None };
    let (path, id_map) = (journal.path().to_owned(), output.id_map);
    let session = Session { input, validated, files, server, policy, host, path, id_map };
    session.run(journal, kind, None).await
}
