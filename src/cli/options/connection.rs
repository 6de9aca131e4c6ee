//! The server, the key and the pace together: what requests are sent with.

use std::path::{Path, PathBuf};

use super::pace::PaceArgs;
use super::server::{CONNECT_TIMEOUT, SelectorArgs, ServerArgs, TIMEOUT};
use crate::cli::error::SettingsError;
use crate::cli::small_file::SmallFile;
use crate::cli::values::Endpoint;
use crate::sending::{ApiKey, Connection, HttpSettings, NetworkSettings, ProxyVariables};

/// How requests are sent.
#[derive(Debug)]
pub struct SendSettings {
    /// The server, the key and the pace.
    pub connection: Connection,
    /// What the user should know before anything is sent.
    pub warnings: Vec<String>,
    /// The files that it was read from, and what they are called.
    pub files: Vec<(PathBuf, &'static str)>,
}

impl SendSettings {
    pub(in crate::cli) fn resolve(
        server: &ServerArgs,
        selector: &SelectorArgs,
        pace: &PaceArgs,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let url = server.url.as_ref().ok_or(SettingsError::NoUrl)?;
        let endpoint: Endpoint = url.parse().map_err(SettingsError::Url)?;
        let mut warnings = Vec::new();
        let key = key(server.key_file.as_deref(), environment_key, &mut warnings)?;
        if endpoint.url.scheme() == "http" && !endpoint.is_loopback {
            warnings.push(
                "the address begins with http://, so the key and the customers' data travel unencrypted; use https:// if the server has it"
                    .to_owned(),
            );
        }
        let concurrency = pace.concurrency();
        let http = HttpSettings {
            is_loopback: endpoint.is_loopback,
            url: endpoint.url,
            timeout: server.timeout.unwrap_or(TIMEOUT),
            connect_timeout: server.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            connections: concurrency.get(),
            network: NetworkSettings {
                ca_file: server.ca_file.clone(),
                client: server.client_certificate(),
                // The environment is read where the program begins.
                proxies: ProxyVariables::default(),
            },
        };
        let selector = selector.selector.unwrap_or_default();
        let connection = Connection { http, key, selector, link: pace.link(), concurrency };
        let files = server.files();
        Ok(Self { connection, warnings, files })
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
            "anyone on this machine can read the key file {0}; `chmod 600 {0}` fixes that",
            path.display()
        ));
    }
    Ok(ApiKey::new(&text)?)
}

pub(in crate::cli) fn key_text(
    file: Option<&Path>,
    environment: Option<String>,
) -> Result<String, SettingsError> {
    match file {
        Some(path) => SmallFile::Key.read(path),
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
