//! The arguments of the commands that take a journal.

use std::path::PathBuf;

use clap::Args;

use super::help;
use super::typed::{Chosen, Overrides};
use super::which_run::WhichRun;

/// `resume`.
#[derive(Debug, Args)]
#[command(after_long_help = help::RESUME)]
pub struct ResumeArgs {
    #[command(flatten)]
    pub run: WhichRun,
    #[command(flatten)]
    pub(super) overrides: Overrides<Resuming>,
}

/// `reconcile`.
#[derive(Debug, Args)]
#[command(after_long_help = help::RECONCILE)]
pub struct ReconcileArgs {
    #[command(flatten)]
    pub run: WhichRun,
    #[command(flatten)]
    pub(super) overrides: Overrides<Reconciling>,
}

/// `results`.
#[derive(Debug, Args)]
#[command(after_long_help = help::RESULTS)]
pub struct ResultsArgs {
    #[command(flatten)]
    pub run: WhichRun,
    #[command(flatten)]
    pub(super) overrides: Overrides<Rewriting>,
}

/// `undo`.
#[derive(Debug, Args)]
#[command(after_long_help = help::UNDO)]
pub struct UndoArgs {
    #[command(flatten)]
    pub run: WhichRun,
    /// Where the rows go; - is standard output [default: FILE.undo.csv beside the input].
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    /// Show no summary; warnings and errors remain.
    #[arg(long, short, help_heading = "Output")]
    pub(super) quiet: bool,
}

impl ResumeArgs {
    /// Whether rows are sent again that are proven not applied.
    pub fn resends(&self) -> bool {
        self.overrides.has("resend")
    }
}

impl ReconcileArgs {
    /// Whether rows are sent again that are proven not applied.
    pub fn resends(&self) -> bool {
        self.overrides.has("resend")
    }
}

/// What `resume` may change.
#[derive(Debug)]
pub struct Resuming;

impl Chosen for Resuming {
    const NAMES: &'static [&'static str] = &[
        "url",
        "key-file",
        "timeout",
        "connect-timeout",
        "rate",
        "burst",
        "concurrency",
        "retries",
        "retry-wait",
        "max-failures",
        "settle",
        "no-reconcile",
        "resend",
        "yes",
        "results",
        "failed",
        "json",
        "quiet",
        "verbose",
    ];
}

/// What `reconcile` may change.
#[derive(Debug)]
pub struct Reconciling;

impl Chosen for Reconciling {
    const NAMES: &'static [&'static str] = &[
        "url",
        "key-file",
        "timeout",
        "connect-timeout",
        "rate",
        "burst",
        "concurrency",
        "retries",
        "retry-wait",
        "max-failures",
        "settle",
        "resend",
        "yes",
        "results",
        "failed",
        "json",
        "quiet",
        "verbose",
    ];
}

/// What `results` may change.
#[derive(Debug)]
pub struct Rewriting;

impl Chosen for Rewriting {
    const NAMES: &'static [&'static str] = &["results", "failed", "json", "quiet"];
}
