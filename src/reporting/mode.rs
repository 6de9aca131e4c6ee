//! How much is shown.

/// How much is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mode {
    /// `--quiet`: no progress, no summary; warnings and errors remain.
    pub quiet: bool,
    /// `--json`: the summary goes to standard output as one object.
    pub json: bool,
    /// Whether standard error is a terminal that nothing else writes to.
    pub progress: bool,
}
