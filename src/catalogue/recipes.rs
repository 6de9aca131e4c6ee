//! Operations: what can be done with every row of a table. Each is a list of steps, and a step is one call. To add a
//! step to an operation, or an operation, is a line here.

use super::customer::{ADD, CHANGE_BALANCE, CHANGE_BILLING, CHANGE_DATE_CONNECT, DELETE, EDIT};
use super::model::Subcategory;

/// What is done with a row.
#[derive(Debug)]
pub struct Recipe {
    /// The operation's name on the command line.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The calls, in the order in which they are made. Each waits for the one before.
    pub steps: &'static [Subcategory],
}

const fn one(steps: &'static [Subcategory; 1]) -> Recipe {
    Recipe { name: steps[0].name, summary: steps[0].summary, steps }
}

/// Every operation, those of one step in the order in which a migration uses them.
pub(super) static RECIPES: &[Recipe] = &[
    one(&[ADD]),
    one(&[EDIT]),
    one(&[CHANGE_DATE_CONNECT]),
    one(&[CHANGE_BALANCE]),
    one(&[CHANGE_BILLING]),
    one(&[DELETE]),
    Recipe {
        name: "migrate",
        summary: "move a customer: add, edit, change_date_connect and change_balance for each row",
        steps: &[ADD, EDIT, CHANGE_DATE_CONNECT, CHANGE_BALANCE],
    },
];
