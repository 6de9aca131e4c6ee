//! The vocabulary in which the API is described. Entries are `const`; the builder methods exist so that
//! a parameter is one line in the table.

use super::version::Version;

/// A section of the API: what the request's `cat` names.
#[derive(Debug)]
pub struct Section {
    /// The value of the `cat` field.
    pub name: &'static str,
    /// Every subcategory of the section.
    pub subcategories: &'static [Subcategory],
    /// The parameter that tells the server not to fire its internal triggers; every subcategory takes it.
    pub skip_internal_api: Parameter,
}

/// What a subcategory does: the typed form of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Creates a customer.
    Add,
    /// Lists a customer's operations.
    History,
    /// Books money on a customer's balance.
    ChangeBalance,
    /// Moves a customer to another billing.
    ChangeBilling,
    /// Sets the date of connection.
    ChangeDateConnect,
    /// Removes a customer.
    Delete,
    /// Changes a customer's fields.
    Edit,
    /// Counts active customers.
    Count,
    /// Finds a customer by something known about it.
    Find,
    /// Finds customers by conditions.
    Select,
    /// Reads a customer.
    Read,
}

/// What happens when a call is made twice. It decides whether a call whose outcome is unknown may be
/// repeated without asking the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing.
    Reads,
    /// Writes, and a second time changes nothing more.
    Repeatable,
    /// Writes, and a second time does it twice: another customer, the money booked again.
    OnceOnly,
}

/// One subcategory of a section.
#[derive(Debug)]
pub struct Subcategory {
    /// What it does.
    pub action: Action,
    /// Its name in a request, and the operation's name on the command line.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    pub effect: Effect,
    /// The first version that has it, where the specification says so.
    pub added: Option<Version>,
    /// Its parameters, obligatory ones first.
    pub parameters: &'static [Parameter],
}

/// The type of a parameter's value; `validating` has one rule for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A whole number that identifies something. 0 means none, except for a customer's id, which starts at 1.
    Id,
    /// `1` or `0`.
    Flag,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DD`, with or without ` HH:MM:SS`.
    DateTime,
    /// A decimal number.
    Money,
    /// An e-mail address.
    Email,
    /// A telephone number: digits, with a leading `+` or without.
    Phone,
    /// A whole number, negative too.
    Integer,
    /// A whole number on older servers, on newer ones any text: a number is written as one, a word stays as it is.
    NumberOrText,
    /// An IPv4 address.
    Ip,
    /// A hardware address: twelve hex digits.
    Mac,
    /// Anything.
    Text,
    /// One of a closed list.
    Choice(&'static [Choice]),
}

impl ValueKind {
    /// Whether it is a date, with or without a time.
    pub const fn is_date(self) -> bool {
        matches!(self, Self::Date | Self::DateTime)
    }

    /// The type's name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Flag => "flag",
            Self::Date => "date",
            Self::DateTime => "date and time",
            Self::Money => "money",
            Self::Email => "e-mail",
            Self::Phone => "phone",
            Self::Integer => "integer",
            Self::NumberOrText => "number/text",
            Self::Ip => "IP address",
            Self::Mac => "MAC address",
            Self::Text => "text",
            Self::Choice(_) => "choice",
        }
    }
}

/// One value of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The value in a request.
    pub name: &'static str,
    /// The field of a customer that it stands for, as a path into the answer of [`Action::Read`].
    pub field: &'static str,
    /// The type of what is looked for by it.
    pub kind: ValueKind,
    /// The first version that takes it, where known.
    pub since: Option<Version>,
}

impl Choice {
    pub(super) const fn since(mut self, version: Version) -> Self {
        self.since = Some(version);
        self
    }
}

/// Whether a call needs the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The specification lists it as obligatory.
    Obligatory,
    /// The specification does not require it, but no server does anything useful without it.
    InPractice,
    /// It may be left out.
    Optional,
}

impl Presence {
    /// Whether a row without a value for it is invalid.
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Obligatory | Self::InPractice)
    }
}

/// Where a parameter is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// The vendor's specification of the section.
    Specification,
    /// Newer pages of the vendor's wiki. Older servers may ignore it.
    NewerWiki,
}

/// What a parameter means, as far as the rest of the program needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Which customer the call is about.
    Customer,
    /// A new value for the customer's field at this path.
    Sets(&'static str),
    /// How much money is booked.
    Amount,
    /// The note that a booking carries.
    BookingNote,
    /// The employee in whose name a booking is made.
    Employee,
    /// Only customers whose field at this path equals the value.
    Equals(&'static str),
    /// Only customers whose field at this path is at least the value.
    AtLeast(&'static str),
    /// Only customers whose field at this path is at most the value.
    AtMost(&'static str),
    /// Former customers: only these, or, in a search for one customer, not these.
    Former,
    /// The maximum number of customers returned. Not a condition.
    Limit,
    /// Compare by substring. Not a condition.
    Substring,
    /// What kind of value a customer is searched for by, or what is counted.
    Typer,
    /// The value that a customer is searched for by.
    Sought,
    /// Tells the server not to fire its internal triggers.
    SkipTriggers,
}

impl Meaning {
    /// The path of the field that gets a new value.
    pub const fn sets(self) -> Option<&'static str> {
        match self {
            Self::Sets(path) => Some(path),
            _ => None,
        }
    }
}

/// Whether two rows with the same value for the parameter count as duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// It plays no part.
    No,
    /// It counts; rows without it are not compared.
    Needed,
    /// It counts in rows that have it.
    Where,
}

/// One parameter of a subcategory.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name in a request and as a column.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    pub kind: ValueKind,
    pub presence: Presence,
    /// The first version that takes it, where known.
    pub since: Option<Version>,
    /// The first version that no longer takes it.
    pub until: Option<Version>,
    pub provenance: Provenance,
    pub meaning: Meaning,
    pub identity: Identity,
}

impl Parameter {
    /// Whether a server of this version takes the parameter; without a version, every one does.
    pub fn is_in(&self, server: Option<Version>) -> bool {
        server.is_none_or(|server| {
            self.since.is_none_or(|since| server >= since) && self.until.is_none_or(|until| server < until)
        })
    }

    /// Whether the parameter names the customer that the call is about.
    pub fn is_customer(&self) -> bool {
        self.meaning == Meaning::Customer
    }

    /// Whether the parameter is a search condition.
    pub fn is_condition(&self) -> bool {
        use Meaning::{AtLeast, AtMost, Equals, Former};
        matches!(self.meaning, Equals(_) | AtLeast(_) | AtMost(_) | Former)
    }

    pub(super) const fn new(
        name: &'static str,
        kind: ValueKind,
        meaning: Meaning,
        summary: &'static str,
    ) -> Self {
        Self {
            name,
            summary,
            kind,
            presence: Presence::Optional,
            since: None,
            until: None,
            provenance: Provenance::Specification,
            meaning,
            identity: Identity::No,
        }
    }

    pub(super) const fn obligatory(mut self) -> Self {
        self.presence = Presence::Obligatory;
        self
    }

    pub(super) const fn in_practice(mut self) -> Self {
        self.presence = Presence::InPractice;
        self
    }

    pub(super) const fn since(mut self, version: Version) -> Self {
        self.since = Some(version);
        self
    }

    pub(super) const fn until(mut self, version: Version) -> Self {
        self.until = Some(version);
        self
    }

    pub(super) const fn newer_wiki(mut self) -> Self {
        self.provenance = Provenance::NewerWiki;
        self
    }

    pub(super) const fn identity(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }
}

impl Subcategory {
    /// The parameter that names the customer that a call is about, for a server of this version.
    pub fn customer_parameter(&self, server: Option<Version>) -> Option<&'static Parameter> {
        self.parameters.iter().rev().find(|p| p.is_customer() && p.is_in(server))
    }

    /// The parameter with this meaning.
    pub fn by_meaning(&self, meaning: Meaning) -> Option<&'static Parameter> {
        self.parameters.iter().find(|p| p.meaning == meaning)
    }

    pub fn books_money(&self) -> bool {
        self.by_meaning(Meaning::Amount).is_some()
    }

    /// Whether a person should confirm the totals before many rows are sent: it books money or deletes
    /// customers.
    pub fn asks_first(&self) -> bool {
        self.books_money() || self.action == Action::Delete
    }

    /// Whether a server of this version has the subcategory; without a version, every one does.
    pub fn is_in(&self, server: Option<Version>) -> bool {
        server.is_none_or(|server| self.added.is_none_or(|added| server >= added))
    }
}

impl Section {
    /// The subcategory that does this; a test checks that every action of the section has one.
    pub fn subcategory(&self, action: Action) -> Option<&'static Subcategory> {
        self.subcategories.iter().find(|s| s.action == action)
    }
}
