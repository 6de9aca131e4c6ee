//! Events to people: the only folder that knows a terminal. Without it the same files are on disk.

mod hints;
mod lines;
mod progress;
mod question;
mod read_summary;
mod reporter;
mod summary;

pub use lines::{print_command, print_error, print_text};
pub use question::{ask, stake};
pub use reporter::{Mode, Reporter};
