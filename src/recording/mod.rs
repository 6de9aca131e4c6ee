//! Stage 4, outcomes to disk: one line per input row, in the input's order, in a file that appears whole.
//! Knows rows and outcomes; no network.

mod atomic;
mod order;
mod results;
mod row_result;
mod tally;
#[cfg(test)]
mod tests;

pub use atomic::{RecordError, Target, beside};
pub use order::InOrder;
pub use results::{Finish, Finished, Results, ResultsError, ResultsFiles};
pub use row_result::{ErrorCode, RESULT_COLUMNS, RowResult, Status};
pub use tally::{Frequent, Tally};
