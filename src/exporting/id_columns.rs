//! The names under which a table has its customers' ids.

use crate::catalogue::{CUSTOMER_ID, Operation, operations};

/// The names: `id`, and those under which operations take a customer's id.
pub(super) fn id_columns() -> Vec<&'static str> {
    let parameters =
        operations().flat_map(Operation::steps).filter_map(|(_, step)| step.customer_parameter(None));
    let mut names: Vec<&str> = std::iter::once(CUSTOMER_ID).chain(parameters.map(|p| p.name)).collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

/// Whether a column of this name, in lower case, holds the customers' ids.
pub(super) fn is_id_column(name: &str) -> bool {
    id_columns().contains(&name)
}
