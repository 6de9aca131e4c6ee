//! A command of the user's, run by the system's shell.

use std::io::Write;
use std::process::{Command, ExitStatus, Stdio};

use tokio::sync::oneshot;

use crate::exit::Exit;
use crate::reporting::errors_stream;

/// What must not reach it.
const KEY: &str = "USERSIDE_API_KEY";
/// What it finds in its environment beside what this program found.
const EXIT: &str = "USERSIDE_BULK_EXIT";

/// Starts the command; its end comes from a thread that waits for it, however long that takes.
pub(super) fn start(
    command: &str,
    input: String,
    exit: Exit,
) -> std::io::Result<oneshot::Receiver<std::io::Result<ExitStatus>>> {
    let mut child = shell(command)
        .env_remove(KEY)
        .env(EXIT, (exit as u8).to_string())
        .stdin(Stdio::piped())
        .stdout(errors_stream())
        .spawn()?;
    let stdin = child.stdin.take();
    let (ended, ends) = oneshot::channel();
    std::thread::Builder::new().spawn(move || {
        if let Some(mut stdin) = stdin {
            // A command that does not read closes the pipe; that is its right.
            let _ = stdin.write_all(input.as_bytes());
        }
        let _ = ended.send(child.wait());
    })?;
    Ok(ends)
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt as _;

    let mut shell = Command::new("cmd");
    // The command has quotation marks of its own, and cmd its own rules for them.
    shell.arg("/C").raw_arg(command);
    shell
}
