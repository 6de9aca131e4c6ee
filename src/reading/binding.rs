//! What gives a parameter its values: a column.

use super::column_reading::CellPart;
use crate::catalogue::{KeyKind, Parameter, Step};

/// A column that gives a parameter its values.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The column's place, counted from 0.
    pub column: usize,
    /// The parameter.
    pub parameter: &'static Parameter,
    /// The step that takes it, where its name says so.
    pub step: Option<Step>,
    /// How its cells are read, where the mapping says so: the place in [`Columns::readings`](super::Columns::readings).
    pub reading: Option<usize>,
    /// Which value of its cells it is, where they hold several.
    pub part: Option<CellPart>,
}

/// A column that names a customer by something else than the id.
#[derive(Debug, Clone, Copy)]
pub struct KeyBinding {
    /// The column, and the parameter that gets the id.
    pub binding: Binding,
    /// What its values are.
    pub kind: KeyKind,
}
