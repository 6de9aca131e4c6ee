//! The fields that every request carries besides its parameters.

use super::version::Version;

/// From this version on, writes must be sent by POST.
pub const WRITES_BY_POST: Version = Version::point(3, 21, 0);

/// The field that holds the API key.
pub const KEY: &str = "key";

/// The field that names the section, such as `customer`.
pub const SECTION: &str = "cat";

/// The field that names the subcategory. The specification and older clients say `subcat`; the vendor's
/// wiki since 2024 and newer clients say `action`; some servers accept either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiSelector {
    Subcat,
    Action,
}

impl ApiSelector {
    /// Both, in the order in which they are tried.
    pub const ALL: [Self; 2] = [Self::Subcat, Self::Action];

    /// The field's name in a request.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Subcat => "subcat",
            Self::Action => "action",
        }
    }
}
