//! `completions`, `man` and `reference`: what is made from the definition of the commands.

use std::fs;
use std::io::Write;

use super::failure::Failure;
use crate::cli::{CompletionsArgs, ManArgs, man_pages, reference};
use crate::exit::Exit;
use crate::recording::{AtomicFile, RecordError};
use crate::reporting::print_document;

/// Prints the script for a shell.
pub(super) fn completions(args: &CompletionsArgs) -> Exit {
    print(args.script().as_bytes())
}

/// Prints the command reference of the book.
pub(super) fn print_reference() -> Exit {
    print(reference().as_bytes())
}

/// Writes the man pages.
pub(super) fn man(args: &ManArgs) -> Result<Exit, Failure> {
    let failed = |source| RecordError::Write { path: args.folder.clone(), source };
    fs::create_dir_all(&args.folder).map_err(failed)?;
    for page in man_pages().map_err(failed)? {
        let mut file = AtomicFile::replacing(&args.folder.join(page.name))?;
        file.write_all(&page.content).map_err(failed)?;
        file.commit()?;
    }
    Ok(Exit::Done)
}

/// A reader that has seen enough closes the pipe; that is a normal end.
fn print(text: &[u8]) -> Exit {
    let _ = print_document(text);
    Exit::Done
}
