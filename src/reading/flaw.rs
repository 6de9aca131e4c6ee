//! Why a row, or one of its cells, cannot be trusted to be what a person saw.

/// A flaw that reading found. The row is refused, unless the flaw is in a column that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The column's place, counted from 0; none where the row as a whole is wrong.
    pub column: Option<usize>,
    /// What is wrong.
    pub kind: FlawKind,
}

/// What is wrong with a row or a cell. The text follows the column and the value after a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FlawKind {
    /// A formula that has no value, such as `#N/A`.
    #[error("the cell shows an error of the workbook's formula; correct the formula, or enter the value")]
    ErrorCell,
    /// A number that a workbook cannot hold exactly.
    #[error(
        "the number has more than 15 digits, which a workbook cannot store; format the column as text and enter the number again, or use CSV"
    )]
    LongNumber,
    /// A formula whose result is not in the file.
    #[error(
        "the cell has a formula that was never calculated; open the workbook in a spreadsheet program, save it there, and use that file"
    )]
    NotCalculated,
    /// A number whose format rounds it, divides it or adds to it.
    #[error(
        "the cell's format shows something else than this number (rounded, in thousands, with words or not at all); show the whole number, or round it with a formula"
    )]
    OtherDigits,
    /// Text to which a format adds something, or which it does not show.
    #[error(
        "the cell's format shows something else than this text; give the cell the format General or Text"
    )]
    OtherText,
    /// A date of which the format shows only a part.
    #[error(
        "the cell is a date of which only a part is shown; show day, month and year, or format the column as text and enter what is meant again"
    )]
    PartOfDate,
    /// A number that is to be a date, and is none.
    #[error("the cell has the format of a date, but its number is not a date; correct the cell")]
    NoDate,
    /// A cell that says it is a number, and is none.
    #[error("the workbook says that the cell is a number, but it is not; correct the cell")]
    NoNumber,
    /// A number of which a file does not tell how it is shown.
    #[error("the file does not say how this number is shown; save it as .xlsx, or format the column as text")]
    Untold,
    /// Cells that were made one.
    #[error(
        "the cell is merged with others, and only the first of them holds the value; take the cells apart and fill in each"
    )]
    MergedCells,
    /// A row that a person does not see.
    #[error(
        "the row is hidden in the workbook, by hand or by a filter; take it in with --hidden-rows include, or leave such rows out with --hidden-rows skip"
    )]
    HiddenRow,
    /// A quotation mark closes a cell, and text follows it.
    #[error("{}", stray_quote(*opened, *closed))]
    StrayQuote {
        /// The line where the cell began.
        opened: u64,
        /// The line where it ended.
        closed: u64,
    },
    /// A quotation mark is not closed before the end of the input.
    #[error("{}", unclosed_quote(*first, *last))]
    UnclosedQuote {
        /// The line where the cell began.
        first: u64,
        /// The last line of the input.
        last: u64,
    },
    /// A backslash stands before a quotation mark, as MySQL writes it.
    #[error(
        "a backslash stands before a quotation mark, as MySQL writes it; export the table with quotation marks inside a cell written twice (\"\"), or write them so"
    )]
    BackslashQuote,
    /// A cell holds what looks like rows.
    #[error(
        "the cell in quotation marks that begins on line {first} holds line breaks and looks like several rows, to line {last}; remove the quotation mark of line {first} if they are rows, or the delimiters from the text if they are not"
    )]
    RowsInCell {
        /// The line where the cell began.
        first: u64,
        /// The line where it ended.
        last: u64,
    },
    /// A blank stands before a quotation mark that may begin a cell or not.
    #[error(
        "a space stands before a quotation mark, so nobody can say where the cell ends; remove the space if the mark begins the cell, and otherwise write marks inside a cell twice (\"\") and put the whole cell in marks"
    )]
    BlankBeforeQuote,
    /// A delimiter stands between two marks of a cell that does not begin with one.
    #[error(
        "a delimiter on line {line} stands between two quotation marks of a cell that does not begin with one, so nobody can say where the cell ends; put the whole cell in marks, with those inside it twice (\"\"), or remove the marks"
    )]
    TornMarks {
        /// The line.
        line: u64,
    },
    /// What follows a stray quotation mark may belong to its row.
    #[error(
        "the row may be a part of the one that ends on line {line}, where a quotation mark is wrong; correct that one first"
    )]
    AfterStrayQuote {
        /// The last line of the row with the stray mark.
        line: u64,
    },
    /// A byte is not a part of any letter in UTF-8.
    #[error(
        "the byte 0x{byte:02X} at character {character} is damaged, or in another encoding than the rest of the file, which is UTF-8; write the text again"
    )]
    DamagedByte {
        /// The byte.
        byte: u8,
        /// The place in the cell, counted from 1.
        character: usize,
    },
    /// There are more cells than columns, and those too many are empty.
    #[error(
        "the row has {cells} cells, {} more than it should, so cells may have shifted; put a value that contains the delimiter in quotation marks, or remove what is too much",
        cells - columns
    )]
    EmptySurplus {
        /// The number of cells.
        cells: usize,
        /// The number there should be.
        columns: usize,
    },
    /// The names of the columns stand there once more.
    #[error("the row repeats the header; delete it, or end the table above it with --last-row")]
    RepeatedHeader,
    /// `1`, `2`, `3`, …: a line of a printed form.
    #[error(
        "the row below the header only numbers the columns; delete it. If it is a row of the table, put another one above it"
    )]
    ColumnNumbers,
}

impl FlawKind {
    /// Whether the row is not one of the table, so that nothing is to be said of its cells.
    pub fn is_of_no_row(self) -> bool {
        matches!(self, Self::RepeatedHeader | Self::ColumnNumbers)
    }

    /// Whether it is unknown where the row ends.
    pub(super) fn breaks_rows(self) -> bool {
        matches!(self, Self::StrayQuote { .. } | Self::BackslashQuote | Self::BlankBeforeQuote)
    }
}

fn unclosed_quote(first: u64, last: u64) -> String {
    let swallowed = if first == last {
        String::new()
    } else {
        format!(", so lines {first} to {last} are read as one row")
    };
    format!(
        "a cell starts with a quotation mark on line {first} that is never closed{swallowed}; close it, or write \" inside a cell as \"\""
    )
}

fn stray_quote(opened: u64, closed: u64) -> String {
    let advice = "write quotation marks inside a cell twice (\"\")";
    if opened == closed {
        return format!("text follows a closing quotation mark; {advice}, or remove the marks");
    }
    format!(
        "the quotation mark that opens a cell on line {opened} closes on line {closed}, with text after it, so lines {opened} to {closed} are read as one row; close it where its cell ends, or remove it, and {advice}"
    )
}
