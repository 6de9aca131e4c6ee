//! `check`.

use clap::Args;

use super::error::SettingsError;
use super::options::{ReadArgs, ReadSettings, Terminals};
use crate::catalogue::Version;

const HELP: &str = "\
Examples:
  userside-bulk check --url https://us.example.com --key-file key
  userside-bulk check --server-version 3.17 --json

One line for each point goes to standard output: ok, warning or problem, the
point, what was found, and what to do. Points are the address, the proxy where
the environment names one (HTTPS_PROXY and the like), TLS, the key, the selector
(subcat and action), batches (several customers per request), writes
(by POST), latency and the clock. What cannot be tried because of an earlier
problem is left out. With --json an object with ok and the list of points.

Exit codes:
  0    no problem; there may be warnings
  1    a problem that leaves some commands working
  2    wrong usage
  3    a problem with the address, TLS, the key or the selector: nothing works
  130  interrupted";

/// `check`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct CheckArgs {
    /// The server's UserSide version, such as 3.17
    ///
    /// Without it some points are not known.
    #[arg(long, value_name = "VERSION", help_heading = "Server")]
    server_version: Option<Version>,
    #[command(flatten)]
    read: ReadArgs,
}

/// `check`.
#[derive(Debug)]
pub struct CheckSettings {
    /// The server's version, where it was named.
    pub server: Option<Version>,
    /// How it is read.
    pub read: ReadSettings,
}

impl CheckArgs {
    /// The settings.
    pub fn settings(
        self,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<CheckSettings, SettingsError> {
        let read = ReadSettings::resolve(&self.read, terminals, environment_key)?;
        Ok(CheckSettings { server: self.server_version, read })
    }
}
