//! Which server, with which key, how fast.

use std::path::Path;

use super::super::import_args::{PaceArgs, Selector, ServerArgs};
use super::super::values::Endpoint;
use super::error::SettingsError;
use crate::catalogue::ApiSelector;
use crate::sending::{ApiKey, Burst, Connection, HttpSettings, LinkSettings, PaceSettings, SelectorChoice};

/// How requests are sent.
#[derive(Debug)]
pub struct SendSettings {
    /// The server, the key and the pace.
    pub connection: Connection,
    /// What the user should know before anything is sent.
    pub warnings: Vec<String>,
}

impl SendSettings {
    pub(super) fn resolve(
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
        let connection = Connection { http, key, selector, link, concurrency: pace.concurrency };
        Ok(Self { connection, warnings })
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

pub(super) fn key_text(file: Option<&Path>, environment: Option<String>) -> Result<String, SettingsError> {
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
