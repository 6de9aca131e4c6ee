//! Arguments to settings: defaults, environment and cross-checks applied. Later code sees only these.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::args::SandboxArgs;
use super::import_args::{
    Empty, ImportArgs, InputArgs, OutputArgs, PaceArgs, Selector, ServerArgs, ValidateArgs,
};
use super::values::Endpoint;
pub use super::values::MaxFailures;
use crate::catalogue::{ApiSelector, CUSTOMER, Operation};
use crate::reading::{DialectChoice, Input, Mapping, MappingError};
use crate::recording::beside;
use crate::reporting::Mode;
use crate::sending::{ApiKey, Burst, HttpSettings, KeyError, LinkSettings, PaceSettings, SelectorChoice};
use crate::validating::{EmptyCells, Expectation, Rules};

/// Everything that `import` and `validate` need to know.
#[derive(Debug)]
pub struct ImportSettings {
    /// What is done with every row.
    pub operation: Operation,
    /// The input.
    pub input: Input,
    /// What was said about its dialect.
    pub dialect: DialectChoice,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What was said about columns.
    pub mapping: Mapping,
    /// How values are read.
    pub rules: Rules,
    /// What is known about the input beforehand.
    pub expectation: Expectation,
    /// Whether the valid rows of a file with invalid ones are sent.
    pub skip_invalid: bool,
    /// Where results go.
    pub output: OutputSettings,
    /// How rows are sent; none for `validate`.
    pub send: Option<SendSettings>,
}

/// Where results go, and what is shown.
#[derive(Debug)]
pub struct OutputSettings {
    /// Where the results go.
    pub results: Place,
    /// Whether they are written although nothing is wrong and nothing was sent.
    pub results_wanted: bool,
    /// Where the rows go that are not ok.
    pub failed: Option<PathBuf>,
    /// How much is shown.
    pub mode: Mode,
    /// How much is logged.
    pub verbose: u8,
}

/// A file, or standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `-`.
    Stdout,
    /// A file.
    File(PathBuf),
}

/// How rows are sent.
#[derive(Debug)]
pub struct SendSettings {
    /// The way to the server.
    pub http: HttpSettings,
    /// The key.
    pub key: ApiKey,
    /// The name under which the server takes the subcategory.
    pub selector: SelectorChoice,
    /// Pace and patience.
    pub link: LinkSettings,
    /// Requests in flight.
    pub concurrency: NonZeroUsize,
    /// When to give up; none for the default.
    pub max_failures: Option<MaxFailures>,
    /// What the user should know before anything is sent.
    pub warnings: Vec<String>,
}

/// The arguments do not fit together, or the key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The mapping file.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// No address anywhere.
    #[error(
        "no server is named: add --url https://userside.example.com, or put the address into USERSIDE_URL"
    )]
    NoUrl,
    /// The address. It is not repeated: it may hold a key.
    #[error("--url or USERSIDE_URL: {0}")]
    Url(String),
    /// No key anywhere.
    #[error(
        "there is no API key: put it into the environment variable USERSIDE_API_KEY, or into a file and name that with --key-file"
    )]
    NoKey,
    /// The key cannot be one.
    #[error("{0}; put the key, one line of text, into USERSIDE_API_KEY or into the file of --key-file")]
    Key(#[from] KeyError),
    /// The key's file.
    #[error("cannot read the key file {}: {source}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Standard input has no name that results could be named after.
    #[error("rows from standard input need a place for their results: add --results FILE")]
    NoPlace,
    /// Results would replace the input, or one another.
    #[error("{what} would be written over {over}; name another file")]
    Overwrites {
        /// The option.
        what: &'static str,
        /// What it names.
        over: &'static str,
    },
    /// Standard output can hold one thing.
    #[error("--json and --results - both want standard output; name a file for the results")]
    TwoOnStdout,
}

impl ImportSettings {
    /// The settings of an import.
    pub fn of_import(
        args: ImportArgs,
        is_terminal: bool,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let send = SendSettings::resolve(args.server, &args.pace, environment_key)?;
        let mut settings = Self::resolve(args.input, args.output, is_terminal)?;
        settings.skip_invalid = args.skip_invalid;
        settings.send = Some(send);
        settings.output.results_wanted = true;
        Ok(settings)
    }

    /// The settings of a validation.
    pub fn of_validate(args: ValidateArgs, is_terminal: bool) -> Result<Self, SettingsError> {
        Self::resolve(args.input, args.output, is_terminal)
    }

    fn resolve(args: InputArgs, output: OutputArgs, is_terminal: bool) -> Result<Self, SettingsError> {
        let input = if args.file == Path::new("-") { Input::Stdin } else { Input::File(args.file) };
        let mapping = match &args.mapping {
            Some(path) => Mapping::load(path, args.operation)?,
            None => Mapping::default(),
        };
        let rules = Rules {
            empty: match args.empty {
                Empty::Skip => EmptyCells::Skip,
                Empty::Clear => EmptyCells::Clear,
            },
            dates: args.date_format.unwrap_or_default(),
            server: args.server_version,
            allow_duplicates: args.allow_duplicates,
            skip_internal_api: args.skip_internal_api.then_some(&CUSTOMER.skip_internal_api),
        };
        Ok(Self {
            operation: args.operation,
            dialect: DialectChoice { delimiter: args.delimiter, encoding: args.encoding },
            sheet: args.sheet,
            mapping: mapping.with(args.map, args.set, args.ignore_unknown_columns),
            rules,
            expectation: Expectation { rows: args.expect_rows, total: args.expect_total },
            skip_invalid: false,
            output: OutputSettings::resolve(output, &input, is_terminal)?,
            send: None,
            input,
        })
    }
}

impl OutputSettings {
    fn resolve(args: OutputArgs, input: &Input, is_terminal: bool) -> Result<Self, SettingsError> {
        let results_wanted = args.results.is_some();
        let results = match (args.results, input) {
            (Some(path), _) if path == Path::new("-") => Place::Stdout,
            (Some(path), _) => Place::File(path),
            (None, Input::File(path)) => Place::File(results_of(path)),
            (None, Input::Stdin) => return Err(SettingsError::NoPlace),
        };
        if args.json && results == Place::Stdout {
            return Err(SettingsError::TwoOnStdout);
        }
        let input = match input {
            Input::File(path) => Some(path.as_path()),
            Input::Stdin => None,
        };
        if let Place::File(results) = &results {
            if same_file(Some(results), input) {
                return Err(SettingsError::Overwrites { what: "--results", over: "the input" });
            }
            if same_file(Some(results), args.failed.as_deref()) {
                return Err(SettingsError::Overwrites { what: "--failed", over: "the results" });
            }
        }
        if same_file(args.failed.as_deref(), input) {
            return Err(SettingsError::Overwrites { what: "--failed", over: "the input" });
        }
        // Log lines and a bar on one terminal would tear each other apart.
        let mode = Mode { quiet: args.quiet, json: args.json, progress: is_terminal && args.verbose == 0 };
        Ok(Self { results, results_wanted, failed: args.failed, mode, verbose: args.verbose })
    }
}

/// `customers.csv` gives `customers.results.csv`; a name without an ending keeps all of itself.
fn results_of(input: &Path) -> PathBuf {
    let stem = match input.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase).as_deref() {
        Some("csv" | "tsv" | "txt" | "xlsx" | "xlsm") => input.with_extension(""),
        _ => input.to_owned(),
    };
    beside(&stem, ".results.csv")
}

fn same_file(one: Option<&Path>, other: Option<&Path>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    one == other
        || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other && one.is_file())
}

impl SendSettings {
    fn resolve(
        server: ServerArgs,
        pace: &PaceArgs,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let url = server.url.ok_or(SettingsError::NoUrl)?;
        let endpoint: Endpoint = url.parse().map_err(SettingsError::Url)?;
        let mut warnings = Vec::new();
        let key = key(server.key_file.as_deref(), environment_key, &mut warnings)?;
        if endpoint.url.scheme() == "http" && !endpoint.is_loopback {
            warnings.push(
                "the address begins with http://, so the key and the customers' data travel unencrypted; use https:// if the server has it"
                    .to_owned(),
            );
        }
        let http = HttpSettings {
            is_loopback: endpoint.is_loopback,
            url: endpoint.url,
            timeout: server.timeout,
            connect_timeout: server.connect_timeout,
            connections: pace.concurrency.get(),
        };
        let selector = match server.selector {
            Selector::Auto => SelectorChoice::Auto,
            Selector::Subcat => SelectorChoice::Told(ApiSelector::Subcat),
            Selector::Action => SelectorChoice::Told(ApiSelector::Action),
        };
        let burst = pace.burst.map_or(Burst::Default, Burst::Requests);
        let link = LinkSettings {
            pace: PaceSettings { rate: pace.rate, burst },
            retries: pace.retries,
            retry_wait: pace.retry_wait,
        };
        Ok(Self {
            http,
            key,
            selector,
            link,
            concurrency: pace.concurrency,
            max_failures: pace.max_failures,
            warnings,
        })
    }
}

fn key(
    file: Option<&Path>,
    environment: Option<String>,
    warnings: &mut Vec<String>,
) -> Result<ApiKey, SettingsError> {
    let text = key_text(file, environment)?;
    if let Some(path) = file.filter(|path| is_open_to_others(path)) {
        warnings.push(format!(
            "everybody on this machine can read the key file {0}; chmod 600 {0} mends it",
            path.display()
        ));
    }
    Ok(ApiKey::new(&text)?)
}

fn key_text(file: Option<&Path>, environment: Option<String>) -> Result<String, SettingsError> {
    match file {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|source| SettingsError::KeyFile { path: path.to_owned(), source }),
        None => environment.filter(|text| !text.trim().is_empty()).ok_or(SettingsError::NoKey),
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// The settings of a sandbox.
pub fn sandbox_settings(
    args: SandboxArgs,
    environment_key: Option<String>,
) -> Result<crate::sandbox::Settings, SettingsError> {
    // A rehearsal's key is no secret: nobody is warned about its file.
    let key = key_text(args.key_file.as_deref(), environment_key)?;
    ApiKey::new(&key)?;
    Ok(crate::sandbox::Settings {
        seed: args.seed,
        customers: args.customers,
        version: args.server_version,
        latency: args.latency,
        faults: args.fault,
        retry_after: args.retry_after,
        redirect_to: args.redirect_to,
        selectors: args.selector,
        post_only: args.post_only,
        shape: args.shape,
        log: args.log,
        ..crate::sandbox::Settings::new(args.listen, SecretString::from(key.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::results_of;
    use std::path::Path;

    #[test]
    fn results_lie_beside_the_input() {
        for (input, results) in [
            ("customers.csv", "customers.results.csv"),
            ("a/b.c/customers.xlsx", "a/b.c/customers.results.csv"),
            ("export", "export.results.csv"),
            ("export.2024", "export.2024.results.csv"),
            ("Список.CSV", "Список.results.csv"),
        ] {
            assert_eq!(results_of(Path::new(input)), Path::new(results));
        }
    }
}
