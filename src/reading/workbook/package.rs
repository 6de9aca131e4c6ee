//! The parts of a workbook that is a zip archive, and which of them is what.

use std::io::{BufReader, Read, Seek};

use zip::ZipArchive;
use zip::read::ZipFile;

use quick_xml::events::Event;

use super::budget::Budget;
use super::fault::WorkbookFault;
use super::xml::{Xml, attribute};

/// A workbook's archive.
pub(super) struct Package<R> {
    archive: ZipArchive<BufReader<R>>,
    budget: Budget,
}

/// What another part is to a part.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type, such as `worksheet`.
    pub(super) kind: String,
    pub(super) part: String,
}

impl<R: Read + Seek> Package<R> {
    pub(super) fn open(file: R, budget: Budget) -> Result<Self, WorkbookFault> {
        Ok(Self { archive: ZipArchive::new(BufReader::new(file))?, budget })
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The names of all parts.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.archive.file_names().filter_map(Result::ok).map(|name| name.replace('\\', "/"))
    }

    /// The part of this name, whatever the case of its letters; none where there is none.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<ZipFile<'_, BufReader<R>>>, WorkbookFault> {
        let same = |found: &str| {
            found.len() == name.len()
                && found
                    .bytes()
                    .zip(name.bytes())
                    .all(|(a, b)| a.eq_ignore_ascii_case(&b) || (a == b'\\' && b == b'/'))
        };
        let place = self.archive.file_names().position(|found| found.is_ok_and(|found| same(&found)));
        Ok(place.map(|place| self.archive.by_index(place)).transpose()?)
    }

    /// A part that is XML.
    pub(super) fn xml(
        &mut self,
        name: &str,
    ) -> Result<Option<Xml<ZipFile<'_, BufReader<R>>>>, WorkbookFault> {
        let budget = self.budget.clone();
        Ok(self.part(name)?.map(|part| Xml::new(part, &budget)))
    }

    /// What other parts are to this one; none for the archive itself.
    pub(super) fn relations(&mut self, of: &str) -> Result<Vec<Relation>, WorkbookFault> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let name = if folder.is_empty() {
            format!("_rels/{file}.rels")
        } else {
            format!("{folder}/_rels/{file}.rels")
        };
        let mut relations = Vec::new();
        let Some(mut xml) = self.xml(&name)? else { return Ok(relations) };
        while let Some(event) = xml.next()? {
            let Event::Start(tag) = event else { continue };
            if tag.local_name().as_ref() != "Relationship" {
                continue;
            }
            let value =
                |name| Ok::<_, WorkbookFault>(attribute(&tag, name)?.unwrap_or_default().into_owned());
            if relations.len() >= MOST {
                return Err(WorkbookFault::broken("it has too many parts"));
            }
            if value("TargetMode")? == "External" {
                continue;
            }
            let kind = value("Type")?;
            relations.push(Relation {
                id: value("Id")?,
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                part: resolve(folder, &value("Target")?),
            });
        }
        Ok(relations)
    }

    /// The kind of an OpenDocument file, such as `spreadsheet`; none where it is something else.
    pub(super) fn open_document(&mut self) -> Result<Option<String>, WorkbookFault> {
        const TYPE: &str = "application/vnd.oasis.opendocument.";
        let Some(part) = self.part("mimetype")? else { return Ok(None) };
        let mut kind = Vec::new();
        part.take(100).read_to_end(&mut kind)?;
        Ok(String::from_utf8_lossy(&kind).trim().strip_prefix(TYPE).map(str::to_owned))
    }

    /// The part that holds the workbook; none where the archive holds none.
    pub(super) fn workbook(&mut self) -> Result<Option<String>, WorkbookFault> {
        let named = self.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        let known = ["xl/workbook.xml", "xl/workbook.bin"];
        let usual = |name: &String| known.iter().any(|known| known.eq_ignore_ascii_case(name));
        Ok(match named {
            Some(relation) => Some(relation.part),
            None => self.names().find(usual),
        })
    }
}

/// More sheets and links than any workbook has.
const MOST: usize = 100_000;

/// The full name of a part that another one in this folder names.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
