//! Every line that a person sees: on standard error, in colour if it is a terminal that supports it, or on standard
//! output. Whatever came from a file, an argument or a server is made [`visible`] here, and nowhere else.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::visible::{escaped_json, visible, visible_in_colour};

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const HINT: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const PLAIN: Style = Style::new();

/// One line with a coloured label. If standard error is closed, it is lost.
pub(super) fn labelled(style: Style, label: &str, text: &dyn Display) {
    let text = text.to_string();
    let _ = writeln!(anstream::stderr().lock(), "{style}{label}{style:#} {}", visible(&text));
}

/// A line without a label.
pub(super) fn plain(text: &dyn Display) {
    let text = text.to_string();
    let _ = writeln!(anstream::stderr().lock(), "{}", visible(&text));
}

/// A question; the answer is typed on the same line.
pub(super) fn question(style: Style, text: &str) {
    let _ = write!(anstream::stderr().lock(), "{style}{}{style:#} ", visible(text));
    let _ = anstream::stderr().flush();
}

/// A line for a person on standard output. A closed pipe is ignored; other errors, such as a full disk, are reported.
pub(super) fn to_stdout(line: &str) {
    tell_unless_closed(print_line(line));
}

/// The same for a line of JSON.
pub(super) fn json_to_stdout(json: &str) {
    tell_unless_closed(print_json(json));
}

fn tell_unless_closed(printed: io::Result<()>) {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            labelled(ERROR, "error:", &format_args!("cannot write the summary to standard output: {error}"));
        }
        _ => {}
    }
}

/// Standard error, for what another program has to say.
pub fn errors_stream() -> io::Stderr {
    io::stderr()
}

/// A line for a person on standard output.
pub fn print_line(line: &str) -> io::Result<()> {
    print_document(format!("{}\n", visible(line)).as_bytes())
}

/// A line of JSON on standard output.
pub fn print_json(json: &str) -> io::Result<()> {
    print_document(format!("{}\n", escaped_json(json)).as_bytes())
}

/// What the program has to say of itself, on standard output: a template, a script, a reference. Nothing of it comes from
/// a file or a server.
pub fn print_document(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

/// Help, or what is wrong with what was typed, in lines and colours.
pub fn print_usage(text: &str, is_error: bool) {
    let text = visible_in_colour(text);
    // Nothing can be done where nobody listens.
    let _ = if is_error {
        write!(anstream::stderr().lock(), "{text}")
    } else {
        write!(anstream::stdout().lock(), "{text}")
    };
}

/// An error that ends the program.
pub fn print_error(text: &dyn Display) {
    labelled(ERROR, "error:", text);
}

/// A line for a person, without a label.
pub fn print_text(text: &dyn Display) {
    plain(text);
}

/// Where a drafted mapping file is, and where one that was there before.
pub fn print_mapping_written(path: &Path, earlier: Option<&Path>, next: &str) {
    if let Some(earlier) = earlier {
        plain(&format_args!("an earlier file is kept as {}", earlier.display()));
    }
    plain(&format_args!("mapping: {}", path.display()));
    labelled(HINT, "hint:", &format_args!("check every line of it, then: `{next}`"));
}

/// A command as it would be typed.
pub fn print_command(command: &str) {
    labelled(HINT, "$", &command);
}

/// Where the log goes: a line on standard error for each thing that is logged.
#[derive(Debug, Clone, Copy)]
pub struct LogLines;

impl Write for LogLines {
    /// What is logged comes whole.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        writeln!(io::stderr().lock(), "{}", visible(text.strip_suffix('\n').unwrap_or(&text)))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
