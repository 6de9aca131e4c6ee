//! The options of a run: what its journal keeps, and what they mean.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::ZonedDateTime;

use super::error::SettingsError;
use super::input_options::{InputOptions, only_money};
use super::options::{
    CommandFiles, FallsBack as _, IdMapOutputArgs, NightArgs, OutputArgs, PaceArgs, PatienceArgs,
    SelectorArgs, SendSettings, ServerArgs, Shown, Terminals, files_of, journal_of, output_of_run,
};
use super::raw_options::{RawOptions, StoredError};
use super::stored_run::StoredRun;
use super::values;
use crate::catalogue::{Action, Operation};
use crate::reading::Input;
use crate::running::{InputSpec, JournalSpec, OnBooked, OnExisting, OutputSpec, Policy, RunSpec, Verify};
use crate::sending::Deadline;

const SETTLE: Duration = Duration::from_secs(300);

/// All that a journal keeps of the options of an import. What holds for one command stands beside it.
#[derive(Debug, Args)]
pub struct RunOptions {
    #[command(flatten)]
    pub(super) input: InputOptions,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    selector: SelectorArgs,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    patience: PatienceArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    id_map: IdMapOutputArgs,
    #[command(flatten)]
    certainty: CertaintyArgs,
    #[command(flatten)]
    pub(super) asking: AskingArgs,
    #[command(flatten)]
    night: NightArgs,
}

/// What becomes of rows.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
struct RuleArgs {
    /// Send the valid rows of a file with invalid ones
    ///
    /// Without it a file with a single invalid row sends nothing.
    #[arg(long)]
    skip_invalid: bool,
    /// What to do with a row of add whose customer exists already
    #[arg(long, value_name = "WHAT", hide_short_help = true)]
    #[arg(value_parser = values::named::<OnExisting, _>(OnExisting::ALL.map(|existing| (existing.name(), existing.about()))))]
    #[arg(falls_back_to(OnExisting::default().name()))]
    existing: Option<OnExisting>,
    /// What to do with a booking that the customer's history shows already
    #[arg(long, value_name = "WHAT", hide_short_help = true)]
    #[arg(value_parser = values::named::<OnBooked, _>(OnBooked::NAMED.map(|booked| (booked.name(), booked.about()))))]
    #[arg(falls_back_to(OnBooked::Fail.name()))]
    booked: Option<OnBooked>,
    /// A name for this list, where it has the same bookings as another one
    ///
    /// The same customer, amount and comment in a list of another name is another booking.
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    list: Option<String>,
    /// Send comments as they are
    ///
    /// Without the tag by which a booking is found again: nobody looks whether it is there already.
    #[arg(long, hide_short_help = true)]
    no_comment_tag: bool,
    /// Compare balances with what was booked, even if they must be read one by one
    ///
    /// They are read before the first booking and after the last. Where the server reads many customers in a request,
    /// that is done anyway.
    #[arg(long, hide_short_help = true)]
    verify: bool,
    /// Do not compare balances with what was booked
    #[arg(long, hide_short_help = true, conflicts_with = "verify")]
    no_verify: bool,
}

impl RuleArgs {
    /// The rows with what tells their bookings from others.
    fn bookings(&self, mut rows: InputSpec) -> InputSpec {
        rows.rules.list = self.list.clone().unwrap_or_default();
        if rows.operation.books_money() {
            rows.on_booked = match (self.no_comment_tag, self.booked) {
                (true, _) => OnBooked::Untagged,
                (false, booked) => booked.unwrap_or(OnBooked::Fail),
            };
        }
        rows
    }
}

/// Rows of which nobody knows what became of them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Unknown rows")]
pub struct CertaintyArgs {
    /// How long a request may still be at work on the server
    ///
    /// Until then "not found" proves nothing.
    #[arg(long, value_name = "TIME", value_parser = values::span, hide_short_help = true)]
    #[arg(falls_back_to(values::seconds(SETTLE)))]
    settle: Option<Duration>,
    /// Send rows again that are proven not applied
    #[arg(long, hide_short_help = true)]
    pub(super) resend: bool,
}

/// Whether the server is asked at the end.
#[derive(Debug, Args)]
#[command(next_help_heading = "Unknown rows")]
pub struct AskingArgs {
    /// Do not ask the server at the end what became of unknown rows
    ///
    /// Nor read the first row back.
    #[arg(long, hide_short_help = true)]
    pub(super) no_reconcile: bool,
}

/// Where the run is remembered. The journal does not keep this: it is where it was found.
#[derive(Debug, Args)]
#[command(next_help_heading = "Journal")]
pub struct JournalArgs {
    /// Where the run is remembered, so that it can go on after a stop
    ///
    /// Beside the results: with --results march.results.csv it is march.journal.
    #[arg(long, value_name = "FILE", hide_short_help = true, falls_back_to("FILE.journal"))]
    pub(super) journal: Option<PathBuf>,
    /// Begin a new run although an unfinished one has its journal there
    ///
    /// The old journal is renamed, not deleted.
    #[arg(long, hide_short_help = true)]
    pub(super) new_run: bool,
}

/// Whether somebody is asked before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// A person sits at the terminal.
    Person,
    /// There is nobody to be asked, or `--yes` has answered.
    Nobody,
}

/// Who answers.
#[derive(Debug, Args)]
pub struct YesArgs {
    /// Do not ask before money is booked
    ///
    /// Nor before customers are deleted. Without a terminal nobody is asked.
    #[arg(long, short, help_heading = "Rules")]
    yes: bool,
}

impl YesArgs {
    /// A person is asked unless `--yes` has answered, or nobody sits at a terminal.
    pub(super) fn asks(&self, terminals: Terminals) -> Asks {
        if self.yes || !terminals.input || !terminals.errors { Asks::Nobody } else { Asks::Person }
    }
}

/// `import`, and whatever goes on with one.
#[derive(Debug)]
pub struct ImportSettings {
    /// What the run is told.
    pub spec: RunSpec,
    /// Whether somebody is asked before anything is sent.
    pub asks: Asks,
    /// What the user should know before anything is sent.
    pub warnings: Vec<String>,
    /// What is shown.
    pub shown: Shown,
    /// When the run stops, if it is not over by then.
    pub until: Option<Deadline>,
    /// The command that hears of the end.
    pub notify: Option<String>,
}

/// What is not kept in a journal.
#[derive(Debug)]
pub(super) struct ThisCommand {
    pub(super) journal: JournalArgs,
    /// Files that know ids.
    pub(super) id_maps: Vec<PathBuf>,
    pub(super) asks: Asks,
    pub(super) shown: Shown,
    pub(super) environment_key: Option<String>,
}

impl RunOptions {
    /// The options of a stored run, with what was typed now before them.
    pub(super) fn resumed(typed: RawOptions, stored: &StoredRun) -> Result<Self, StoredError> {
        let was_typed = typed.has("until");
        let mut options: Self = typed.or(stored.options().clone()).parse()?;
        if !was_typed {
            options.night.forget_past(&ZonedDateTime::now());
        }
        Ok(options)
    }

    /// The rows of a stored run, and where its results go.
    pub(super) fn rows(self, stored: &StoredRun) -> Result<(InputSpec, OutputArgs), SettingsError> {
        let operation = stored.operation()?;
        let input = self.input.spec(operation, stored.file(), stored.mapping(operation)?);
        Ok((self.rules.bookings(input), self.output))
    }

    /// The settings of this run.
    pub(super) fn settings(
        self,
        run: &StoredRun,
        file: PathBuf,
        command: ThisCommand,
    ) -> Result<ImportSettings, SettingsError> {
        let ThisCommand { journal, id_maps, asks, shown, environment_key } = command;
        let SendSettings { connection, warnings, files } =
            SendSettings::resolve(&self.server, &self.selector, &self.pace, environment_key)?;
        let operation = run.operation()?;
        let policy = self.policy(operation)?;
        let until = self.night.deadline(&ZonedDateTime::now())?;
        let mut input = self.rules.bookings(self.input.spec(operation, file, run.mapping(operation)?));
        let mut output = output_of_run(self.output, &input.input, shown.mode)?;
        output.id_map = self.id_map.write_id_map;
        input.id_maps = id_maps;
        // The same file may be read before and written after.
        let known = files_of(&input.id_maps).into_iter();
        let known: Vec<_> = known.filter(|(path, _)| output.id_map.as_ref() != Some(path)).collect();
        let journal = JournalSpec {
            path: journal_path(journal.journal, &input.input, &output)?,
            options: run.to_json(),
            input: match run.input() {
                Input::File(path) => Some(path),
                Input::Stdin => None,
            },
            new_run: journal.new_run,
        };
        written(&input.input, &output)
            .reads_all(&files)
            .reads_all(&known)
            .reads(run.mapping_file(), "the mapping file")
            .writes(output.id_map.as_deref(), "--write-id-map", "the table of ids")
            .remembers_in(Some(&journal.path))
            .check()?;
        let spec = RunSpec { input, output, connection, journal, policy };
        Ok(ImportSettings { spec, asks, warnings, shown, until, notify: self.night.notify() })
    }

    /// What a run does with its rows.
    fn policy(&self, operation: Operation) -> Result<Policy, SettingsError> {
        let Self { rules, certainty, .. } = self;
        let typed = [
            ("--verify", rules.verify),
            ("--no-verify", rules.no_verify),
            ("--no-comment-tag", rules.no_comment_tag),
            ("--list", rules.list.is_some()),
            ("--booked", rules.booked.is_some()),
        ];
        for (option, typed) in typed {
            if typed {
                only_money(option, operation)?;
            }
        }
        if rules.existing.is_some() && !operation.does(Action::Add) {
            return Err(SettingsError::OnlyNew { option: "--existing", operation: operation.name() });
        }
        if rules.existing == Some(OnExisting::Update) && !operation.has_several_steps() {
            return Err(SettingsError::OnlySeveralSteps { operation: operation.name() });
        }
        Ok(Policy {
            expectation: self.input.expectation(operation)?,
            skip_invalid: rules.skip_invalid,
            max_failures: self.patience.max_failures,
            existing: rules.existing.unwrap_or_default(),
            settle: certainty.settle.unwrap_or(SETTLE),
            reconcile: !self.asking.no_reconcile,
            resend: certainty.resend,
            verify: match (rules.verify, rules.no_verify) {
                (true, _) => Verify::Each,
                (false, false) if operation.books_money() => Verify::InBatches,
                (false, _) => Verify::Not,
            },
        })
    }
}

/// The journal: where it was told to be, or else beside the input.
fn journal_path(
    named: Option<PathBuf>,
    input: &Input,
    output: &OutputSpec,
) -> Result<PathBuf, SettingsError> {
    let input = match input {
        Input::File(path) => Some(path.as_path()),
        Input::Stdin => None,
    };
    match (named, input) {
        (Some(path), _) if path == Path::new("-") => Err(SettingsError::JournalOnStdout),
        (Some(path), _) => Ok(path),
        (None, None) => Err(SettingsError::NoJournalPlace),
        (None, Some(input)) => Ok(journal_of(&output.results, input)),
    }
}

/// The rows of a run, and where what becomes of them is written.
pub(super) fn written(input: &Input, output: &OutputSpec) -> CommandFiles {
    CommandFiles::of_input(input).writes_to(&output.results, "--results", "the results").writes(
        output.failed.as_deref(),
        "--failed",
        "the rows to fix",
    )
}
