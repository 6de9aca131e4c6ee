//! Finding things in the catalogue, and the nearest name for "did you mean".

use super::customer::CUSTOMER;
use super::model::{Action, Choice, Meaning, ValueKind};

/// What this read can look for or count: the closed list of its type parameter.
pub fn choices(action: Action) -> &'static [Choice] {
    let typer = CUSTOMER.subcategory(action).and_then(|read| read.by_meaning(Meaning::Typer));
    match typer.map(|typer| typer.kind) {
        Some(ValueKind::Choice(choices)) => choices,
        _ => &[],
    }
}

pub(super) fn normalise(name: &str) -> String {
    name.trim().to_lowercase().replace('-', "_")
}

/// The name that was probably meant. Displayed, it is ` (did you mean 'x'?)`, to follow a message, or
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest(Option<String>);

impl Nearest {
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl std::fmt::Display for Nearest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_deref().map_or(Ok(()), |name| write!(f, " (did you mean '{name}'?)"))
    }
}

/// The candidate nearest to what was typed, if one is near enough to be worth suggesting.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Nearest {
    /// Below this a suggestion misleads more often than it helps.
    const NEAR_ENOUGH: f64 = 0.75;
    /// A longer name is no misspelt one, and comparing it takes long.
    const LONG: usize = 128;
    let is_short = |name: &str| name.len() <= LONG;
    if !is_short(typed) {
        return Nearest(None);
    }
    let typed = normalise(typed);
    let best = candidates
        .into_iter()
        .filter(|candidate| is_short(candidate))
        .map(|candidate| (likeness(&typed, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Nearest(best.map(|(_, name)| name.to_owned()))
}

fn likeness(typed: &str, candidate: &str) -> f64 {
    let candidate = candidate.to_lowercase();
    let transposed = 1.0
        - strsim::osa_distance(typed, &candidate) as f64
            / typed.chars().count().max(candidate.chars().count()).max(1) as f64;
    strsim::jaro_winkler(typed, &candidate).max(transposed)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nothing_is_suggested_for_a_name_far_from_all() {
        assert_eq!(nearest(&"amount".repeat(100_000), ["amount", "comment"]).name(), None);
        assert_eq!(nearest("zzz", ["amount", "comment"]).name(), None);
        assert_eq!(nearest("amout", ["amount", "comment"]).name(), Some("amount"));
    }
}
