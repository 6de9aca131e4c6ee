//! Operations by their names, and what the columns of a table are to them.

use super::fields::{CUSTOMER_ID, first_of_elements, is_known};
use super::lookup::{Nearest, nearest, normalise};
use super::model::{Action, Effect, Identity, Meaning, Parameter, Subcategory};
use super::recipes::{RECIPES, Recipe};
use super::version::Version;

/// What `import` can be asked to do with every row. Reads cannot be one.
#[derive(Debug, Clone, Copy)]
pub struct Operation(&'static Recipe);

/// A step of an operation: its place, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Step(pub u8);

impl Step {
    /// The first one, which is the only one of most operations.
    pub const FIRST: Self = Self(0);

    /// Its place among the steps.
    pub const fn place(self) -> usize {
        self.0 as usize
    }
}

/// What a column gives values for.
#[derive(Debug, Clone, Copy)]
pub struct StepParameter {
    pub parameter: &'static Parameter,
    /// The step that takes it, where its name says so: `edit.comment`. Else it goes with the first step that does.
    pub step: Option<Step>,
}

/// A field with the name that a column of it has.
#[derive(Debug, Clone)]
pub struct NamedParameter {
    pub name: String,
    pub of: StepParameter,
}

/// A name is not the name of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoParameter {
    /// Nothing is called so.
    Unknown,
    /// It means something else in each of these.
    Ambiguous(Vec<String>),
}

impl Operation {
    /// Its name on the command line, such as `change_balance`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// One line for people.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// The calls that it makes for a row, in their order.
    pub fn steps(self) -> impl Iterator<Item = (Step, &'static Subcategory)> + Clone {
        (0..=u8::MAX).map(Step).zip(self.0.steps)
    }

    /// How many steps a row can have.
    pub fn step_count(self) -> usize {
        self.0.steps.len()
    }

    /// Whether a row can have several calls.
    pub fn has_several_steps(self) -> bool {
        self.0.steps.len() > 1
    }

    /// The call of a step; the last one for a step that it does not have.
    pub fn step(self, step: Step) -> &'static Subcategory {
        &self.0.steps[step.place().min(self.0.steps.len() - 1)]
    }

    /// The step that does this.
    pub fn step_of(self, action: Action) -> Option<Step> {
        self.steps().find(|(_, subcategory)| subcategory.action == action).map(|(step, _)| step)
    }

    /// Whether one of its steps does this.
    pub fn does(self, action: Action) -> bool {
        self.step_of(action).is_some()
    }

    /// The steps that a row has whose customer is there although the row was to make it: those that take what the first
    /// step needs.
    pub fn heirs(self) -> impl Iterator<Item = Step> {
        let needed = self.step(Step::FIRST).parameters.iter().filter(|p| p.presence.is_required());
        needed.filter(|p| !p.is_customer()).filter_map(move |p| {
            let mut later = self.steps().skip(1);
            later.find(|(_, subcategory)| subcategory.by_meaning(p.meaning).is_some()).map(|(step, _)| step)
        })
    }

    /// The steps that must not happen twice.
    pub fn once_only(self) -> impl Iterator<Item = Step> {
        self.steps().filter(|(_, subcategory)| subcategory.effect == Effect::OnceOnly).map(|(step, _)| step)
    }

    /// What happens if a row is sent twice: the worst of what its steps do.
    pub fn effect(self) -> Effect {
        if self.once_only().next().is_some() { Effect::OnceOnly } else { Effect::Repeatable }
    }

    pub fn books_money(self) -> bool {
        self.0.steps.iter().any(Subcategory::books_money)
    }

    /// Whether a person should confirm the totals before many rows are sent.
    pub fn asks_first(self) -> bool {
        self.0.steps.iter().any(Subcategory::asks_first)
    }

    /// The parameter that a column of this name stands for, as [`Self::named`] finds it.
    pub fn parameter(self, column: &str) -> Option<&'static Parameter> {
        self.named(column).ok().map(|field| field.parameter)
    }

    /// What a column of this name gives values for. `id` and `customer_id` are interchangeable where the operation means
    /// the customer. Case, surrounding spaces, and hyphens for underscores do not matter. Where a name means different
    /// things in different steps, it has to be written with the step: `edit.comment`.
    pub fn named(self, column: &str) -> Result<StepParameter, NoParameter> {
        let wanted = normalise(column);
        if let Some((step, name)) = wanted.split_once('.').filter(|_| self.has_several_steps()) {
            let (step, subcategory) = self
                .steps()
                .find(|(_, subcategory)| subcategory.name == step.trim())
                .ok_or(NoParameter::Unknown)?;
            let parameter = parameter_named(subcategory, name.trim()).ok_or(NoParameter::Unknown)?;
            // The customer of one step is the customer of all.
            let step = (!parameter.is_customer()).then_some(step);
            return Ok(StepParameter { parameter, step });
        }
        let found: Vec<_> = self
            .steps()
            .filter_map(|(_, subcategory)| Some((subcategory, parameter_named(subcategory, &wanted)?)))
            .collect();
        let (_, first) = found.first().ok_or(NoParameter::Unknown)?;
        if found.iter().any(|(_, other)| other.meaning != first.meaning) {
            let names = found.iter().map(|(step, parameter)| format!("{}.{}", step.name, parameter.name));
            return Err(NoParameter::Ambiguous(names.collect()));
        }
        Ok(StepParameter { parameter: first, step: None })
    }

    /// The parameter that sets the customer's field that an export calls so, such as `phone.0.number`.
    pub fn sets_field(self, path: &str) -> Option<&'static Parameter> {
        self.0.steps.iter().flat_map(|step| step.parameters).find(|p| p.meaning.sets() == Some(path))
    }

    /// The first parameter with this meaning.
    pub fn by_meaning(self, meaning: Meaning) -> Option<&'static Parameter> {
        self.0.steps.iter().find_map(|step| step.by_meaning(meaning))
    }

    /// The parameter that says where a customer is made, if the operation makes customers.
    pub fn where_customers_are_made(self) -> Option<&'static Parameter> {
        let add = self.step(self.step_of(Action::Add)?);
        add.parameters.iter().find(|p| matches!(p.identity, Identity::Where))
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
        let mut set = self.0.steps.iter().flat_map(|step| step.parameters).filter_map(|p| p.meaning.sets());
        path != CUSTOMER_ID && is_known(&path.split('.').collect::<Vec<_>>()) && !set.any(holds)
    }

    /// The fields that a server of this version takes, each value once; without a version, those that were not
    /// withdrawn.
    pub fn fields_in(self, server: Option<Version>) -> Vec<NamedParameter> {
        let mut fields: Vec<NamedParameter> = Vec::new();
        for (step, subcategory) in self.steps() {
            for parameter in subcategory.parameters {
                let is_taken = match server {
                    Some(_) => parameter.is_in(server),
                    None => parameter.until.is_none(),
                };
                let is_there = |known: &NamedParameter| known.of.parameter.meaning == parameter.meaning;
                if !is_taken || self.has_several_steps() && fields.iter().any(is_there) {
                    continue;
                }
                let bare = self.named(parameter.name).ok();
                let (name, field) = match bare {
                    Some(field) => (parameter.name.to_owned(), field),
                    None => {
                        let name = format!("{}.{}", subcategory.name, parameter.name);
                        (name, StepParameter { parameter, step: Some(step) })
                    }
                };
                fields.push(NamedParameter { name, of: field });
            }
        }
        fields
    }

    /// The name of a column that gives a parameter its values: with its step where the parameter's own name means
    /// several things.
    pub fn column_name(self, parameter: &Parameter) -> String {
        let named = self.fields_in(None).into_iter();
        let mut named = named.filter(|known| known.of.parameter.meaning == parameter.meaning);
        named.next().map_or_else(|| parameter.name.to_owned(), |known| known.name)
    }

    /// The parameters that each row needs, with the names that their columns have: for a server of this version, or for
    /// any. Of several steps, those of the first, which a row without a customer needs.
    pub fn needed(self, server: Option<Version>) -> Vec<NamedParameter> {
        let first = self.0.steps.first();
        let is_needed = |known: &NamedParameter| {
            let parameter = known.of.parameter;
            parameter.presence.is_required()
                && first.is_some_and(|step| step.by_meaning(parameter.meaning).is_some())
        };
        self.fields_in(server).into_iter().filter(is_needed).collect()
    }
}

/// The parameter of this name, in small letters.
fn parameter_named(subcategory: &'static Subcategory, wanted: &str) -> Option<&'static Parameter> {
    subcategory.parameters.iter().find(|p| p.name == wanted).or_else(|| {
        let names_customer = || customer_names().any(|name| name == wanted);
        subcategory.customer_parameter(None).filter(|_| names_customer())
    })
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Operation {}

/// The names under which the operations take the customer's id.
fn customer_names() -> impl Iterator<Item = &'static str> {
    let steps = RECIPES.iter().flat_map(|recipe| recipe.steps);
    steps.flat_map(|step| step.parameters).filter(|p| p.is_customer()).map(|p| p.name)
}

/// Every operation, those of one step first, in the order in which a migration uses them.
pub fn operations() -> impl Iterator<Item = Operation> {
    RECIPES.iter().map(Operation)
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

#[cfg(test)]
mod tests {
    use super::{NoParameter, operation};

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
    fn what_means_two_things_is_written_with_its_step() {
        let migrate = operation("migrate").expect("migrate");
        let names = vec!["edit.comment".to_owned(), "change_balance.comment".to_owned()];
        assert_eq!(migrate.named("comment").err(), Some(NoParameter::Ambiguous(names)));
        assert_eq!(
            migrate.named("edit.comment").ok().and_then(|field| field.step),
            migrate.steps().nth(1).map(|(step, _)| step)
        );
        for same in ["is_potential", "billing_id", "id", "customer_id", "amount"] {
            assert!(migrate.named(same).is_ok_and(|field| field.step.is_none()), "{same}");
        }
        assert_eq!(migrate.named("edit.nonsense").err(), Some(NoParameter::Unknown));
        assert_eq!(migrate.named("delete.id").err(), Some(NoParameter::Unknown));
    }

    #[test]
    fn a_template_has_every_value_once() {
        let migrate = operation("migrate").expect("migrate");
        let names: Vec<String> = migrate.fields_in(None).into_iter().map(|field| field.name).collect();
        for (name, times) in [
            ("fio", 1),
            ("name", 0),
            ("id", 1),
            ("edit.comment", 1),
            ("value", 0),
            ("date_connect", 1),
            ("is_corporate", 1),
            ("flag_corporate", 0),
        ] {
            assert_eq!(names.iter().filter(|known| *known == name).count(), times, "{name}");
        }
    }
}
