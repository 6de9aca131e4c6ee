//! The input of a validation or a run, opened, with the rules for its rows.

use std::io::Read;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::first_pass::{Validated, check_all};
use super::host::Host;
use super::rows::Rows;
use super::spec::InputSpec;
use crate::events::Event;
use crate::reading::{Columns, Fingerprint, Source};
use crate::recording::StoredInput;
use crate::sending::Clock;
use crate::validating::{Across, Checker, Repeats};

/// An input that can be read as often as need be.
pub(super) struct OpenInput {
    pub(super) spec: InputSpec,
    pub(super) source: Arc<Source>,
}

impl OpenInput {
    /// Opens the table, and says how it is read.
    pub(super) async fn open<C: Clock>(
        spec: InputSpec,
        host: &Host<C>,
        stdin: impl Read + Send + 'static,
    ) -> Result<Self, RunError> {
        check_version(&spec)?;
        let told = spec.clone();
        let open = move || Source::open(&told.input, &told.table, stdin);
        // Standard input may never come to an end, and the user still wants one.
        let source = host.stop.stop().race(spawn_blocking(open)).await.ok_or(RunError::Interrupted)???;
        Ok(Self::of(spec, source, host))
    }

    /// Opens the table with which a run began, as [`Self::open_same`] does, while the user may want an end.
    pub(super) async fn open_same_or_stop<C: Clock>(
        spec: InputSpec,
        host: &Host<C>,
        content: Option<StoredInput>,
        expected: Fingerprint,
    ) -> Result<Self, RunError> {
        let told = spec.clone();
        let open = move || same_source(&told, content, &expected);
        let source = host.stop.stop().race(spawn_blocking(open)).await.ok_or(RunError::Interrupted)???;
        Ok(Self::of(spec, source, host))
    }

    /// Opens the table with which a run began. `content` is what the journal keeps of standard input.
    pub(super) fn open_same<C: Clock>(
        spec: InputSpec,
        host: &Host<C>,
        content: Option<StoredInput>,
        expected: &Fingerprint,
    ) -> Result<Self, RunError> {
        let source = same_source(&spec, content, expected)?;
        Ok(Self::of(spec, source, host))
    }

    fn of<C: Clock>(spec: InputSpec, source: Source, host: &Host<C>) -> Self {
        let dialect = (!source.is_sheet()).then(|| source.dialect());
        host.tell(Event::Opened { name: source.name(), dialect, sheet: source.sheet() });
        Self { spec, source: Arc::new(source) }
    }

    /// The rules for the rows.
    pub(super) fn checker(&self) -> Result<Checker, RunError> {
        let (header, _) = self.source.records()?;
        let InputSpec { operation, mapping, rules, .. } = &self.spec;
        let columns = Columns::resolve(*operation, header, mapping, rules.server)?;
        Ok(Checker::new(*operation, columns, rules.clone())?.counting(self.source.unit()))
    }

    fn repeats(&self) -> Repeats {
        if self.spec.rules.allow_duplicates { Repeats::Allowed } else { Repeats::Refused }
    }

    /// The rows, checked as the first pass checks them.
    pub(super) fn rows(&self) -> Result<Rows, RunError> {
        let (_, records) = self.source.records()?;
        let across = Across::new(self.repeats());
        Ok(Rows { records, checker: self.checker()?, across })
    }

    /// The first pass: checks every row, and tells what is wrong.
    pub(super) async fn validate<C: Clock>(
        &self,
        writes_results: bool,
        host: &Host<C>,
    ) -> Result<Validated, RunError> {
        let checker = self.checker()?;
        let (source, listener, stop) =
            (Arc::clone(&self.source), Arc::clone(&host.listener), host.stop.stop());
        let repeats = self.repeats();
        spawn_blocking(move || check_all(&source, checker, repeats, writes_results, &*listener, &stop))
            .await?
    }
}

/// The table that is named, if it is still the one with this fingerprint.
fn same_source(
    spec: &InputSpec,
    content: Option<StoredInput>,
    expected: &Fingerprint,
) -> Result<Source, RunError> {
    check_version(spec)?;
    let source = match content {
        Some(content) => Source::open(&spec.input, &spec.table, content)?,
        None => Source::open(&spec.input, &spec.table, std::io::empty())?,
    };
    let found = source.fingerprint()?;
    if found != *expected {
        return Err(RunError::InputChanged { input: spec.input.name(), expected: expected.clone(), found });
    }
    Ok(source)
}

fn check_version(spec: &InputSpec) -> Result<(), RunError> {
    let subcategory = spec.operation.subcategory();
    match (spec.rules.server, subcategory.added) {
        (Some(server), Some(added)) if !subcategory.is_in(Some(server)) => {
            Err(RunError::NotInVersion { operation: subcategory.name, added, server })
        }
        _ => Ok(()),
    }
}
