//! The arguments of `man`.

use std::path::PathBuf;

use clap::Args;

/// `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder that the pages are written to; it is made where it is missing
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}
