//! Runs a command and measures its wall time, CPU time and peak memory.
//!
//! The system adds up what the finished children of a process used, so each command gets a parent of its own:
//! this executable, started with [`MEASURE`], runs one command, waits for it and reports. Nothing is sampled,
//! and the figures contain neither the responder nor an earlier run. The command gets only the environment
//! given here, so that no proxy or setting of the caller affects it.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The first argument that makes this executable the parent of one command.
pub const MEASURE: &str = "internal:measure";

/// How many of the last lines of a failed command's standard error are shown.
const SHOWN_LINES: usize = 20;

/// A command to be measured.
pub struct Run {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment.
    pub environment: Vec<(&'static str, String)>,
}

/// What a successful command used.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Wall time from start to end.
    pub wall: Duration,
    /// User and system time of all its threads.
    pub cpu: Duration,
    /// Peak resident memory, in bytes.
    pub peak: u64,
}

/// Why there is no measurement.
#[derive(Debug)]
pub struct Failure {
    summary: String,
    details: String,
}

impl Failure {
    /// A failure that one line explains.
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), details: String::new() }
    }

    /// The one line for the table.
    pub fn summary(&self) -> &str {
        &self.summary
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)?;
        let lines: Vec<&str> = self.details.lines().collect();
        lines[lines.len().saturating_sub(SHOWN_LINES)..].iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl Run {
    /// Runs the command to its end. Its standard output is discarded; its standard error is shown if it
    /// fails.
    pub fn cost(&self) -> Result<Cost, Failure> {
        let output = Command::new(std::env::current_exe()?)
            .arg(MEASURE)
            .arg(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()?;
        let details = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = String::from_utf8_lossy(&output.stdout);
        match report.trim().split_once(' ') {
            Some(("ok", figures)) => {
                read_cost(figures).ok_or_else(|| Failure::new(format!("unreadable figures: {figures}")))
            }
            Some(("failed", status)) => Err(Failure { summary: status.to_owned(), details }),
            _ => Err(Failure { summary: "the measuring process failed".to_owned(), details }),
        }
    }
}

/// The other side of [`Run::cost`]: runs the command named by the arguments and reports on standard output.
pub fn measure(command: &[String]) -> ExitCode {
    match run_and_report(command) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("failed {}: {error}", command.first().map_or("no command", String::as_str));
            ExitCode::FAILURE
        }
    }
}

/// Runs the command and puts its figures, or how it ended, in one line.
fn run_and_report(command: &[String]) -> io::Result<String> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    let wall = start.elapsed();
    if !status.success() {
        return Ok(format!("failed {status}"));
    }
    let (cpu, peak) = used_by_children()?;
    Ok(format!("ok {} {} {peak}", wall.as_nanos(), cpu.as_nanos()))
}

/// Reads what [`run_and_report`] wrote.
fn read_cost(figures: &str) -> Option<Cost> {
    let mut figures = figures.split(' ').map(|figure| figure.parse().ok());
    let mut next = || figures.next().flatten();
    Some(Cost { wall: Duration::from_nanos(next()?), cpu: Duration::from_nanos(next()?), peak: next()? })
}

/// CPU time and peak memory in bytes of the children that have ended.
#[cfg(unix)]
fn used_by_children() -> io::Result<(Duration, u64)> {
    use nix::sys::resource::{UsageWho, getrusage};

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let (user, system) = (usage.user_time(), usage.system_time());
    let micros = (user.tv_sec() + system.tv_sec()) * 1_000_000 + user.tv_usec() + system.tv_usec();
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    Ok((Duration::from_micros(micros.unsigned_abs()), usage.max_rss().unsigned_abs() * unit))
}

/// Other systems do not report it.
#[cfg(not(unix))]
fn used_by_children() -> io::Result<(Duration, u64)> {
    Err(io::ErrorKind::Unsupported.into())
}
