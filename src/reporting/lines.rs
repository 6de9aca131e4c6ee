//! Lines on standard error, in colour if it is a terminal that supports it.

use std::fmt::Display;
use std::io::Write;

use anstyle::{AnsiColor, Style};

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const HINT: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const PLAIN: Style = Style::new();

/// One line with a coloured label. If standard error is closed, it is lost.
pub(super) fn labelled(style: Style, label: &str, text: &dyn Display) {
    let _ = writeln!(anstream::stderr().lock(), "{style}{label}{style:#} {text}");
}

/// A line for a script, on standard output. A closed pipe is ignored; other errors, such as a full disk, are
/// reported.
pub(super) fn to_stdout(line: &str) {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            labelled(ERROR, "error:", &format_args!("cannot write the summary to standard output: {error}"));
        }
        _ => {}
    }
}

/// A line without a label.
pub(super) fn plain(text: &dyn Display) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// An error that ends the program.
pub fn print_error(text: &dyn Display) {
    labelled(ERROR, "error:", text);
}

/// Text for a person, without a label.
pub fn print_text(text: &dyn Display) {
    plain(text);
}

/// A command as it would be typed.
pub fn print_command(command: &str) {
    labelled(HINT, "$", &command);
}
