//! The settings of a sandbox.

use secrecy::SecretString;

use super::super::args::SandboxArgs;
use super::error::SettingsError;
use super::send::key_text;
use crate::sending::ApiKey;

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
        unreadable: args.unreadable,
        retry_after: args.retry_after,
        redirect_to: args.redirect_to,
        selectors: args.selector,
        post_only: args.post_only,
        batches: args.batches,
        batch_limit: args.batch_limit,
        shape: args.shape,
        comment_limit: args.comment_limit,
        log: args.log,
        ..crate::sandbox::Settings::new(args.listen, SecretString::from(key.trim()))
    })
}
