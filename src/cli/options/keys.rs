//! Customers whom a file names by something else than the id.

use std::path::PathBuf;

use clap::Args;

use crate::cli::values;
use crate::customers::MappedCustomer;

/// What is known of customers' ids beforehand.
#[derive(Debug, Args)]
pub struct IdMapArgs {
    /// A table that knows ids: a column id or result_id, and others such as login or codeti; may be repeated
    ///
    /// The server is not asked about anyone in it. An export with --columns id,login is such a table, and so are results.
    #[arg(long, value_name = "FILE", help_heading = "Columns", hide_short_help = true)]
    pub(in crate::cli) id_map: Vec<PathBuf>,
}

impl IdMapArgs {
    /// The files, for those that must not be written over.
    pub(in crate::cli) fn files(&self) -> Vec<(PathBuf, &'static str)> {
        files_of(&self.id_map)
    }
}

/// Such files, for those that must not be written over.
pub(in crate::cli) fn files_of(id_maps: &[PathBuf]) -> Vec<(PathBuf, &'static str)> {
    id_maps.iter().map(|path| (path.clone(), "the file of --id-map")).collect()
}

/// What is kept of customers' ids afterwards.
#[derive(Debug, Args)]
pub struct IdMapOutputArgs {
    /// Keep a table of ids up to date: what this run has found out and made is added to it
    ///
    /// The keys by which the file names customers, and codeti where it has that. What is in the table stays. A later run
    /// reads it with --id-map.
    #[arg(long, value_name = "FILE", help_heading = "Output", value_parser = values::table_file(), hide_short_help = true)]
    pub(in crate::cli) write_id_map: Option<PathBuf>,
}

/// Which columns of a table name its customers.
#[derive(Debug, Args)]
pub struct CustomerArgs {
    /// Take a column for the customers' ids, or for something that they are found by, as in 'Логин=id:login'
    #[arg(long, value_name = "COLUMN=id[:KIND]", help_heading = "Columns", hide_short_help = true)]
    pub(in crate::cli) map: Vec<MappedCustomer>,
    #[command(flatten)]
    pub(in crate::cli) known: IdMapArgs,
}
