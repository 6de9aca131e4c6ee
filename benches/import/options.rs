//! The arguments after `cargo bench --`.

/// What to measure, and how thoroughly.
pub struct Options {
    /// The subjects, in the order of the table.
    pub subjects: Vec<Subject>,
    /// One run of each, fewer rows.
    pub quick: bool,
}

/// What to do.
pub enum Request {
    /// Measure.
    Measure(Options),
    /// Not started by `cargo bench`, but for example by `cargo test --all-targets`.
    Nothing,
}

/// A group of lines of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Rows per second and CPU per row if nothing slows the program down.
    Throughput,
    /// Calls per second where rows have several steps.
    Migration,
    /// Time lost between requests if the server is slow.
    Latency,
    /// How exactly `--rate` is kept.
    Pace,
    /// Rows checked per second.
    Validation,
    /// Peak memory on a large file.
    Memory,
    /// Time and memory of exports.
    Export,
}

impl Subject {
    /// Every subject, in the order of the table.
    const ALL: [Self; 7] = [
        Self::Throughput,
        Self::Migration,
        Self::Latency,
        Self::Pace,
        Self::Validation,
        Self::Memory,
        Self::Export,
    ];

    /// The subject's name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throughput => "throughput",
            Self::Migration => "migration",
            Self::Latency => "latency",
            Self::Pace => "pace",
            Self::Validation => "validation",
            Self::Memory => "memory",
            Self::Export => "export",
        }
    }
}

/// Reads the arguments. Cargo adds `--bench` to a measurement, but not to a test run.
pub fn parse(arguments: &[String]) -> Result<Request, String> {
    let mut chosen = Vec::new();
    let mut quick = false;
    let mut by_cargo_bench = false;
    for argument in arguments {
        match argument.as_str() {
            "--bench" => by_cargo_bench = true,
            "--quick" => quick = true,
            name => match Subject::ALL.into_iter().find(|subject| subject.name() == name) {
                Some(subject) => chosen.push(subject),
                None if by_cargo_bench || arguments.iter().any(|other| other == "--bench") => {
                    return Err(format!("`{name}` is not a subject; use {} or --quick", names()));
                }
                None => {}
            },
        }
    }
    if !by_cargo_bench {
        return Ok(Request::Nothing);
    }
    let subjects =
        Subject::ALL.into_iter().filter(|subject| chosen.is_empty() || chosen.contains(subject)).collect();
    Ok(Request::Measure(Options { subjects, quick }))
}

/// The subjects' names for a message.
fn names() -> String {
    Subject::ALL.map(Subject::name).join(", ")
}
