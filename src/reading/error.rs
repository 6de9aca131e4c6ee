//! What can go wrong before a row is a row.

use std::io;
use std::path::PathBuf;

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
    /// A copy of standard input or of a sheet cannot be kept.
    #[error(
        "cannot keep a copy of {name} in the folder for temporary files: {source}; set TMPDIR to a folder with room"
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
    /// The bytes are no text.
    #[error("{name} holds zero bytes, so it is no plain text; if it is UTF-16, add --encoding utf-16le")]
    Binary {
        /// The input's name.
        name: String,
    },
    /// An Excel format that is not read.
    #[error("{name} is a workbook of an old or another format; save it as .xlsx or as CSV")]
    OldWorkbook {
        /// The input's name.
        name: String,
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
    #[error("{name} is no workbook, so it has no sheet; leave out --sheet")]
    SheetOfText {
        /// The input's name.
        name: String,
    },
    /// A quotation mark is never closed.
    #[error(
        "{name}, line {line}: a cell that begins with a quotation mark is never closed; close it, or write \" inside a cell as \"\""
    )]
    UnclosedQuote {
        /// The input's name.
        name: String,
        /// Where the row begins.
        line: u64,
    },
    /// A row larger than any row of a customer list.
    #[error(
        "{name}, line {line}: a row of more than {limit} MiB begins here; probably a quotation mark is never closed"
    )]
    HugeRow {
        /// The input's name.
        name: String,
        /// Where the row begins.
        line: u64,
        /// The limit.
        limit: u64,
    },
    /// A folder was named.
    #[error("{} is a folder; name a CSV file or a workbook in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// A number that a workbook cannot hold exactly.
    #[error(
        "{name}, row {row}, column {column}: the number has more than 15 digits, and a workbook does not keep them; format the column as text and write the number again, or use CSV"
    )]
    LongNumber {
        /// The input's name.
        name: String,
        /// The sheet's row.
        row: u32,
        /// The sheet's column, counted from 1.
        column: u32,
    },
}
