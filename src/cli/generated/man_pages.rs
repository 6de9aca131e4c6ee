//! Man pages: one for the program and one for each command.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::super::program::program;

/// A man page.
#[derive(Debug)]
pub struct ManPage {
    /// The file's name, such as `userside-bulk-import.1`.
    pub name: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// All man pages. Hidden commands have none.
pub fn man_pages() -> io::Result<Vec<ManPage>> {
    let mut program = program().disable_help_subcommand(true);
    program.build();
    std::iter::once(&program)
        .chain(program.get_subcommands().filter(|command| !command.is_hide_set()))
        .map(|command| page(command.clone()))
        .collect()
}

fn page(command: Command) -> io::Result<ManPage> {
    let is_program = command.has_subcommands();
    let notes = command.get_after_long_help().or_else(|| command.get_after_help()).map(ToString::to_string);
    let man = Man::new(command)
        .manual("userside-bulk")
        .source(concat!("userside-bulk ", env!("CARGO_PKG_VERSION")));
    let mut content = Vec::new();
    man.render_title(&mut content)?;
    man.render_name_section(&mut content)?;
    man.render_synopsis_section(&mut content)?;
    man.render_description_section(&mut content)?;
    man.render_options_section(&mut content)?;
    if is_program {
        man.render_subcommands_section(&mut content)?;
    }
    if let Some(notes) = notes {
        as_it_stands("NOTES", &notes).to_writer(&mut content)?;
    }
    Ok(ManPage { name: man.get_filename(), content })
}

/// Examples and tables, whose lines must stay as they are: clap_mangen would fill them into one paragraph.
fn as_it_stands(heading: &str, text: &str) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [heading]).control("nf", []);
    for line in text.lines() {
        section.text([roman(line)]);
    }
    section.control("fi", []);
    section
}
