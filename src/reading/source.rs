//! Where rows come from: a text file, a sheet of a workbook, or standard input. It can be read several times,
//! and gives the same rows every time.

use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::PathBuf;

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::copy::PrivateCopy;
use super::dialect::{self, Dialect, DialectChoice};
use super::error::ReadError;
use super::fingerprint::Fingerprint;
use super::guard::{Guard, GuardError, ROW_LIMIT_MIB, SENTINEL, SWALLOWED, SinceRow};
use super::row::Row;
use super::sheet;

/// What the user named as the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// `-`.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// The input's name for messages.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// An input whose dialect is known; it can be read as often as needed.
#[derive(Debug)]
pub struct Source {
    name: String,
    /// The bytes as they came.
    raw: PrivateCopy,
    /// What rows are read from: the same, or the text of a sheet.
    content: PrivateCopy,
    /// A row's line is its number in a sheet, and is counted by line ends in a text.
    is_sheet: bool,
    dialect: Dialect,
}

impl Source {
    /// Opens the input and detects how it is written. It is copied first, so the rows that are checked, sent
    /// and written to the results are the same ones even if the file changes meanwhile. `stdin` is read only
    /// for [`Input::Stdin`].
    pub fn open(
        input: &Input,
        choice: DialectChoice,
        sheet: Option<&str>,
        mut stdin: impl Read,
    ) -> Result<Self, ReadError> {
        let name = input.name();
        let content = match input {
            Input::Stdin => copy_of(&name, |out| io::copy(&mut stdin, out))?,
            Input::File(path) => {
                let open = |source| ReadError::Open { path: path.clone(), source };
                let mut file = File::open(path).map_err(open)?;
                if file.metadata().map_err(open)?.is_dir() {
                    return Err(ReadError::Folder { path: path.clone() });
                }
                copy_of(&name, |out| io::copy(&mut file, out))?
            }
        };
        let source = Self { name, raw: content.clone(), content, is_sheet: false, dialect: Dialect::OWN };
        match source.kind()? {
            Kind::Text if sheet.is_some() => Err(ReadError::SheetOfText { name: source.name }),
            Kind::Text => source.into_text(choice),
            Kind::Workbook => source.into_sheet(sheet),
            Kind::OldWorkbook => Err(ReadError::OldWorkbook { name: source.name }),
        }
    }

    /// The input's name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes of the input as they came.
    pub fn bytes(&self) -> impl Read + Send + use<> {
        self.raw.reader()
    }

    /// The size and hash that identify this input.
    pub fn fingerprint(&self) -> Result<Fingerprint, ReadError> {
        Fingerprint::of(&mut self.bytes()).map_err(|error| self.unreadable(error))
    }

    /// How the input is written.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Whether the rows come from a workbook.
    pub fn is_sheet(&self) -> bool {
        self.is_sheet
    }

    /// Starts a pass over the input: the header's cells, and the rows after it.
    pub fn records(&self) -> Result<(Vec<String>, Records), ReadError> {
        let since = SinceRow::default();
        let guard = Guard::new(self.decoded(), since.clone(), self.dialect.old_mac);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.dialect.delimiter)
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(64 << 10)
            .from_reader(guard);
        let mut records = Records {
            reader,
            since,
            name: self.name.clone(),
            is_sheet: self.is_sheet,
            records: 0,
            rows: 0,
            ended: false,
        };
        let mut header = Row::default();
        if !records.read(&mut header)? {
            return Err(ReadError::Empty { name: self.name.clone() });
        }
        records.rows = 0;
        Ok((header.cells().map(|cell| cell.trim().to_owned()).collect(), records))
    }

    fn unreadable(&self, source: io::Error) -> ReadError {
        ReadError::Read { name: self.name.clone(), source }
    }

    fn kind(&self) -> Result<Kind, ReadError> {
        let mut magic = Vec::with_capacity(8);
        self.content.reader().take(8).read_to_end(&mut magic).map_err(|e| self.unreadable(e))?;
        Ok(match magic.as_slice() {
            [b'P', b'K', 3, 4, ..] => Kind::Workbook,
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Kind::OldWorkbook,
            _ => Kind::Text,
        })
    }

    fn into_text(mut self, choice: DialectChoice) -> Result<Self, ReadError> {
        let open = || Box::new(self.content.reader()) as Box<dyn Read>;
        let scan = dialect::scan(&open, choice.encoding).map_err(|e| self.unreadable(e))?;
        if scan.has_zero_bytes {
            return Err(ReadError::Binary { name: self.name });
        }
        self.dialect = scan.dialect(choice.delimiter);
        Ok(self)
    }

    fn into_sheet(mut self, sheet: Option<&str>) -> Result<Self, ReadError> {
        let name = &self.name;
        let failed = |source| ReadError::Copy { name: name.clone(), source };
        let file = tempfile::tempfile().map_err(failed)?;
        sheet::copy(self.content.reader(), name, sheet, BufWriter::new(&file))?;
        self.content = PrivateCopy::of_file(file);
        self.is_sheet = true;
        Ok(self)
    }

    fn decoded(&self) -> Box<dyn Read + Send> {
        let file = self.content.reader();
        if self.dialect.proven_utf8 && !self.dialect.bom {
            return Box::new(file);
        }
        let decoder = DecodeReaderBytesBuilder::new()
            .encoding(Some(self.dialect.encoding))
            .utf8_passthru(self.dialect.proven_utf8)
            .strip_bom(true)
            .build(file);
        Box::new(decoder)
    }
}

/// What the first bytes say a file is.
enum Kind {
    Text,
    Workbook,
    OldWorkbook,
}

fn copy_of(name: &str, fill: impl FnOnce(&mut File) -> io::Result<u64>) -> Result<PrivateCopy, ReadError> {
    let mut file =
        tempfile::tempfile().map_err(|source| ReadError::Copy { name: name.to_owned(), source })?;
    fill(&mut file).map_err(|source| ReadError::Copy { name: name.to_owned(), source })?;
    Ok(PrivateCopy::of_file(file))
}

/// A pass over the rows of an input.
pub struct Records {
    reader: csv::Reader<Guard<Box<dyn Read + Send>>>,
    since: SinceRow,
    name: String,
    is_sheet: bool,
    records: u64,
    rows: u64,
    ended: bool,
}

impl Records {
    /// Reads the next row that is not empty into `row`; false at the end.
    pub fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        while !self.ended {
            let line = self.records + 1;
            if !self.reader.read_record(&mut row.record).map_err(|error| self.stopped(error))? {
                break;
            }
            self.since.reset();
            self.records += 1;
            let breaks = line_breaks(row.record.as_slice().as_bytes());
            // The parser knows the line after the row; where the row began follows from its length.
            row.line =
                if self.is_sheet { line } else { self.reader.position().line().saturating_sub(1 + breaks) };
            row.number = self.rows;
            if row.record.len() == 1 && row.record.get(0) == Some(SENTINEL) {
                break;
            }
            if row.record.as_slice().ends_with(SWALLOWED) {
                // Such a row ends where the input ends, not at a line end.
                return Err(ReadError::UnclosedQuote { name: self.name.clone(), line: row.line + 1 });
            }
            if !row.is_empty() {
                self.rows += 1;
                return Ok(true);
            }
        }
        self.ended = true;
        Ok(false)
    }

    fn stopped(&self, error: csv::Error) -> ReadError {
        let name = self.name.clone();
        let line = self.reader.position().line();
        let source = match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        };
        match source.get_ref().and_then(|inner| inner.downcast_ref::<GuardError>()) {
            Some(GuardError::HugeRow) => ReadError::HugeRow { name, line, limit: ROW_LIMIT_MIB },
            None => ReadError::Read { name, source },
        }
    }
}

/// Few rows contain any, and finding that out is much cheaper than counting.
fn line_breaks(row: &[u8]) -> u64 {
    if row.contains(&b'\n') { row.iter().filter(|b| **b == b'\n').count() as u64 } else { 0 }
}
