//! What an export needs before its first request: which customers, what to compare with, and a journal. Everything
//! that can fail without the server fails here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::earlier::{EarlierExport, ListError, ListForm, ids, list_form};
use super::error::ExportError;
use super::key_list::{KeyList, NamedList};
use super::spec::{EarlierFile, ExportSpec, ListSpec, NewExport, Selection};
use crate::customers::read_id_maps;
use crate::events::{Event, Listener};
use crate::read_session::ReadSession;
use crate::reading::{Input, Source, TableChoice};
use crate::recording::{AboutExport, ExportJournal, JournalError, OutputTarget};
use crate::sending::{Clock, Transport};
use crate::validating::Conditions;

/// How an export begins.
pub(super) enum Beginning {
    /// Anew.
    New(PreparedExport),
    /// With what its journal has.
    Resumed {
        journal: ExportJournal,
        /// The conditions, where no ids were given.
        conditions: Option<Conditions>,
    },
}

/// A new export, with the files read that name customers.
pub(super) struct PreparedExport {
    wanted: WantedCustomers,
    earlier: ComparedWith,
    journal: Option<PathBuf>,
    options: String,
}

/// Who is exported.
enum WantedCustomers {
    Listed(NamedList),
    /// Whose ids are not known yet.
    Keys(Box<KeyList>),
    Meeting(Conditions),
}

/// What is compared with.
enum ComparedWith {
    Nothing,
    Export(Box<EarlierExport>),
    /// There is no earlier export yet: every customer is new.
    NobodyYet,
}

impl WantedCustomers {
    fn of(list: ListSpec) -> Result<Self, ExportError> {
        let ListSpec { input, mapped, id_maps } = list;
        let mut source = open(&input)?;
        let known = read_id_maps(&id_maps)?;
        let ids = match list_form(&mut source, &mapped)? {
            ListForm::Plain => ids(&source, None)?,
            ListForm::Ids(column) => ids(&source, Some(column))?,
            ListForm::Keys(columns) => return Ok(Self::Keys(Box::new(KeyList::of(source, columns, known)?))),
        };
        Ok(Self::Listed(NamedList { ids, unnamed: Vec::new() }))
    }
}

impl Beginning {
    /// A new export: the files are read that name customers.
    pub(super) fn anew(new: NewExport) -> Result<Self, ExportError> {
        let NewExport { customers, earlier, journal, options } = new;
        let wanted = match customers {
            Selection::Listed(list) => WantedCustomers::of(list)?,
            Selection::Meeting(conditions) => WantedCustomers::Meeting(conditions),
        };
        let earlier = compared_with(earlier)?;
        Ok(Self::New(PreparedExport { wanted, earlier, journal, options }))
    }

    /// An export that was interrupted.
    pub(super) fn resumed(journal: ExportJournal) -> Result<Self, ExportError> {
        let damaged = |reason: &str| {
            let path = journal.path().unwrap_or(Path::new("")).to_owned();
            ExportError::Journal(JournalError::DamagedExport { path, reason: reason.to_owned() })
        };
        let conditions = match &journal.about().conditions {
            Some(json) => {
                let parts =
                    serde_json::from_str(json).map_err(|_| damaged("its conditions cannot be read"))?;
                Some(Conditions::checked_before(parts).map_err(|_| damaged("its conditions are not valid"))?)
            }
            None if !journal.is_complete()? => return Err(damaged("its list of ids is incomplete")),
            None => None,
        };
        Ok(Self::Resumed { journal, conditions })
    }

    /// The keys of whose customers nobody knows yet, where there are any.
    pub(super) fn take_keys(&mut self) -> Option<Box<KeyList>> {
        let Self::New(PreparedExport { wanted, .. }) = self else { return None };
        match std::mem::replace(wanted, WantedCustomers::Listed(NamedList::default())) {
            WantedCustomers::Keys(keys) => Some(keys),
            other => {
                *wanted = other;
                None
            }
        }
    }

    /// It is known now whose they are.
    pub(super) fn name(&mut self, list: NamedList) -> Result<(), ExportError> {
        let Self::New(PreparedExport { wanted, earlier, .. }) = self else { return Ok(()) };
        if let (Some(first), true) = (list.unnamed.first(), !matches!(earlier, ComparedWith::Nothing)) {
            let more = list.unnamed.len() - 1;
            let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
            return Err(ExportError::Unnamed { first: first.to_string(), more });
        }
        *wanted = WantedCustomers::Listed(list);
        Ok(())
    }

    /// The journal, and the conditions where no ids were given.
    pub(super) async fn journal<T: Transport, C: Clock>(
        self,
        session: &ReadSession<T, C>,
    ) -> Result<(ExportJournal, Option<Conditions>), ExportError> {
        match self {
            Self::New(prepared) => {
                let conditions = prepared.conditions().cloned();
                let (listener, now) = (Arc::clone(&session.listener), session.now());
                let begun = spawn_blocking(move || prepared.begin(now, &*listener));
                Ok((begun.await.map_err(|_| ExportError::Panicked)??, conditions))
            }
            Self::Resumed { journal, conditions } => {
                let text = format!("this export began {}", minute(journal.about().begun));
                session.tell(Event::Note(&text));
                Ok((journal, conditions))
            }
        }
    }
}

impl PreparedExport {
    fn conditions(&self) -> Option<&Conditions> {
        match &self.wanted {
            WantedCustomers::Meeting(conditions) => Some(conditions),
            WantedCustomers::Listed(_) | WantedCustomers::Keys(_) => None,
        }
    }

    /// Makes the journal, with what was given in it.
    fn begin(self, begun: Timestamp, listener: &dyn Listener) -> Result<ExportJournal, ExportError> {
        let conditions = self.conditions();
        let new = AboutExport {
            conditions: conditions.map(|c| serde_json::to_string(&c.parts()).unwrap_or_default()),
            options: self.options,
            begun,
        };
        let fill = |journal: &mut ExportJournal| fill(journal, self.wanted, self.earlier);
        let Some(path) = &self.journal else {
            let mut journal = ExportJournal::nameless(&new)?;
            fill(&mut journal)?;
            return Ok(journal);
        };
        let (journal, before) = ExportJournal::create(path, &new, fill)?;
        if let Some(begun) = before {
            let begun = minute(begun);
            let text = format!(
                "an export that began {begun} was never finished; this one starts from the beginning"
            );
            listener.event(Event::Note(&text));
        }
        Ok(journal)
    }
}

fn fill(
    journal: &mut ExportJournal,
    wanted: WantedCustomers,
    earlier: ComparedWith,
) -> Result<(), ExportError> {
    match earlier {
        ComparedWith::Nothing => {}
        ComparedWith::Export(earlier) => {
            let header = earlier.header().to_vec();
            journal.keep_earlier(&header, earlier.map(|row| row.map_err(ExportError::from)))?;
        }
        ComparedWith::NobodyYet => journal.keep_earlier(&[], std::iter::empty::<Result<_, ExportError>>())?,
    }
    if let WantedCustomers::Listed(NamedList { ids, unnamed }) = wanted {
        journal.list(&ids)?;
        journal.keep_unnamed(&unnamed)?;
        journal.complete(None)?;
    }
    Ok(())
}

fn compared_with(earlier: Option<EarlierFile>) -> Result<ComparedWith, ExportError> {
    let Some(EarlierFile { path, first_run }) = earlier else { return Ok(ComparedWith::Nothing) };
    if !path.exists() {
        return if first_run { Ok(ComparedWith::NobodyYet) } else { Err(ExportError::NoEarlier { path }) };
    }
    match EarlierExport::open(&open(&Input::File(path))?) {
        Err(ListError::NoIdColumn { .. }) if first_run => Ok(ComparedWith::NobodyYet),
        earlier => Ok(ComparedWith::Export(Box::new(earlier?))),
    }
}

fn open(input: &Input) -> Result<Source, ExportError> {
    Ok(Source::open(input, &TableChoice::default(), std::io::stdin())?)
}

fn minute(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Everything that is to be written can be written to. A pipe is not tried: its reader would see the end.
pub(super) fn check_targets(spec: &ExportSpec) -> Result<(), ExportError> {
    let files = [spec.output.path(), spec.totals_file.as_deref(), spec.errors_file.as_deref()];
    for path in files.into_iter().flatten() {
        if !path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            OutputTarget::File(path.to_owned()).begin_anew()?;
        }
    }
    Ok(())
}
