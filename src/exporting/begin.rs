//! What an export needs before its first request: which customers, what to compare with, and a journal. Everything
//! that can fail without the server fails here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::earlier::{EarlierExport, ListError, ids};
use super::error::ExportError;
use super::spec::{EarlierFile, ExportSpec, NewExport, Selection};
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
    Ids(Vec<u64>),
    Meeting(Conditions),
}

/// What is compared with.
enum ComparedWith {
    Nothing,
    Export(Box<EarlierExport>),
    /// There is no earlier export yet: every customer is new.
    NobodyYet,
}

impl Beginning {
    /// A new export: the files are read that name customers.
    pub(super) fn anew(new: NewExport) -> Result<Self, ExportError> {
        let NewExport { customers, earlier, journal, options } = new;
        let wanted = match customers {
            Selection::Listed(input) => WantedCustomers::Ids(ids(&open(&input)?)?),
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
            WantedCustomers::Ids(_) => None,
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
    if let WantedCustomers::Ids(ids) = wanted {
        journal.list(&ids)?;
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
