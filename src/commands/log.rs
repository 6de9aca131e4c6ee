//! `--verbose`: what is logged.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

use crate::reporting::LogLines;

/// What is logged goes to standard error. Somebody may have installed a logger before; then it stays.
pub(super) fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(|| LogLines).with_ansi(false);
    // What the HTTP client has to say about its connections drowns what is asked for.
    let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let logger = tracing_subscriber::registry().with(lines).with(own);
    let _ = tracing::subscriber::set_global_default(logger);
}
