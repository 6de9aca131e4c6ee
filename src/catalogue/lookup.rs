//! Finding things in the catalogue, and the nearest name for "did you mean".

use super::customer::CUSTOMER;
use super::fields::{CUSTOMER_ID, first_of_elements, is_known};
use super::model::{Action, Choice, Effect, Meaning, Parameter, Subcategory, ValueKind};
use super::version::Version;

/// A subcategory that writes: what `import` can be asked to do. Reads cannot be one.
#[derive(Debug, Clone, Copy)]
pub struct Operation(&'static Subcategory);

impl Operation {
    pub fn subcategory(self) -> &'static Subcategory {
        self.0
    }

    /// The name in the specification, such as `change_balance`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The parameter that a column of this name stands for. `id` and `customer_id` are interchangeable where
    /// the operation means the customer. Case, surrounding spaces, and hyphens for underscores do not matter.
    pub fn parameter(self, column: &str) -> Option<&'static Parameter> {
        let wanted = normalise(column);
        self.0.parameters.iter().find(|p| p.name == wanted).or_else(|| {
            customer_names().any(|name| name == wanted).then(|| self.0.customer_parameter(None)).flatten()
        })
    }

    /// The parameter that sets the customer's field that an export calls so, such as `phone.0.number`.
    pub fn sets_field(self, path: &str) -> Option<&'static Parameter> {
        self.0.parameters.iter().find(|p| p.meaning.sets() == Some(path))
    }

    /// The parameters that set the elements of a list that an export joins in one column, such as `phone`: each
    /// element's first value.
    pub fn sets_elements(self, path: &str) -> Option<Vec<&'static Parameter>> {
        let first = first_of_elements(path)?;
        let at = |place: usize| self.sets_field(&first.replace('#', &place.to_string()));
        let parameters: Vec<_> = (0..).map_while(at).collect();
        (!parameters.is_empty()).then_some(parameters)
    }

    /// Whether a column of an export may be left out: it is a field of a customer that the operation cannot set.
    /// The id is not, and neither is anything that holds what can be set.
    pub fn leaves_out_field(self, path: &str) -> bool {
        let holds = |set: &str| {
            set.strip_prefix(path).is_some_and(|below| below.is_empty() || below.starts_with('.'))
        };
        path != CUSTOMER_ID
            && is_known(&path.split('.').collect::<Vec<_>>())
            && !self.0.parameters.iter().filter_map(|p| p.meaning.sets()).any(holds)
    }

    /// The parameters that a server of this version takes; without a version, those that were not withdrawn.
    pub fn parameters_in(self, server: Option<Version>) -> impl Iterator<Item = &'static Parameter> {
        self.0.parameters.iter().filter(move |p| match server {
            Some(_) => p.is_in(server),
            None => p.until.is_none(),
        })
    }
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.0.action == other.0.action
    }
}

impl Eq for Operation {}

/// The names under which the operations take the customer's id.
fn customer_names() -> impl Iterator<Item = &'static str> {
    operations().flat_map(|o| o.0.parameters).filter(|p| p.is_customer()).map(|p| p.name)
}

/// Every operation, in the order in which a migration uses them.
pub fn operations() -> impl Iterator<Item = Operation> {
    CUSTOMER.subcategories.iter().filter(|s| s.effect != Effect::Reads).map(Operation)
}

/// No operation has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no operation '{name}'{nearest}; the operations are {known}")]
pub struct UnknownOperation {
    name: String,
    nearest: Nearest,
    known: String,
}

/// The operation of this name; hyphens are accepted for underscores.
pub fn operation(name: &str) -> Result<Operation, UnknownOperation> {
    let wanted = normalise(name);
    operations().find(|o| o.name() == wanted).ok_or_else(|| UnknownOperation {
        name: name.to_owned(),
        nearest: nearest(&wanted, operations().map(Operation::name)),
        known: operations().map(Operation::name).collect::<Vec<_>>().join(", "),
    })
}

/// What this read can look for or count: the closed list of its type parameter.
pub fn choices(action: Action) -> &'static [Choice] {
    let typer = CUSTOMER.subcategory(action).and_then(|read| read.by_meaning(Meaning::Typer));
    match typer.map(|typer| typer.kind) {
        Some(ValueKind::Choice(choices)) => choices,
        _ => &[],
    }
}

fn normalise(name: &str) -> String {
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
    use super::{nearest, operation};

    #[test]
    fn an_operation_is_found_with_hyphens_or_underscores() {
        assert_eq!(operation("change-balance"), operation("change_balance"));
        assert!(operation("change-balance").is_ok());
    }

    #[test]
    fn a_read_is_not_an_operation() {
        assert!(operation("get_data").is_err());
    }

    #[test]
    fn a_misspelt_operation_is_answered_with_the_nearest() {
        let error = operation("chnage_balance").expect_err("misspelt").to_string();
        assert!(error.contains("did you mean 'change_balance'"), "{error}");
    }

    #[test]
    fn the_customer_goes_by_either_name() {
        let edit = operation("edit").expect("edit");
        assert_eq!(edit.parameter("customer_id").map(|p| p.name), Some("id"));
        let change_balance = operation("change_balance").expect("change_balance");
        assert_eq!(change_balance.parameter(" ID ").map(|p| p.name), Some("customer_id"));
        let add = operation("add").expect("add");
        assert!(add.parameter("id").is_none());
    }

    #[test]
    fn nothing_is_suggested_for_a_name_far_from_all() {
        assert_eq!(nearest(&"amount".repeat(100_000), ["amount", "comment"]).name(), None);
        assert_eq!(nearest("zzz", ["amount", "comment"]).name(), None);
        assert_eq!(nearest("amout", ["amount", "comment"]).name(), Some("amount"));
    }
}
