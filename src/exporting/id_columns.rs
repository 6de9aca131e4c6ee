//! The names under which a table has its customers' ids.

use crate::catalogue::customer_id_names;

/// Whether a column of this name, in lower case, holds the customers' ids.
pub(super) fn is_id_column(name: &str) -> bool {
    customer_id_names().contains(&name)
}
