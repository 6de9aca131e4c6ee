//! What can go wrong before a row is a row.

use std::io;
use std::path::PathBuf;

use super::flaw::FlawKind;
use super::format::Unreadable;
use super::line_unit::LineUnit;

/// The input cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// The file as it was named.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Reading stopped in the middle.
    #[error("cannot read {name}: {source}")]
    Read {
        /// The input's name.
        name: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The input cannot be copied to a temporary file.
    #[error(
        "cannot copy {name} to the folder for temporary files: {source}; set TMPDIR to a folder with enough room"
    )]
    Copy {
        /// The input's name.
        name: String,
        /// The system's reason.
        source: io::Error,
    },
    /// There is not even a header.
    #[error(
        "{name} is empty: the first line must name the columns; `userside-bulk template OPERATION` writes one"
    )]
    Empty {
        /// The input's name.
        name: String,
    },
    /// The sheet that is read has no cells, but others may.
    #[error("the sheet '{sheet}' of {name} is empty; read another one with --sheet ({others})")]
    EmptySheet {
        /// The input's name.
        name: String,
        /// The sheet's name.
        sheet: String,
        /// The names of the others.
        others: String,
    },
    /// `--header-row` points below the last row.
    #[error("{name} has no row at line {line} or below; correct --header-row, which counts from 1")]
    NoHeaderRow {
        /// The input's name.
        name: String,
        /// The line that was given.
        line: u64,
    },
    /// The header goes on in the next line.
    #[error(
        "{name} has a header of two {what}s: {what} {second} goes on with the names of {what} {first}. Write all names in one {what}; or say which one names the columns with --header-row {second}, or with --header-row {first} if {what} {second} is a row of the table"
    )]
    HeaderOfTwoLines {
        /// The input's name.
        name: String,
        /// What a line is called: line or row.
        what: &'static str,
        /// The line where it begins.
        first: u64,
        /// The one after it.
        second: u64,
    },
    /// More columns than any table of customers has.
    #[error(
        "{name} names {columns} columns, and at most {limit} are read; is the delimiter right (--delimiter)? Otherwise leave out columns that are not needed"
    )]
    TooManyColumns {
        /// The input's name.
        name: String,
        /// How many there are.
        columns: usize,
        /// How many are read.
        limit: usize,
    },
    /// The bytes are not text.
    #[error("{name} contains zero bytes, so it is not a text file; if it is UTF-16, add --encoding utf-16le")]
    Binary {
        /// The input's name.
        name: String,
    },
    /// The text is in UTF-32.
    #[error("{name} is in UTF-32, which is not read; save it as CSV in UTF-8")]
    Utf32 {
        /// The input's name.
        name: String,
    },
    /// Two encodings fit.
    #[error(
        "{name} is not UTF-8, and its words are too few to tell its encoding: it may be {first} or {second}; say which with --encoding {first} or --encoding {second}"
    )]
    UnclearEncoding {
        /// The input's name.
        name: String,
        /// The likelier encoding.
        first: &'static str,
        /// Another one.
        second: &'static str,
    },
    /// A part of the text is UTF-8, and another is not.
    #[error(
        "{name} is in two encodings: a part of its lines is UTF-8, and another is not; save both parts in UTF-8, or read all of it with --encoding utf-8, which refuses the lines that are not"
    )]
    MixedEncodings {
        /// The input's name.
        name: String,
    },
    /// The cells are separated by a character that is not taken without asking.
    #[error(
        "the columns of {name} seem to be separated by {shown}; say so with --delimiter {option}, or name another character"
    )]
    UnusualDelimiter {
        /// The input's name.
        name: String,
        /// The character for people.
        shown: String,
        /// The character for the option.
        option: String,
    },
    /// Blanks separate the columns.
    #[error(
        "the columns of {name} are separated by spaces, which also stand inside cells; save it as CSV, or name what separates its cells with --delimiter"
    )]
    AlignedColumns {
        /// The input's name.
        name: String,
    },
    /// A format that is not read.
    #[error("{name} is {what}")]
    OtherFormat {
        /// The input's name.
        name: String,
        /// What it is, and what to do.
        what: Unreadable,
    },
    /// The workbook cannot be read.
    #[error(
        "cannot read the workbook {name}: {reason}; open it in a spreadsheet program and save it again, or save it as CSV"
    )]
    Workbook {
        /// The input's name.
        name: String,
        /// What the workbook reader says.
        reason: String,
    },
    /// The workbook is larger than anyone expects.
    #[error(
        "the workbook {name} is larger than {limit} MiB once it is unpacked; if you trust it, raise the bound with --max-size, or save the sheet as CSV"
    )]
    LargeWorkbook {
        /// The input's name.
        name: String,
        /// The bound, in MiB.
        limit: u64,
    },
    /// The workbook is encrypted.
    #[error(
        "{name} is protected by a password; open it in a spreadsheet program, take the password off and save it under another name"
    )]
    Protected {
        /// The input's name.
        name: String,
    },
    /// The workbook has no such sheet.
    #[error("{name} has no sheet '{sheet}'; its sheets are {known}")]
    NoSheet {
        /// The input's name.
        name: String,
        /// The sheet that was asked for.
        sheet: String,
        /// The sheets there are, joined by commas.
        known: String,
    },
    /// `--sheet` for an input that has none.
    #[error("{name} is not a workbook, so it has no sheets; leave out --sheet")]
    SheetOfText {
        /// The input's name.
        name: String,
    },
    /// It is unknown where the cells of the header end.
    #[error("{name}, {unit} {line}: the row that names the columns cannot be read: {flaw}")]
    Header {
        /// The input's name.
        name: String,
        /// What numbers of rows count.
        unit: LineUnit,
        /// Where the row begins.
        line: u64,
        /// What is wrong with it.
        flaw: FlawKind,
    },
    /// A row whose value is needed is not to be trusted.
    #[error("{name}, {unit} {line}: {flaw}")]
    Flawed {
        /// The input's name.
        name: String,
        /// What the number counts.
        unit: LineUnit,
        /// Where the row begins.
        line: u64,
        /// What is wrong with it.
        flaw: FlawKind,
    },
    /// A row larger than any row of a customer list.
    #[error(
        "{name}, line {line}: a row of more than {limit} MiB starts here; a quotation mark is probably never closed"
    )]
    HugeRow {
        /// The input's name.
        name: String,
        /// Where the row begins.
        line: u64,
        /// The limit, in MiB.
        limit: u64,
    },
    /// A folder was named.
    #[error("{} is a folder; name a CSV file or a workbook in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
}
