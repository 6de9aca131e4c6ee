//! Whether a journal is what was written: the one check of every command that reads one. It takes time that grows with
//! the journal alone.

use std::path::Path;

use rusqlite::Connection;

use super::error::JournalError;
use super::schema::{APPLICATION, EXPORT, Schema};
use super::seal::{Seal, sum_of};

/// Refuses what is not a journal of an import, what another version made, and what is damaged.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<Schema, JournalError> {
    let schema = recognise(connection, path)?;
    // One view of the file: another program may be at work with it.
    let sound = connection.unchecked_transaction().and_then(|view| {
        let flaw = flaw(&view)?;
        if flaw.is_some() { Ok(flaw) } else { flaw_of_content(&view, schema) }
    });
    match sound {
        Ok(None) => Ok(schema),
        Ok(Some(reason)) => Err(JournalError::Damaged { path: path.to_owned(), reason }),
        Err(error) => Err(JournalError::of_read(path, &error)),
    }
}

/// Whose file this is, and of which version. Whether it is sound is not looked at.
pub(super) fn recognise(connection: &Connection, path: &Path) -> Result<Schema, JournalError> {
    let pragma = |name| {
        let found = connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        found.map_err(|error| JournalError::of_read(path, &error))
    };
    match pragma("application_id")? {
        APPLICATION => {}
        EXPORT => return Err(JournalError::OfExport { path: path.to_owned() }),
        _ => return Err(JournalError::Foreign { path: path.to_owned() }),
    }
    let found = pragma("user_version")?;
    Schema::of_number(found).ok_or_else(|| {
        let program = connection.query_row("SELECT program FROM run", [], |row| row.get(0));
        let program = program.unwrap_or_else(|_| "unknown version".to_owned());
        JournalError::Version { path: path.to_owned(), found, known: Schema::LATEST.number(), program }
    })
}

/// What the database itself finds wrong with its file.
pub(in crate::recording) fn flaw(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

/// What is wrong although the database finds nothing.
fn flaw_of_content(connection: &Connection, schema: Schema) -> rusqlite::Result<Option<String>> {
    let is_sound = match schema {
        // The first version had no seal. A newer journal that says it was of that version has.
        Schema::One => !connection.table_exists(None, "seal")?,
        Schema::Two => {
            let seals: i64 = connection.query_row("SELECT count(*) FROM seal", [], |row| row.get(0))?;
            seals == 1 && Seal::read(connection)?.sum == sum_of(connection)?
        }
    };
    Ok((!is_sound).then(|| "what is in it is not what was written".to_owned()))
}
