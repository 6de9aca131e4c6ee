//! The last phase of an export: from the journal to the files, with progress.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::columns::ColumnChoice;
use super::end::{CollectEnd, PhaseEnd};
use super::error::ExportError;
use super::spec::ExportSpec;
use super::writer::{ExportWriter, WrittenFile, columns};
use super::written::{Written, tell_left_out};
use crate::events::{Event, Listener, Look};
use crate::read_session::ReadSession;
use crate::recording::{ExportJournal, OutputTarget, RecordError};
use crate::sending::{Clock, Stop, StopReason, Transport};

/// How often progress is told, in rows.
const STEP: u64 = 1024;

/// Writes everything, on a thread of its own.
pub(super) async fn write<T: Transport, C: Clock>(
    session: &ReadSession<T, C>,
    spec: &Arc<ExportSpec>,
    journal: ExportJournal,
) -> Result<(ExportJournal, Written), PhaseEnd> {
    let is_piped = spec.output == OutputTarget::Stdout;
    let (listener, stop, spec) = (Arc::clone(&session.listener), session.stop.clone(), Arc::clone(spec));
    let writing = spawn_blocking(move || (write_all(&journal, &spec, &*listener, &stop), journal));
    let (written, journal) = writing.await.map_err(|_| ExportError::Panicked)?;
    match written {
        Ok(Some(written)) => Ok((journal, written)),
        Ok(None) => Err(PhaseEnd::early(journal, CollectEnd::Stopped(StopReason::Interrupted))),
        // Of several files that are written only standard output may have had enough.
        Err(ExportError::Record(error)) if is_piped && error.is_closed() && error.is_of_stdout() => {
            Err(PhaseEnd::early(journal, CollectEnd::ReaderGone))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes everything; none where the user wants an end before.
fn write_all(
    journal: &ExportJournal,
    spec: &ExportSpec,
    listener: &dyn Listener,
    stop: &Stop,
) -> Result<Option<Written>, ExportError> {
    let mut go_on = || !stop.is_wanted();
    let Some(columns) = columns(journal, spec, &mut go_on)? else { return Ok(None) };
    let rows = journal.wanted()?;
    listener.event(Event::Looking { look: Look::Writing, rows, done: 0 });
    let errors =
        spec.errors_file.as_ref().map(|path| OutputTarget::File(path.clone()).begin_anew()).transpose()?;
    let mut writer = ExportWriter::begin(journal, spec, columns, spec.output.begin_anew()?, errors)?;
    if let Some(header) = journal.earlier_header()? {
        tell_columns(&writer, &header, spec, listener);
    }
    for row in journal.unnamed()? {
        writer.take_unnamed(&row)?;
    }
    let (mut done, mut is_whole) = (0, true);
    journal.each(|id, kept| {
        done += 1;
        if done % STEP == 0 {
            listener.event(Event::Looked(done));
        }
        is_whole = go_on();
        if is_whole {
            writer.take(id, kept)?;
        }
        Ok::<_, ExportError>(is_whole)
    })?;
    if !is_whole || !writer.take_gone(&mut go_on)? {
        return Ok(None);
    }
    let file = writer.finish()?;
    write_totals(spec, &file)?;
    tell_left_out(spec, &file, listener);
    Ok(Some(file.into()))
}

/// What cannot be compared, or not told apart afterwards.
fn tell_columns(writer: &ExportWriter<'_>, header: &[String], spec: &ExportSpec, listener: &dyn Listener) {
    let lacking = if header.is_empty() { Vec::new() } else { writer.lacking() };
    // Anyone who has named the columns knows which ones they left out.
    let unused =
        if matches!(spec.columns, ColumnChoice::Named(_)) { Vec::new() } else { writer.unused(header) };
    for (columns, lacks) in
        [(lacking, "the earlier export has no"), (unused, "only the earlier export has the")]
    {
        let text = match columns.as_slice() {
            [] => continue,
            [one] => format!("{lacks} column {one}, so it is not compared"),
            several => format!("{lacks} columns {}, so they are not compared", several.join(", ")),
        };
        listener.event(Event::Warning(&text));
    }
    if !writer.has_ids() {
        listener.event(Event::Warning(
            "without the column id, nobody can tell whose row is whose; add id to --columns",
        ));
    }
}

fn write_totals(spec: &ExportSpec, file: &WrittenFile) -> Result<(), ExportError> {
    let Some(path) = &spec.totals_file else { return Ok(()) };
    let mut target = OutputTarget::File(path.clone()).begin_anew()?;
    writeln!(target, "{}", file.totals.to_json())
        .map_err(|source| RecordError::Write { path: path.clone(), source })?;
    target.finish()?;
    Ok(())
}
