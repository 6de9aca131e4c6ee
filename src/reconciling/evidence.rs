//! From evidence to verdict: two tables, one for a booking and one for a new customer. The book prints them, and a test
//! compares it with this file cell by cell. No request, no clock and no text of a server gets here.

/// What a customer's history shows of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trace {
    /// No trace of it.
    Nothing,
    /// Its tag, in so many entries.
    Tag(u64),
    /// An entry that may be it or may be another: without its tag, or with its tag in another form.
    Likeness,
}

/// What a customer's balance says beside the one that was read before the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Movement {
    /// It has moved by what is known to be booked, and by nothing else.
    AsKnown,
    /// It has moved as if the row in doubt were booked too.
    AsIfBooked,
    /// It has moved in another way.
    Otherwise,
    /// One of the two balances is not known, or this server's balances were not seen to move.
    NotKnown,
}

/// Everything that is known of a booking in doubt once the server was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BookingEvidence {
    pub(super) seen: Trace,
    /// Whether `--settle` and the lag of the history have passed since the request's end.
    pub(super) is_settled: bool,
    /// Whether this server was seen, in this session, to show a booking that is known to be there.
    pub(super) is_proven: bool,
    /// Whether every entry of the answer could be read.
    pub(super) is_whole: bool,
    pub(super) balance: Movement,
    /// Whether an entry of the same customer shows that was made when the request could no longer be at work.
    pub(super) has_later: bool,
}

/// Who was found for a row that adds a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoundWho {
    Nobody,
    /// One whom no other row of the run has, and who was not there before it.
    One,
    /// Customers among whom the row's own can't be told.
    Others,
}

/// Everything that is known of a new customer in doubt once the server was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CustomerEvidence {
    pub(super) found: FoundWho,
    /// Whether the same search found nobody before the row was sent.
    pub(super) was_missing: bool,
    /// Whether `--settle` and the lag of the search have passed since the request's end.
    pub(super) is_settled: bool,
    /// Whether such a search was seen, in this session, to find a customer who is known to exist.
    pub(super) is_proven: bool,
}

/// What the evidence comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It was applied, so many times.
    Applied(u64),
    NotApplied,
    /// It is not there, and may still come.
    NotYet,
    /// A person has to look.
    Open(Gap),
}

/// What is missing for a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Something is there that may be it.
    Likeness,
    /// The server was not seen to show what is there.
    Proof,
    /// A part of the answer can't be read.
    Unreadable,
    /// The balance says that it was booked, and the history does not show it.
    Balance,
    /// Nothing says that the history is whole.
    Reach,
    /// Nobody looked before the row was sent.
    NobodyLooked,
}

impl BookingEvidence {
    pub(super) const fn judge(self) -> Judgement {
        match self {
            Self { seen: Trace::Tag(times), .. } => Judgement::Applied(times),
            Self { is_settled: false, .. } => Judgement::NotYet,
            Self { seen: Trace::Likeness, .. } => Judgement::Open(Gap::Likeness),
            Self { is_proven: false, .. } => Judgement::Open(Gap::Proof),
            Self { is_whole: false, .. } => Judgement::Open(Gap::Unreadable),
            Self { balance: Movement::AsIfBooked, .. } => Judgement::Open(Gap::Balance),
            Self { balance: Movement::AsKnown, .. } | Self { has_later: true, .. } => Judgement::NotApplied,
            _ => Judgement::Open(Gap::Reach),
        }
    }
}

impl CustomerEvidence {
    pub(super) const fn judge(self) -> Judgement {
        match self {
            Self { found: FoundWho::Others, .. } => Judgement::Open(Gap::Likeness),
            Self { found: FoundWho::One, was_missing: true, .. } => Judgement::Applied(1),
            Self { found: FoundWho::One, .. } => Judgement::Open(Gap::NobodyLooked),
            Self { is_settled: false, .. } => Judgement::NotYet,
            Self { is_proven: false, .. } => Judgement::Open(Gap::Proof),
            _ => Judgement::NotApplied,
        }
    }
}
