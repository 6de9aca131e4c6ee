//! The journey itself.

use std::ffi::OsString;

use super::folder::prepare;
use super::journey::STEPS;
use super::server::DemoServer;
use super::step::StepCommand;
use crate::cli::DemoArgs;
use crate::commands::failure::Failure;
use crate::exit::Exit;
use crate::reporting::{print_command, print_text};

/// Runs the demo. It ends well when every step ends as it should. `type_in` runs a command as the program does.
pub(in crate::commands) fn run(args: &DemoArgs, type_in: fn(Vec<OsString>) -> Exit) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let prepared = prepare(folder).map_err(|error| {
        Failure::Demo(format!("cannot write to the folder {}: {error}", folder.display()))
    })?;
    let server = DemoServer::start()?;
    print_text(&format_args!(
        "A sandbox listens on {}; it is a server for rehearsals, in this process.",
        server.url
    ));
    print_text(&"");
    for step in &STEPS {
        let mut command = step.words(folder, &prepared.samples);
        if matches!(step.command, StepCommand::Import { .. } | StepCommand::Export(_)) {
            let key = prepared.key_file.clone().into_os_string();
            command.extend(["--url".into(), server.url.clone().into(), "--key-file".into(), key]);
            command.extend(["--rate".into(), "400/s".into()]);
        }
        print_text(&step.about);
        print_command(&command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "));
        let exit = type_in(command);
        print_text(&format_args!("exit code {}", exit as u8));
        print_text(&"");
        match exit {
            Exit::Interrupted => return Ok(exit),
            _ if exit == step.expected => {}
            _ => {
                return Err(Failure::Demo(format!(
                    "the last command was to end with exit code {}; see its messages above",
                    step.expected as u8
                )));
            }
        }
    }
    server.stop()?;
    print_text(&format_args!(
        "That was everything. Results, journals, the workbook and the key file are in {}.",
        folder.display()
    ));
    Ok(Exit::Done)
}
