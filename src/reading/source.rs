//! Where rows come from: a text file, a sheet of a workbook, or standard input. It can be read several times,
//! and gives the same rows every time.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::OnceLock;

use super::copy::PrivateCopy;
use super::delimiter::Delimiter;
use super::dialect::{self, Dialect, DialectChoice};
use super::encoding::TextEncoding;
use super::error::ReadError;
use super::fingerprint::Fingerprint;
use super::format::FileKind;
use super::header_row::COLUMN_LIMIT;
use super::line_unit::LineUnit;
use super::note::ReadNote;
use super::open_sheet::OpenSheet;
use super::records::{Origin, Records};
use super::row::Row;
use super::row_check::RowCheck;
use super::scan::{ScanError, scan};
use super::table::{TableChoice, WORKBOOK_LIMIT};
use super::text_records::TextRecords;
use super::workbook::{WorkbookFault, copy_sheet};

/// The length of the byte order mark of UTF-8.
const UTF8_MARK: u64 = 3;

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
    pub(super) name: String,
    /// The bytes as they came.
    raw: PrivateCopy,
    /// What rows are read from: the same, or the cells of a sheet.
    content: PrivateCopy,
    /// The sheet that the rows come from; none for a text.
    sheet: Option<OpenSheet>,
    pub(super) dialect: Dialect,
    /// The line that names the columns is this one, or the first one after it that is not empty.
    pub(super) header_row: u64,
    /// Whether the user said so.
    pub(super) header_is_told: bool,
    pub(super) delimiter_is_told: bool,
    pub(super) notes: Vec<ReadNote>,
    last_row: Option<u64>,
    /// By how many empty cells every row is longer than the header, once that is known.
    surplus: OnceLock<usize>,
}

impl Source {
    /// Opens the input and detects how it is written. It is copied first, so the rows that are checked, sent
    /// and written to the results are the same ones even if the file changes meanwhile. `stdin` is read only
    /// for [`Input::Stdin`].
    pub fn open(input: &Input, choice: &TableChoice, mut stdin: impl Read) -> Result<Self, ReadError> {
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
        let source = Self {
            name,
            raw: content.clone(),
            content,
            sheet: None,
            dialect: Dialect::OWN,
            header_row: choice.header_row.unwrap_or(1),
            header_is_told: choice.header_row.is_some(),
            delimiter_is_told: choice.dialect.delimiter.is_some(),
            notes: Vec::new(),
            last_row: choice.last_row,
            surplus: OnceLock::new(),
        };
        let kind = FileKind::of(source.content.reader()).map_err(|error| source.unreadable(error))?;
        match kind {
            FileKind::Text if choice.sheet.is_some() => Err(ReadError::SheetOfText { name: source.name }),
            FileKind::Text => source.into_text(choice.dialect),
            FileKind::Archive | FileKind::Compound => source.into_sheet(kind, choice),
            FileKind::Other(what) => Err(ReadError::OtherFormat { name: source.name, what }),
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
        self.sheet.is_some()
    }

    /// The sheet that the rows come from; none for a text.
    pub fn sheet(&self) -> Option<&OpenSheet> {
        self.sheet.as_ref()
    }

    /// What the numbers of its rows count.
    pub fn unit(&self) -> LineUnit {
        if self.is_sheet() { LineUnit::Row } else { LineUnit::Line }
    }

    /// The table, for messages.
    pub fn table_name(&self) -> String {
        match &self.sheet {
            Some(sheet) => format!("{}, sheet '{}'", self.name, sheet.name()),
            None => self.name.clone(),
        }
    }

    /// What a person should know about how it is read.
    pub fn notes(&self) -> &[ReadNote] {
        &self.notes
    }

    /// Starts a pass over the input: the header's cells, and the rows after it.
    pub fn records(&self) -> Result<(Vec<String>, Records), ReadError> {
        let surplus = match self.surplus.get() {
            Some(surplus) => *surplus,
            None => {
                let surplus = if self.is_sheet() { 0 } else { self.common_surplus()? };
                *self.surplus.get_or_init(|| surplus)
            }
        };
        let (header, records) = self.start(surplus)?;
        if let Some(flaw) = header.flaws().iter().find(|flaw| flaw.column.is_none()) {
            let (name, unit, line) = (self.name.clone(), self.unit(), header.line());
            return Err(ReadError::Header { name, unit, line, flaw: flaw.kind });
        }
        let columns = header.cells().filter(|cell| !cell.trim().is_empty()).count();
        if columns > COLUMN_LIMIT {
            return Err(ReadError::TooManyColumns { name: self.name.clone(), columns, limit: COLUMN_LIMIT });
        }
        Ok((header.cells().map(|cell| cell.trim().to_owned()).collect(), records))
    }

    /// The line (the row of a sheet) that names the columns.
    pub fn header_line(&self) -> Result<u64, ReadError> {
        Ok(self.start(usize::MAX / 2)?.0.line())
    }

    /// Reads the header. Every row after it may have so many empty cells more.
    fn start(&self, surplus: usize) -> Result<(Row, Records), ReadError> {
        let mut records = self.all_records();
        let mut header = Row::default();
        if !records.read_header(self.header_row, surplus, &mut header)? {
            let name = self.name.clone();
            if let Some(sheet) =
                self.sheet.as_ref().filter(|sheet| self.header_row <= 1 && !sheet.others().is_empty())
            {
                let (sheet, others) = (sheet.name().to_owned(), sheet.others());
                return Err(ReadError::EmptySheet { name, sheet, others });
            }
            return Err(match self.header_row {
                ..=1 => ReadError::Empty { name },
                line => ReadError::NoHeaderRow { name, line },
            });
        }
        Ok((header, records))
    }

    pub(super) fn all_records(&self) -> Records {
        let origin = if let Some(sheet) = &self.sheet {
            Origin::Sheet(sheet.records(self.content.reader(), self.name.clone()))
        } else {
            let Dialect { delimiter, old_mac, .. } = self.dialect;
            Origin::Text(TextRecords::new(self.decoded(), delimiter, old_mac, self.name.clone()))
        };
        let is_for_spreadsheets = !self.is_sheet() && self.dialect.is_for_spreadsheets();
        Records::new(origin, self.last_row, is_for_spreadsheets)
    }

    /// By how many empty cells every row is longer than the header. The first row settles it for most files.
    fn common_surplus(&self) -> Result<usize, ReadError> {
        let (header, mut records) = self.start(usize::MAX / 2)?;
        let (mut row, mut common) = (Row::default(), None);
        while records.read(&mut row)? {
            let surplus = row.len().saturating_sub(header.len());
            let is_read_right = row.flaws().iter().all(|flaw| flaw.column.is_some());
            if surplus == 0 && is_read_right {
                return Ok(0);
            }
            let is_empty = row.cells().skip(header.len()).all(|cell| cell.trim().is_empty());
            if is_empty && is_read_right {
                common = Some(common.map_or(surplus, |common: usize| common.min(surplus)));
            }
        }
        Ok(common.unwrap_or(0))
    }

    /// Refuses a row whose cell in this column is not to be trusted.
    pub fn check_cell(&self, row: &Row, column: usize) -> Result<(), ReadError> {
        match row.distrusted(column) {
            Some(flaw) => Err(self.row_check().refusal(row, flaw)),
            None => Ok(()),
        }
    }

    /// What refuses rows of which any cell is not to be trusted.
    pub fn row_check(&self) -> RowCheck {
        RowCheck { name: self.table_name(), unit: self.unit() }
    }

    fn unreadable(&self, source: io::Error) -> ReadError {
        ReadError::Read { name: self.name.clone(), source }
    }

    fn into_text(mut self, choice: DialectChoice) -> Result<Self, ReadError> {
        let open = || Box::new(self.content.reader()) as Box<dyn Read>;
        let name = || self.name.clone();
        let scan = scan(&open, choice.encoding).map_err(|error| match error {
            ScanError::Read(source) => self.unreadable(source),
            ScanError::Binary => ReadError::Binary { name: name() },
            ScanError::Utf32 => ReadError::Utf32 { name: name() },
            ScanError::Mixed => ReadError::MixedEncodings { name: name() },
            ScanError::Unclear(first, second) => {
                ReadError::UnclearEncoding { name: name(), first: first.name(), second: second.name() }
            }
        })?;
        let dialect = dialect::of(&scan, choice.delimiter, self.header_row).map_err(|found| match found {
            Delimiter::Usual(delimiter) | Delimiter::Unusual(delimiter) => ReadError::UnusualDelimiter {
                name: name(),
                shown: dialect::delimiter_name(delimiter),
                option: dialect::delimiter_option(delimiter),
            },
            Delimiter::Aligned => ReadError::AlignedColumns { name: name() },
        })?;
        self.dialect = dialect;
        self.header_row = self.header_row.max(dialect.begins);
        Ok(self)
    }

    fn into_sheet(mut self, kind: FileKind, choice: &TableChoice) -> Result<Self, ReadError> {
        let name = self.name.clone();
        let kept = |source| ReadError::Copy { name: name.clone(), source };
        let file = tempfile::tempfile().map_err(kept)?;
        let limit = choice.max_size.unwrap_or(WORKBOOK_LIMIT);
        let opened = copy_sheet(self.content.reader(), kind, choice.sheet.as_deref(), limit, &file);
        let opened = opened.map_err(|fault| match fault {
            WorkbookFault::Keep(source) => kept(source),
            WorkbookFault::TooLarge(limit) => {
                ReadError::LargeWorkbook { name: name.clone(), limit: limit >> 20 }
            }
            WorkbookFault::Password => ReadError::Protected { name: name.clone() },
            WorkbookFault::NoSheet(known) => ReadError::NoSheet {
                name: name.clone(),
                sheet: choice.sheet.clone().unwrap_or_default(),
                known,
            },
            WorkbookFault::Other(what) => ReadError::OtherFormat { name: name.clone(), what },
            WorkbookFault::Broken(reason) => ReadError::Workbook { name: name.clone(), reason },
        })?;
        self.content = PrivateCopy::of_file(file);
        self.sheet = Some(OpenSheet::new(opened, choice));
        Ok(self)
    }

    fn decoded(&self) -> Box<dyn Read + Send> {
        let mut file = self.content.reader();
        if self.dialect.encoding == TextEncoding::UTF8 {
            // Damaged bytes are found where they are, row by row.
            file.skip(if self.dialect.bom { UTF8_MARK } else { 0 });
            return Box::new(file);
        }
        self.dialect.encoding.reader(file)
    }
}

fn copy_of(name: &str, fill: impl FnOnce(&mut File) -> io::Result<u64>) -> Result<PrivateCopy, ReadError> {
    let mut file =
        tempfile::tempfile().map_err(|source| ReadError::Copy { name: name.to_owned(), source })?;
    fill(&mut file).map_err(|source| ReadError::Copy { name: name.to_owned(), source })?;
    Ok(PrivateCopy::of_file(file))
}
