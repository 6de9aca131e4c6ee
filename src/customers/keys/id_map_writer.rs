//! `--write-id-map`: a table that knows ids is kept up to date. What it has is kept as it is; what is new comes below. The
//! file appears whole or not at all.

use std::path::{Path, PathBuf};

use super::id_map::{IdMap, IdMapTable};
use super::id_map_error::IdMapError;
use crate::catalogue::{CUSTOMER_ID, KeyKind};
use crate::reading::{Dialect, Input, Row, Source, TableChoice};
use crate::recording::{OutputTarget, RecordError, Table};
use crate::validating::{KeyHolder, KeyMap};

/// Such a table cannot be kept up to date.
#[derive(Debug, thiserror::Error)]
pub enum IdMapWriteError {
    /// The present one does not tell whose ids are whose.
    #[error(transparent)]
    Present(#[from] IdMapError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A table that knows ids, being written anew.
pub struct IdMapWriter {
    table: Table,
    width: usize,
    id: usize,
    /// Where the values of each kind stand.
    keys: Vec<(usize, KeyKind)>,
    /// What stands in it.
    known: KeyMap,
    added: u64,
}

/// The table that is there, if one is.
fn present(path: &Path) -> Result<Option<(Source, IdMapTable)>, IdMapError> {
    if !path.exists() {
        return Ok(None);
    }
    let source = Source::open(&Input::File(path.to_owned()), &TableChoice::default(), std::io::empty())?;
    let table = IdMapTable::open(&source)?;
    Ok(Some((source, table)))
}

impl IdMapWriter {
    /// Whether it could be written: found out before a run begins.
    pub fn check(path: &Path) -> Result<(), IdMapWriteError> {
        present(path)?;
        OutputTarget::File(path.to_owned()).begin_anew().map(drop)?;
        Ok(())
    }

    /// Begins it with what it has; it will have values of these kinds.
    pub fn begin(path: &Path, kinds: &[KeyKind]) -> Result<Self, IdMapWriteError> {
        let file = OutputTarget::File(path.to_owned()).begin_anew()?;
        let present = present(path)?;
        let (mut header, mut keys, id, dialect) = match &present {
            Some((source, table)) => {
                let (header, _) = source.records().map_err(IdMapError::from)?;
                (header, table.keys.clone(), table.id_place(), *source.dialect())
            }
            None => (vec![CUSTOMER_ID.to_owned()], Vec::new(), 0, Dialect::OWN),
        };
        for kind in kinds {
            if !keys.iter().any(|(_, known)| known == kind) {
                keys.push((header.len(), *kind));
                header.push(kind.name().to_owned());
            }
        }
        let table = Table::begin(file, &dialect, header.iter().map(String::as_str))?;
        let mut writer = Self { table, width: header.len(), id, keys, known: KeyMap::default(), added: 0 };
        if let Some((source, table)) = present {
            writer.keep(&source, &table)?;
        }
        Ok(writer)
    }

    /// Takes over the rows that are there.
    fn keep(&mut self, source: &Source, table: &IdMapTable) -> Result<(), IdMapWriteError> {
        let mut known = IdMap::default();
        table.read(source, &mut known)?;
        self.known = known.map;
        let (_, mut records) = source.records().map_err(IdMapError::from)?;
        let mut row = Row::default();
        while records.read(&mut row).map_err(IdMapError::from)? {
            let missing = self.width.saturating_sub(row.cells().count());
            self.table.write(row.cells().chain(std::iter::repeat_n("", missing)))?;
        }
        Ok(())
    }

    /// A customer has these values. What the table knows already is not written again.
    pub fn add<'k>(
        &mut self,
        id: u64,
        values: impl IntoIterator<Item = (KeyKind, &'k str)>,
    ) -> Result<(), RecordError> {
        let mut cells = vec![String::new(); self.width];
        let mut is_new = false;
        for (kind, value) in values {
            let place = self.keys.iter().find(|(_, known)| *known == kind);
            let is_known = self.known.get(kind, value).is_some_and(|holder| holder.ids().contains(&id));
            if let Some((place, _)) = place.filter(|_| !is_known) {
                value.clone_into(&mut cells[*place]);
                self.known.put(kind, value, KeyHolder::One(id));
                is_new = true;
            }
        }
        if is_new {
            cells[self.id] = id.to_string();
            self.added += 1;
            self.table.write(cells.iter().map(String::as_str))?;
        }
        Ok(())
    }

    /// How many rows are new.
    pub const fn added(&self) -> u64 {
        self.added
    }

    /// Puts it in its place.
    pub fn finish(self) -> Result<PathBuf, RecordError> {
        Ok(self.table.finish()?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::IdMapWriter;
    use crate::catalogue::KeyKind;

    #[test]
    fn old_entries_are_kept_and_new_ones_come_below() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("map.csv");
        let (login, codeti) =
            (KeyKind::named("login").expect("a kind"), KeyKind::named("codeti").expect("a kind"));
        let write = |kinds: &[KeyKind], rows: &[(u64, &[(KeyKind, &str)])]| {
            let mut writer = IdMapWriter::begin(&path, kinds).expect("a map");
            for (id, values) in rows {
                writer.add(*id, values.iter().copied()).expect("a row");
            }
            writer.finish().expect("a file");
            std::fs::read_to_string(&path).expect("a file")
        };
        assert_eq!(write(&[codeti], &[(7, &[(codeti, "a")]), (7, &[(codeti, "a")])]), "id,codeti\n7,a\n");
        std::fs::write(&path, "\u{FEFF}Примітка;codeti;ID\r\nx;a;7\r\n;b;8\r\n").expect("a file");
        let text = write(&[login, codeti], &[(7, &[(login, "anna"), (codeti, "a")]), (9, &[(codeti, "c")])]);
        assert_eq!(text, "\u{FEFF}Примітка;codeti;ID;login\nx;a;7;\n;b;8;\n;;7;anna\n;c;9;\n");
        assert_eq!(write(&[login], &[(7, &[(login, "anna")])]), text);
    }
}
