//! The program, the bare loop, and the files that they are run on.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;

use super::bare;
use super::child::{Cost, Failure, Run};
use super::inputs::{self, Content};
use super::responder::{Behaviour, Responder};

/// The maximum number of requests in flight, for both.
pub const CONNECTIONS: usize = 32;

/// A folder for the files, and how thoroughly to measure.
pub struct Bench {
    /// One run of each, fewer rows.
    pub quick: bool,
    directory: TempDir,
}

impl Bench {
    /// Makes the folder, which is removed on drop.
    pub fn new(quick: bool) -> Result<Self, Failure> {
        Ok(Self { quick, directory: tempfile::Builder::new().prefix("userside-bulk-bench-").tempdir()? })
    }

    /// The first number for a thorough measurement, the second for a quick one.
    pub fn pick(&self, thorough: usize, quick: usize) -> usize {
        if self.quick { quick } else { thorough }
    }

    /// Makes an input file.
    pub fn input(&self, name: &str, rows: usize, content: Content) -> Result<PathBuf, Failure> {
        let path = self.directory.path().join(name);
        eprintln!("  making {name}, {rows} rows");
        inputs::write(&path, rows, content)?;
        Ok(path)
    }

    /// Runs `import` on a file against a responder.
    pub fn import(
        &self,
        operation: &str,
        input: &Path,
        url: &str,
        options: &[&str],
    ) -> Result<Cost, Failure> {
        let fresh = self.beside(input)?;
        let results = fresh.path().join("results.csv");
        let mut arguments: Vec<OsString> =
            vec!["import".into(), operation.into(), fresh.path().join("input.csv").into()];
        arguments.extend(["--url", url, "--selector", "subcat", "--quiet"].map(OsString::from));
        arguments.extend(["--results".into(), results.into_os_string()]);
        arguments.extend(options.iter().map(OsString::from));
        program(arguments).cost()
    }

    /// Runs `export` against a responder.
    pub fn export(&self, url: &str, options: &[&str]) -> Result<Cost, Failure> {
        let fresh = tempfile::tempdir_in(self.directory.path())?;
        let mut arguments: Vec<OsString> =
            ["export", "--is-ex", "0", "--url", url].map(OsString::from).into();
        arguments.extend(["--selector", "subcat", "--quiet", "--output"].map(OsString::from));
        arguments.push(fresh.path().join("customers").into_os_string());
        arguments.extend(options.iter().map(OsString::from));
        program(arguments).cost()
    }

    /// Runs `validate` on a file.
    pub fn validate(&self, operation: &str, input: &Path) -> Result<Cost, Failure> {
        let fresh = self.beside(input)?;
        program(vec!["validate".into(), operation.into(), fresh.path().join("input.csv").into()]).cost()
    }

    /// A folder for one run with the input in it, so that the files beside the input are gone before the next
    /// run.
    fn beside(&self, input: &Path) -> Result<TempDir, Failure> {
        let fresh = tempfile::tempdir_in(self.directory.path())?;
        fs::hard_link(input, fresh.path().join("input.csv"))?;
        Ok(fresh)
    }
}

/// The program with its arguments.
fn program(arguments: Vec<OsString>) -> Run {
    Run {
        program: env!("CARGO_BIN_EXE_userside-bulk").into(),
        arguments,
        environment: vec![("USERSIDE_API_KEY", inputs::KEY.to_owned())],
    }
}

/// Runs the bare loop on a file of bodies.
pub fn bare_loop(bodies: &Path, url: &str, connections: usize) -> Result<Cost, Failure> {
    let arguments = vec![bare::RUN.into(), bodies.into(), url.into(), connections.to_string().into()];
    Run { program: std::env::current_exe()?, arguments, environment: Vec::new() }.cost()
}

/// The read with which the program checks server and key before the first row.
pub const PROBE: usize = 1;

/// Runs a client against a new responder, which must get exactly this many requests.
pub fn against(
    behaviour: Behaviour,
    requests: usize,
    client: impl FnOnce(&str) -> Result<Cost, Failure>,
) -> Result<(Cost, Vec<Instant>), Failure> {
    let responder = Responder::start(behaviour)?;
    let cost = client(&responder.url());
    let arrivals = responder.finish(requests);
    Ok((cost?, arrivals?))
}
