//! Shows events to people: the only folder that knows a terminal. Without it, the same files would be
//! written.

mod hints;
mod lines;
mod live_progress;
mod mode;
mod next;
mod progress;
mod progress_line;
mod question;
mod read_summary;
mod reporter;
mod runs;
mod summary;
mod undo_summary;
mod visible;
mod whole_run;

pub use lines::{
    LogLines, errors_stream, print_command, print_document, print_error, print_json, print_line,
    print_mapping_written, print_text, print_usage,
};
pub use mode::Mode;
pub use question::ask;
pub use reporter::Reporter;
pub use runs::{print_choice, print_found, print_runs};
pub use summary::{json_without_summary, summary_json};
pub use visible::visible;
