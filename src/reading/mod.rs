//! Stage 1, bytes to rows: how a file is written, which column is which parameter, and its rows one by one,
//! with one row in memory. It knows the catalogue, but not what a valid value is.

mod binding;
mod column_name;
mod column_reading;
mod copy;
mod cyrillic;
mod delimiter;
mod dialect;
mod encoding;
mod error;
mod find_header;
mod fingerprint;
mod flaw;
mod format;
mod formula;
mod header;
mod header_checks;
mod header_problem;
mod header_row;
mod key_column;
mod line_unit;
mod lines;
mod mapping;
mod mapping_error;
mod mapping_file;
mod mapping_keys;
mod merged;
mod note;
mod open_sheet;
mod pick;
mod quotes;
mod records;
mod repeated_header;
#[cfg(test)]
mod round_trips;
mod row;
mod row_cells;
mod row_check;
mod scan;
mod sheet_records;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod text_records;
mod workbook;

pub use binding::{Binding, KeyBinding};
pub use dialect::{Dialect, DialectChoice, parse_delimiter};
pub use encoding::{TextEncoding, parse_encoding};
pub use error::ReadError;
pub use fingerprint::Fingerprint;
#[cfg(test)]
pub use flaw::FlawKind;
pub use formula::{defused, restored};
pub use header::Columns;
pub use header_problem::HeaderProblem;
pub use key_column::is_key_name;
pub use line_unit::LineUnit;
pub use mapping::{Assignment, Mapping};
pub use mapping_error::MappingError;
pub use mapping_keys::MappingKeys;
pub use note::ReadNote;
pub use open_sheet::OpenSheet;
pub use pick::{ColumnError, folded_column, pick_column};
pub use records::Records;
pub use row::{CellType, RESULT_KEY, RESULT_PREFIX, Row, RowNumber, WHY};
pub use row_check::RowCheck;
pub use source::{Input, Source};
pub use table::{HiddenRows, TableChoice};
