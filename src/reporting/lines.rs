//! Lines on standard error, in colour where that is a terminal that wants it.

use std::fmt::Display;
use std::io::Write;

use anstyle::{AnsiColor, Style};

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const HINT: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const PLAIN: Style = Style::new();

/// One line with a coloured label before it. Where standard error is closed, nobody is there to be told.
pub(super) fn labelled(style: Style, label: &str, text: &dyn Display) {
    let _ = writeln!(anstream::stderr().lock(), "{style}{label}{style:#} {text}");
}

/// A line for a script, on standard output. Where that is closed, nobody reads it; on a full disk it is told.
pub(super) fn to_stdout(line: &str) {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            labelled(ERROR, "error:", &format_args!("cannot write the summary to standard output: {error}"));
        }
        _ => {}
    }
}

/// A line as it is.
pub(super) fn plain(text: &dyn Display) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// An error that ends the program.
pub fn print_error(text: &dyn Display) {
    labelled(ERROR, "error:", text);
}

/// Text for a person, as it is.
pub fn print_text(text: &dyn Display) {
    plain(text);
}

/// A command as one would type it.
pub fn print_command(command: &str) {
    labelled(HINT, "$", &command);
}
