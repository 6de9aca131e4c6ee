//! The runs in a folder: which journals lie there, how each run stands, and what goes on with it. Everything is read
//! while another process may be at work, and nothing is changed.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::atomic::beside;
use super::export_journal::{ExportProgress, JournalKind, journal_kind};
use super::journal::{Counts, Journal, JournalError, Run, is_held};
use super::next_step::{RunStep, Tried, next_step};
use crate::catalogue::{Effect, Operation, operation};

/// A run that was found by its journal.
#[derive(Debug)]
pub struct FoundRun {
    /// The journal.
    pub journal: PathBuf,
    /// Whether a process is at work with it.
    pub at_work: bool,
    /// Whether it was put aside for another run of the same name. Its rows may have been sent again by that one, so
    /// nothing goes on with it unless its journal is named.
    pub set_aside: bool,
    /// Whether the rows that somebody had to put right were imported as a file of their own, which has a run of its own.
    pub were_put_right: bool,
    /// What the journal says, or why it cannot be used.
    pub progress: Result<RunProgress, JournalError>,
}

/// How far a run has come.
#[derive(Debug)]
pub enum RunProgress {
    /// An import.
    Import {
        /// The run as a whole.
        run: Box<Run>,
        /// What is known of its rows.
        counts: Counts,
        /// Whether the last session was to send what is not sent, and could send nothing of it.
        in_vain: bool,
    },
    /// An export. Its journal goes away when the output is complete.
    Export(ExportProgress),
}

impl FoundRun {
    fn at(journal: PathBuf) -> Self {
        // Before the database opens the file: to close it afterwards would free the database's own locks.
        let at_work = is_held(&journal);
        let progress = progress(&journal);
        let set_aside =
            matches!(&progress, Ok(RunProgress::Import { run, .. }) if run.was_set_aside(&journal));
        let were_put_right = were_put_right(&journal, &progress);
        Self { journal, at_work, set_aside, were_put_right, progress }
    }

    /// When the run began, where that is known.
    pub fn begun(&self) -> Option<Timestamp> {
        match &self.progress {
            Ok(RunProgress::Import { run, .. }) => Some(run.begun),
            Ok(RunProgress::Export(export)) => Some(export.begun),
            Err(_) => None,
        }
    }

    /// The one command to type next; none where nothing is left, or where it is not ours to say.
    pub fn next(&self) -> Option<RunStep> {
        if !self.is_free() {
            return None;
        }
        match self.progress.as_ref().ok()? {
            RunProgress::Export(_) => Some(RunStep::Resume),
            RunProgress::Import { run, counts, in_vain } => {
                // What this program does not know is not sent twice by it.
                let effect = operation(&run.operation).map_or(Effect::OnceOnly, Operation::effect);
                let step = next_step(effect, counts, Tried { resumed: *in_vain, ..Tried::default() });
                match step {
                    // What waited for them goes next.
                    Some(RunStep::Failed) if self.were_put_right => {
                        (counts.orphans > 0 && !in_vain).then_some(RunStep::Resume)
                    }
                    step => step,
                }
            }
        }
    }

    /// Whether a command may take it up that was not told its journal.
    const fn is_free(&self) -> bool {
        !self.at_work && !self.set_aside
    }

    /// Whether something is left that `resume` does; with `resend` that includes rows that are proven not applied.
    pub fn can_resume(&self, resend: bool) -> bool {
        match &self.progress {
            _ if !self.is_free() => false,
            Ok(RunProgress::Export(_)) => true,
            Ok(RunProgress::Import { counts, .. }) => {
                !counts.is_finished() || resend && counts.not_applied > 0
            }
            Err(_) => false,
        }
    }

    /// Whether there are rows of which `reconcile` finds out what became of them; with `resend` that includes rows
    /// that are proven not applied.
    pub fn can_reconcile(&self, resend: bool) -> bool {
        matches!(&self.progress, Ok(RunProgress::Import { counts, .. })
            if self.is_free() && (counts.unknown > 0 || resend && counts.not_applied > 0))
    }

    /// Whether it is the run of an import that is finished.
    pub fn is_over(&self) -> bool {
        matches!(&self.progress, Ok(RunProgress::Import { counts, .. }) if self.is_free() && counts.is_finished())
    }

    /// Whether it is the run of an import, whose rows have results.
    pub fn is_import(&self) -> bool {
        matches!(&self.progress, Ok(RunProgress::Import { .. }))
    }

    /// Whether it booked something that can be taken back.
    pub fn can_undo(&self) -> bool {
        matches!(&self.progress, Ok(RunProgress::Import { run, .. })
            if self.is_free()
                && operation(&run.operation).is_ok_and(|operation| operation.books_money()))
    }

    /// Whether this run is of that input, or writes that output.
    fn is_of(&self, file: &Path) -> bool {
        let absolute = std::path::absolute(file).ok();
        // A folder that was moved as a whole has other paths, and the same names.
        let is_same = |input: &PathBuf| match input.exists() {
            true => Some(input) == absolute.as_ref(),
            false => input.file_name() == file.file_name(),
        };
        let is_input = matches!(&self.progress, Ok(RunProgress::Import { run, .. })
            if run.input.as_ref().is_some_and(is_same));
        is_input || self.journal.file_name() == beside(file, ".journal").file_name()
    }
}

/// Where the rows go that somebody has to put right, if nobody says where.
pub fn failed_file(journal: &Path) -> PathBuf {
    journal.with_extension("failed.csv")
}

/// Whether that file was imported since.
fn were_put_right(journal: &Path, progress: &Result<RunProgress, JournalError>) -> bool {
    let Ok(RunProgress::Import { run, counts, .. }) = progress else { return false };
    if counts.to_be_fixed == 0 {
        return false;
    }
    let failed = failed_file(journal);
    let its_journal = failed.with_extension("journal");
    let Ok((later, _)) = Journal::read_only(&its_journal) else { return false };
    later.begun >= run.begun && later.input == std::path::absolute(&failed).ok()
}

fn progress(journal: &Path) -> Result<RunProgress, JournalError> {
    if journal_kind(journal)? == JournalKind::Export {
        return ExportProgress::read(journal).map(RunProgress::Export);
    }
    let (run, replay) = Journal::read_only(journal)?;
    if let Some(original) = run.elsewhere(journal) {
        return Err(JournalError::Copy { path: journal.to_owned(), original });
    }
    let counts = replay.counts(run.rows)?;
    let in_vain = replay.resumed_in_vain()?;
    Ok(RunProgress::Import { run: Box::new(run), counts, in_vain })
}

/// The runs whose journals lie in this folder, by the names of the journals. What is not a journal is passed over.
pub fn runs_in(folder: &Path) -> Result<Vec<FoundRun>, JournalError> {
    let failed = |source| JournalError::Open { path: folder.to_owned(), source };
    let mut journals = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // Without the `./` of the folder where nobody named one.
        let path = if folder == Path::new(".") { entry.file_name().into() } else { entry.path() };
        if is_journal(&path) {
            journals.push(path);
        }
    }
    journals.sort();
    Ok(journals.into_iter().map(FoundRun::at).collect())
}

/// The runs that somebody means who names this: the one of a journal, those in a folder, or those of an input or
/// output among the journals beside it.
pub fn runs_at(place: &Path) -> Result<Vec<FoundRun>, JournalError> {
    if place.is_dir() {
        return runs_in(place);
    }
    if is_journal(place) {
        return Ok(vec![FoundRun::at(place.to_owned())]);
    }
    let folder = match place.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let missing = || JournalError::Missing { path: place.to_owned() };
    if !folder.is_dir() {
        return Err(missing());
    }
    let runs: Vec<FoundRun> = runs_in(folder)?.into_iter().filter(|run| run.is_of(place)).collect();
    match (runs.is_empty(), place.exists()) {
        (true, true) => Err(JournalError::NoRun { path: place.to_owned() }),
        (true, false) => Err(missing()),
        (false, _) => Ok(runs),
    }
}

/// Which run is meant.
#[derive(Debug)]
pub enum OneRun {
    /// The one of this journal, which was named; it may not be there.
    Named(PathBuf),
    /// The only one that fits.
    Found(FoundRun),
    /// These fit.
    Several(Vec<FoundRun>),
    /// None of these fits.
    None(Vec<FoundRun>),
}

/// The run at `place` that fits. Of a journal that is named nothing is looked at.
pub fn find_run(place: &Path, fits: impl Fn(&FoundRun) -> bool) -> Result<OneRun, JournalError> {
    let is_named = place.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("journal"));
    if !place.is_dir() && (is_named || is_journal(place)) {
        return Ok(OneRun::Named(place.to_owned()));
    }
    let (mut fitting, others): (Vec<_>, Vec<_>) = runs_at(place)?.into_iter().partition(fits);
    Ok(match (fitting.pop(), fitting.is_empty()) {
        (Some(run), true) => OneRun::Found(run),
        (Some(run), false) => {
            fitting.push(run);
            OneRun::Several(fitting)
        }
        (None, _) => OneRun::None(others),
    })
}

/// The first bytes of a database, and where it says which program it is of.
const DATABASE: &[u8] = b"SQLite format 3\0";
const APPLICATION: std::ops::Range<usize> = 68..72;

/// Whether a file is a journal, or was one. A look at its first bytes: in a folder with many files that is fast, and
/// nobody else's database is opened.
fn is_journal(path: &Path) -> bool {
    // What is being made, or was left in the making, is not one yet.
    if !path.is_file() || path.extension().is_some_and(|ending| ending == "new") {
        return false;
    }
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(100).read_to_end(&mut beginning));
    let is_named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("journal"));
    if read.is_err() {
        return is_named;
    }
    if beginning.starts_with(DATABASE) {
        let application = beginning.get(APPLICATION).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
        return is_named
            || application
                .is_some_and(|bytes| JournalKind::of(i64::from(u32::from_be_bytes(bytes))).is_some());
    }
    // What has the name and is empty or no text is damaged rather than somebody else's.
    is_named && (beginning.is_empty() || beginning.contains(&0))
}
