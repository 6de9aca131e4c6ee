//! The table of the results.

use std::fmt;

use super::child::Failure;

/// The cells of a line, and the headings of the columns.
type Cells = [String; 5];

/// Lines of measurements, printed as aligned text.
#[derive(Default)]
pub struct Table {
    lines: Vec<Cells>,
    failures: usize,
}

impl Table {
    /// Adds a line. `yardstick` is the bare loop's figure, empty if there is none.
    pub fn line(&mut self, measurement: &str, figure: String, yardstick: String, limit: String, met: bool) {
        let met = if met { "yes" } else { "NO" };
        eprintln!("  {measurement}: {figure}");
        self.lines.push([measurement.to_owned(), figure, yardstick, limit, met.to_owned()]);
    }

    /// Adds a line for something that could not be measured, and says on standard error why.
    pub fn failed(&mut self, measurement: &str, failure: &Failure) {
        self.failed_beside(measurement, failure, String::new());
    }

    /// The same if the bare loop has a figure.
    pub fn failed_beside(&mut self, measurement: &str, failure: &Failure, yardstick: String) {
        eprintln!("  {measurement}: {failure}");
        self.failures += 1;
        self.lines.push([
            measurement.to_owned(),
            failure.summary().to_owned(),
            yardstick,
            String::new(),
            "NO".to_owned(),
        ]);
    }

    /// Whether every line has a figure.
    pub fn is_complete(&self) -> bool {
        self.failures == 0
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads: Cells = ["measurement", "program", "bare loop", "limit", "met"].map(String::from);
        let mut widths = heads.each_ref().map(|head| head.chars().count());
        for line in &self.lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        write_line(f, &heads, &widths)?;
        let rules: Cells = widths.map(|width| "-".repeat(width));
        write_line(f, &rules, &widths)?;
        self.lines.iter().try_for_each(|line| write_line(f, line, &widths))
    }
}

/// Writes one line without spaces at its end.
fn write_line(f: &mut fmt::Formatter<'_>, cells: &Cells, widths: &[usize; 5]) -> fmt::Result {
    let mut text = String::new();
    for (cell, &width) in cells.iter().zip(widths) {
        text.push_str(&format!("{cell:<width$}  "));
    }
    writeln!(f, "{}", text.trim_end())
}
