//! Shows events to people: the only folder that knows a terminal. Without it, the same files would be
//! written.

mod hints;
mod lines;
mod mode;
mod next;
mod progress;
mod question;
mod read_summary;
mod reporter;
mod runs;
mod summary;
mod undo_summary;

pub use lines::{print_command, print_error, print_text};
pub use mode::Mode;
pub use question::ask;
pub use reporter::Reporter;
pub use runs::{print_choice, print_found, print_runs};
