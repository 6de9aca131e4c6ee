//! Which server, with which key.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::default::FallsBack as _;
use crate::cli::values;
use crate::sending::{ClientCertificate, SelectorChoice};

/// How long a request may take where nobody says so.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);
/// How long connecting may take where nobody says so.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the server is, how it is told who asks, and how long it is waited for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
    /// The server's address
    ///
    /// Its base, or the full address of api.php.
    #[arg(long, env = "USERSIDE_URL", hide_env_values = true, value_name = "URL")]
    pub(in crate::cli) url: Option<String>,
    /// A file with the API key
    ///
    /// Without it the key is taken from the environment variable USERSIDE_API_KEY.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key_file: Option<PathBuf>,
    /// A file with authorities that are trusted too
    ///
    /// Certificates in PEM form, beside those that this machine trusts: for a server whose certificate a company has
    /// signed itself.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(in crate::cli) ca_file: Option<PathBuf>,
    /// A file with the certificate that shows who asks
    ///
    /// In PEM form, for servers that want one of each client.
    #[arg(long, value_name = "FILE", requires = "client_key", hide_short_help = true)]
    pub(in crate::cli) client_cert: Option<PathBuf>,
    /// A file with the key of --client-cert
    ///
    /// In PEM form, without a password.
    #[arg(long, value_name = "FILE", requires = "client_cert", hide_short_help = true)]
    pub(in crate::cli) client_key: Option<PathBuf>,
    /// How long a request may take
    ///
    /// From connecting to the last byte of the answer.
    #[arg(long, value_name = "TIME", value_parser = values::positive_span, hide_short_help = true)]
    #[arg(falls_back_to(values::seconds(TIMEOUT)))]
    pub(in crate::cli) timeout: Option<Duration>,
    /// How long connecting may take
    #[arg(long, value_name = "TIME", value_parser = values::positive_span, hide_short_help = true)]
    #[arg(falls_back_to(values::seconds(CONNECT_TIMEOUT)))]
    pub(in crate::cli) connect_timeout: Option<Duration>,
}

impl ServerArgs {
    /// The files that are read, and what they are called.
    pub(super) fn files(&self) -> Vec<(PathBuf, &'static str)> {
        let files = [
            (&self.key_file, "the key file"),
            (&self.ca_file, "the file of --ca-file"),
            (&self.client_cert, "the file of --client-cert"),
            (&self.client_key, "the file of --client-key"),
        ];
        files.into_iter().filter_map(|(path, name)| Some((path.clone()?, name))).collect()
    }

    /// The client's certificate; clap sees to it that there is a key where there is one.
    pub(in crate::cli) fn client_certificate(&self) -> Option<ClientCertificate> {
        let (certificate, key) = (self.client_cert.clone()?, self.client_key.clone()?);
        Some(ClientCertificate { certificate, key })
    }
}

/// What the server's API is like.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct SelectorArgs {
    /// The name under which the server takes the subcategory
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    #[arg(value_parser = values::named::<SelectorChoice, _>(SelectorChoice::ALL.map(|choice| (choice.name(), choice.about()))))]
    #[arg(falls_back_to(SelectorChoice::default().name()))]
    pub(in crate::cli) selector: Option<SelectorChoice>,
}
