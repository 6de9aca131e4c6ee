//! What is shown of a command: to people, to scripts, in a log.

use clap::Args;

use crate::reporting::Mode;

/// What is shown at the end.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct SummaryArgs {
    /// Print the summary as JSON on standard output
    ///
    /// One object on one line.
    #[arg(long)]
    pub(in crate::cli) json: bool,
    /// Show no progress and no summary
    ///
    /// Warnings and errors remain.
    #[arg(long, short)]
    pub(in crate::cli) quiet: bool,
}

/// What is shown of a command that talks to a server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct DisplayArgs {
    #[command(flatten)]
    summary: SummaryArgs,
    /// Log on standard error
    ///
    /// Once for retries, twice for every answer too, three times for what every request holds.
    #[arg(long, short, action = clap::ArgAction::Count, hide_short_help = true)]
    verbose: u8,
}

/// What of the program's surroundings is a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminals {
    /// Standard input: a person can answer.
    pub input: bool,
    /// Standard error: a person can see.
    pub errors: bool,
}

/// How much of a command is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// To people and scripts.
    pub mode: Mode,
    /// How much is logged.
    pub verbose: u8,
}

impl SummaryArgs {
    pub(in crate::cli) fn shown(&self, terminals: Terminals, verbose: u8) -> Shown {
        // Log lines and a bar on one terminal would tear each other apart.
        let progress = terminals.errors && verbose == 0;
        Shown { mode: Mode { quiet: self.quiet, json: self.json, progress }, verbose }
    }
}

impl DisplayArgs {
    pub(in crate::cli) fn shown(&self, terminals: Terminals) -> Shown {
        self.summary.shown(terminals, self.verbose)
    }
}
