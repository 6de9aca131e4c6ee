//! One file, imported with `--skip-invalid` against a sandbox: what was sent of it, and what was refused.

use super::{Entry, Output, Place, Sandbox, userside};

/// What became of a file.
pub(crate) struct Case {
    pub(crate) output: Output,
    results: String,
    /// The requests, in the order of the file.
    pub(crate) sent: Vec<Entry>,
}

impl Case {
    /// `line` is the operation and further options, as one types them after `import`, without quoting.
    pub(crate) fn of(line: &str, name: &str, content: impl AsRef<[u8]>) -> Self {
        Self::with_args(&line.split_whitespace().collect::<Vec<_>>(), name, content)
    }

    /// The same, each argument by itself.
    pub(crate) fn with_args(arguments: &[&str], name: &str, content: impl AsRef<[u8]>) -> Self {
        let place = Place::new().with(name, content);
        let sandbox = Sandbox::start();
        let output = userside(&place)
            .args(["import"])
            .args(arguments)
            .args([name, "--skip-invalid", "--concurrency", "1", "--max-failures", "100%", "--yes"])
            .to(&sandbox)
            .run();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Self { output, results: format!("{stem}.results.csv"), sent: sandbox.writes() }
    }

    /// What was sent for one parameter, request by request; empty where it was not sent.
    pub(crate) fn values(&self, parameter: &str) -> Vec<&str> {
        let value = |entry: &'_ Entry| entry.parameters.contains_key(parameter);
        self.sent.iter().map(|entry| if value(entry) { entry.parameter(parameter) } else { "" }).collect()
    }

    /// Why each row was refused; empty for the others.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let results = self.output.results_in(&self.results);
        let why = |row: &super::Row| {
            if row.result("status") == "invalid" { row.result("error").to_owned() } else { String::new() }
        };
        results.rows.iter().map(why).collect()
    }

    /// Which rows were refused, counted from 1, the header not counted.
    pub(crate) fn refused(&self) -> Vec<usize> {
        let why = self.refusals();
        (1..=why.len()).filter(|row| !why[row - 1].is_empty()).collect()
    }
}
