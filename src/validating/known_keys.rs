//! What is known of the customers whom a file names by something else than the id.

use std::sync::Arc;

use super::key_map::{KeyHolder, KeyMap};
use crate::catalogue::KeyKind;

/// What is known of the customers whom a file names by keys.
#[derive(Debug, Clone)]
pub struct KnownKeys {
    pub(super) map: Arc<KeyMap>,
    /// Whether everything was looked up that the file names.
    pub(super) is_whole: bool,
}

/// Nothing is known, and nobody looks anything up.
impl Default for KnownKeys {
    fn default() -> Self {
        Self { map: Arc::default(), is_whole: true }
    }
}

impl KnownKeys {
    /// What files say; the rest is still to be looked up.
    pub fn of_files(map: KeyMap) -> Self {
        Self { map: Arc::new(map), is_whole: false }
    }

    /// Everything, as it was looked up.
    pub fn whole(map: KeyMap) -> Self {
        Self { map: Arc::new(map), is_whole: true }
    }

    pub fn map(&self) -> &KeyMap {
        &self.map
    }
}

/// A customer whom a row names by a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowKey {
    pub kind: KeyKind,
    pub value: String,
    /// Whether it is the parent of the row's customer.
    pub is_parent: bool,
    /// Who has it; none where nobody has looked that up yet.
    pub holder: Option<KeyHolder>,
}
