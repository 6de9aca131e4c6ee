//! From arguments to an exit.

use std::io::IsTerminal;
use std::sync::Arc;

use super::clock::check_clock;
use super::failure::Failure;
use super::find::with_run;
use super::runtime::tell_waits;
use super::{
    catalogue, check, completions, count, demo, export, history, import, journal, lookup, mapping, sandbox,
    status,
};
use crate::cli::{Command, Terminals, parse};
use crate::exit::Exit;
use crate::recording::FoundRun;
use crate::reporting::{Mode, Reporter, print_error};

/// Parses the arguments, runs the command, and says how the program ends. The first argument is the
/// program's name. Prints what has to be printed.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Exit {
    let command = match parse(arguments) {
        Ok(command) => command,
        Err(none) => {
            none.print();
            return if none.is_error() { Exit::Refused } else { Exit::Done };
        }
    };
    // Before a command has said how much it shows.
    tell_waits(Arc::new(Reporter::new(Mode::default())));
    match check_clock().and_then(|()| dispatch(command)) {
        Ok(exit) => exit,
        Err(failure) => {
            print_error(&failure);
            failure.exit()
        }
    }
}

fn dispatch(command: Command) -> Result<Exit, Failure> {
    let terminals =
        Terminals { input: std::io::stdin().is_terminal(), errors: std::io::stderr().is_terminal() };
    let key = || std::env::var("USERSIDE_API_KEY").ok();
    match command {
        Command::Import(args) => import::run(args.settings(terminals, key())?),
        Command::Validate(args) => import::validate(args.settings(terminals)?),
        Command::Resume(args) => {
            let resends = args.resends();
            with_run(
                "resume",
                &args.place(),
                |run| run.can_resume(resends),
                |journal| journal::resume(*args, &journal, terminals, key()),
            )
        }
        Command::Reconcile(args) => {
            let resends = args.resends();
            with_run(
                "reconcile",
                &args.place(),
                |run| run.can_reconcile(resends),
                |journal| journal::reconcile(*args, &journal, terminals, key()),
            )
        }
        Command::Results(args) => with_run("results", &args.place(), FoundRun::is_import, |journal| {
            journal::results(*args, &journal, terminals)
        }),
        Command::Undo(args) => {
            with_run("undo", &args.place(), FoundRun::can_undo, |journal| journal::undo(&args, &journal))
        }
        Command::Status(args) => status::run(&args),
        Command::Export(args) => export::run(args.settings(terminals, key())?),
        Command::Lookup(args) => lookup::run(args.settings(terminals, key())?),
        Command::History(args) => history::run(args.settings(terminals, key())?),
        Command::Count(args) => count::run(args.settings(terminals, key())?),
        Command::Template(args) => Ok(catalogue::template(&args)),
        Command::Mapping(args) => mapping::run(&args.settings()?),
        Command::Operations(args) => Ok(catalogue::operations(&args)),
        Command::Check(args) => check::run(args.settings(terminals, key())?),
        Command::Sandbox(args) => sandbox::run(args.settings(key())?),
        Command::Demo(args) => demo::run(&args, run),
        Command::Completions(args) => Ok(completions::completions(&args)),
        Command::Man(args) => completions::man(&args),
        Command::Reference => Ok(completions::print_reference()),
    }
}
