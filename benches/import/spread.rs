//! Several runs of one measurement as one figure, and figures as text.

/// The median and the extremes of several runs.
#[derive(Clone, Copy)]
pub struct Spread {
    /// For an even number of runs, the mean of the two in the middle.
    pub median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    /// Sums up the runs; none if there were none.
    pub fn of(runs: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut runs: Vec<f64> = runs.into_iter().collect();
        runs.sort_by(f64::total_cmp);
        let (min, max) = (*runs.first()?, *runs.last()?);
        let median = f64::midpoint(runs[(runs.len() - 1) / 2], runs[runs.len() / 2]);
        Some(Self { median, min, max })
    }

    /// `median (min–max)`, or only the median if all are equal.
    pub fn text(&self, show: impl Fn(f64) -> String) -> String {
        let median = show(self.median);
        let (min, max) = (show(self.min), show(self.max));
        if min == max { median } else { format!("{median} ({min}–{max})") }
    }
}

/// A whole number with its thousands separated: `65,000`.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two decimals: seconds.
pub fn hundredths(value: f64) -> String {
    format!("{value:.2}")
}

/// Three decimals: CPU seconds of many rows.
pub fn thousandths(value: f64) -> String {
    format!("{value:.3}")
}

/// One decimal: MiB.
pub fn tenths(value: f64) -> String {
    format!("{value:.1}")
}
