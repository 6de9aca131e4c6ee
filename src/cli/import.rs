//! `import`.

use clap::Args;

use super::error::SettingsError;
use super::input_options::{TargetArgs, with_operations};
use super::options::{DisplayArgs, Terminals};
use super::raw_options::StoredArgs;
use super::run_options::{ImportSettings, JournalArgs, RunOptions, ThisCommand, YesArgs};
use super::stored_run::StoredRun;

const HELP: &str = "\
Examples:
  userside-bulk import add customers.csv --url https://us.example.com --key-file key
  userside-bulk import add legacy.csv --map 'ФИО=fio' --set billing_id=1
  userside-bulk import migrate legacy.csv --mapping legacy.toml --rate 600/m
  userside-bulk import change_balance money.xlsx --sheet Март --expect-total 12345.67
  userside-bulk import change_balance money.csv --expect-debit 4000
  generate | userside-bulk import edit - --results edit.results.csv --journal edit.journal

Results:
  customers.csv gives customers.results.csv: the input's columns and, for every
  row, result_status (ok, invalid, failed, partial, unknown or skipped),
  result_id, result_error_code, result_error, result_http_status and
  result_attempts. failed means not applied; unknown means that the server may
  have applied it; partial means that only some steps of a migrate are applied.

Journal:
  customers.journal lies beside the results and remembers every row, without the
  key. After any stop `userside-bulk resume customers.journal` goes on.

Exit codes:
  0    every row ok
  1    finished, some rows are not ok
  2    wrong usage or invalid input, nothing was sent
  3    stopped early, can be resumed
  130  interrupted, can be resumed";

/// `import`.
#[derive(Debug, Args)]
#[command(after_long_help = with_operations(HELP))]
pub struct ImportArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    options: StoredArgs<RunOptions>,
    #[command(flatten)]
    yes: YesArgs,
    #[command(flatten)]
    display: DisplayArgs,
    #[command(flatten)]
    journal: JournalArgs,
}

impl ImportArgs {
    /// The settings of an import.
    pub fn settings(
        self,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<ImportSettings, SettingsError> {
        let TargetArgs { operation, file, mapping, known } = self.target;
        let StoredArgs { options, raw } = self.options;
        let run = StoredRun::new(operation, &file, mapping.as_deref(), raw)?;
        let command = ThisCommand {
            journal: self.journal,
            id_maps: known.id_map,
            asks: self.yes.asks(terminals),
            shown: self.display.shown(terminals),
            environment_key,
        };
        options.settings(&run, file, command)
    }
}
