//! The input of a validation or a run, opened, with the rules for its rows.

use std::io::Read;
use std::sync::{Arc, OnceLock};

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::first_pass::{AfterPass, Validated, check_all};
use super::host::Host;
use super::rows::Rows;
use super::spec::InputSpec;
use crate::catalogue::NoParameter;
use crate::customers::read_id_maps;
use crate::events::Event;
use crate::reading::{Columns, Fingerprint, ReadError, ReadNote, Row, Source, is_key_name};
use crate::recording::StoredInput;
use crate::sending::Clock;
use crate::validating::{Across, Checker, Families, FamilyFinder, KeyMap, KnownKeys, Repeats};

/// An input that can be read as often as need be.
pub(super) struct OpenInput {
    pub(super) spec: InputSpec,
    pub(super) source: Arc<Source>,
    /// Whose keys are whose.
    pub(super) keys: KnownKeys,
    /// Who is whose parent among the rows, once somebody has looked.
    families: OnceLock<Option<Arc<Families>>>,
}

impl OpenInput {
    /// Opens the table, and says how it is read.
    pub(super) async fn open<C: Clock>(
        spec: InputSpec,
        host: &Host<C>,
        stdin: impl Read + Send + 'static,
    ) -> Result<Self, RunError> {
        check_version(&spec)?;
        let known = read_id_maps(&spec.id_maps)?;
        let told = spec.clone();
        let open = move || open_table(&told, stdin);
        // Standard input may never come to an end, and the user still wants one.
        let stop = host.stop.stop();
        let source = stop.race(spawn_blocking(open)).await.ok_or_else(|| RunError::ended_by(&stop))???;
        if let Some(conflict) = known.conflict() {
            host.tell(Event::Warning(&conflict));
        }
        Ok(Self::of(spec, source, KnownKeys::of_files(known.map), host))
    }

    /// Opens the table with which a run began, as [`Self::open_same`] does, while the user may want an end.
    pub(super) async fn open_same_or_stop<C: Clock>(
        spec: InputSpec,
        host: &Host<C>,
        content: Option<StoredInput>,
        expected: Fingerprint,
        keys: KeyMap,
    ) -> Result<Self, RunError> {
        let told = spec.clone();
        let open = move || same_source(&told, content, &expected);
        let stop = host.stop.stop();
        let source = stop.race(spawn_blocking(open)).await.ok_or_else(|| RunError::ended_by(&stop))???;
        Ok(Self::of(spec, source, KnownKeys::whole(keys), host))
    }

    /// Opens the table with which a run began. `content` is what the journal keeps of standard input.
    pub(super) fn open_same<C: Clock>(
        spec: InputSpec,
        host: &Host<C>,
        content: Option<StoredInput>,
        expected: &Fingerprint,
        keys: KeyMap,
    ) -> Result<Self, RunError> {
        let source = same_source(&spec, content, expected)?;
        Ok(Self::of(spec, source, KnownKeys::whole(keys), host))
    }

    fn of<C: Clock>(spec: InputSpec, source: Source, keys: KnownKeys, host: &Host<C>) -> Self {
        let dialect = (!source.is_sheet()).then(|| source.dialect());
        host.tell(Event::Opened { name: source.name(), dialect, sheet: source.sheet() });
        source.notes().iter().for_each(|note| host.tell(Event::Note(&note.to_string())));
        Self { spec, source: Arc::new(source), keys, families: OnceLock::new() }
    }

    /// From here on it is known whose all keys of the file are.
    pub(super) fn knows(&mut self, validated: &mut Validated, keys: KeyMap) {
        self.keys = KnownKeys::whole(keys);
        validated.checker = validated.checker.clone().knowing(self.keys.clone());
    }

    /// The rules for the rows.
    pub(super) fn checker(&self) -> Result<Checker, RunError> {
        let (header, _) = self.source.records()?;
        let InputSpec { operation, mapping, rules, .. } = &self.spec;
        let columns = Columns::resolve(*operation, header, mapping, rules.server)?;
        let checker = Checker::new(*operation, columns, rules.clone())?;
        let checker = checker.counting(self.source.unit()).knowing(self.keys.clone());
        let families = match self.families.get() {
            Some(families) => families.clone(),
            None => {
                let found = find_families(&self.source, &checker)?;
                self.families.get_or_init(|| found).clone()
            }
        };
        Ok(checker.with_families(families))
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
        after: AfterPass,
        host: &Host<C>,
    ) -> Result<Validated, RunError> {
        let checker = self.checker()?;
        let left_out = &checker.columns().left_out;
        if !left_out.is_empty() {
            let note = ReadNote::LeftOut { columns: left_out.clone(), operation: self.spec.operation.name() };
            host.tell(Event::Note(&note.to_string()));
        }
        let (source, listener, stop) =
            (Arc::clone(&self.source), Arc::clone(&host.listener), host.stop.stop());
        let repeats = self.repeats();
        spawn_blocking(move || check_all(&source, checker, repeats, writes_results, after, &*listener, &stop))
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
    let mut source = match content {
        Some(content) => Source::open(&spec.input, &spec.table, content)?,
        None => Source::open(&spec.input, &spec.table, std::io::empty())?,
    };
    let found = source.fingerprint()?;
    if found != *expected {
        return Err(RunError::InputChanged { input: spec.input.name(), expected: expected.clone(), found });
    }
    find_header(&mut source, spec)?;
    Ok(source)
}

fn open_table(spec: &InputSpec, stdin: impl Read) -> Result<Source, ReadError> {
    let mut source = Source::open(&spec.input, &spec.table, stdin)?;
    find_header(&mut source, spec)?;
    Ok(source)
}

/// Looks for the row with the names of parameters, of fields of an export, or of columns that were mapped.
fn find_header(source: &mut Source, spec: &InputSpec) -> Result<(), ReadError> {
    let (operation, mapped) = (spec.operation, spec.mapping.expected_names());
    source.find_header(&|name| {
        operation.named(name).err() != Some(NoParameter::Unknown)
            || operation.sets_field(name).is_some()
            || is_key_name(operation, name)
            || operation.leaves_out_field(name)
            || mapped.contains(&name.to_lowercase())
    })
}

fn check_version(spec: &InputSpec) -> Result<(), RunError> {
    for (_, subcategory) in spec.operation.steps() {
        if let (Some(server), Some(added)) = (spec.rules.server, subcategory.added)
            && !subcategory.is_in(Some(server))
        {
            return Err(RunError::NotInVersion { operation: subcategory.name, added, server });
        }
    }
    Ok(())
}

/// Finds out who is whose parent among the rows, in a pass of its own; none where nobody has a parent in the file.
fn find_families(source: &Source, checker: &Checker) -> Result<Option<Arc<Families>>, RunError> {
    let Some(columns) = checker.family_columns() else { return Ok(None) };
    let (_, mut records) = source.records()?;
    let (mut finder, mut row) = (FamilyFinder::new(columns.kind()), Row::default());
    while records.read(&mut row)? {
        let (own, parent) = checker.family_values(columns, &row);
        finder.take(row.number(), row.line(), own.as_deref(), parent.as_deref());
    }
    let families = finder.end();
    Ok((!families.is_empty()).then(|| Arc::new(families)))
}
