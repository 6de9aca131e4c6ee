//! Cells that were made one.

/// Cells that were made one. RowKeeper are counted from 1, columns from 0; the last ones are among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MergedCells {
    pub(super) rows: (u32, u32),
    pub(super) columns: (u32, u32),
}
