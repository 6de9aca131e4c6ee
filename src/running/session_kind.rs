//! Which command a session is.

/// Which command a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// The first one of a run.
    Import,
    /// Goes on with it.
    Resume,
    /// Finds out, and sends nothing that was not sent before.
    Reconcile,
}

impl SessionKind {
    /// Its name in the journal.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Resume => "resume",
            Self::Reconcile => "reconcile",
        }
    }
}
