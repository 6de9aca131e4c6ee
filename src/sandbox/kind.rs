//! The kinds of faults: when a struck request is carried out, and what the client sees of it.

use std::fmt;
use std::time::Duration;

/// When a struck request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Execution {
    /// Not at all.
    Never,
    /// Before the answer.
    Now,
    /// After the answer, as when the web server gives up and PHP goes on.
    Late,
    /// Two times before the answer, as when a proxy repeats a request.
    Twice,
}

/// What the client sees of a struck request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symptom {
    /// The true answer.
    True,
    /// A page of the web server in front, with this status.
    Page(u16),
    /// A page of a firewall in place of the answer, with this status.
    Firewall(u16),
    /// An error of the API itself, with this status.
    ApiError(u16),
    /// A redirect with this status.
    Redirect(u16),
    /// The connection is closed without a byte.
    Close,
    /// The connection stays open without a byte.
    Stall,
    /// A login form under status 200.
    Login,
    /// Status 200 and no body.
    Empty,
    /// The true answer without its end.
    Truncated,
    /// The true answer after more white space than anybody should read.
    Huge,
    /// JSON that says neither OK nor ERROR.
    Verdictless,
    /// OK and nothing else.
    Bare,
    /// OK, whatever really happened.
    FalseOk,
    /// The verdict under one spelling of its name, and its opposite under the other.
    Contradiction,
    /// The verdict and its opposite under the same name.
    TwoVerdicts,
    /// The true answer, and after a time the same once more on the same connection.
    AnswerTwice,
    /// The true answer without the id.
    NoId,
    /// The true answer with 0 for the id.
    ZeroId,
    /// The true answer with the id among the data.
    IdInData,
    /// The connection is closed without a byte, and for a time nobody can connect.
    Refuse,
}

macro_rules! kinds {
    ($($variant:ident $name:literal $execution:ident $symptom:expr, $doc:literal;)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FaultKind {
            $(#[doc = $doc] $variant,)*
        }

        impl FaultKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in a written [`Fault`].
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One line for people.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }

            pub(super) const fn execution(self) -> Execution {
                match self { $(Self::$variant => Execution::$execution,)* }
            }

            pub(super) const fn symptom(self) -> Symptom {
                match self { $(Self::$variant => $symptom,)* }
            }
        }
    };
}

kinds! {
    Status500 "500" Never Symptom::Page(500), "not applied; status 500 with an HTML page";
    Status502 "502" Never Symptom::Page(502), "not applied; status 502 with an HTML page";
    Status504 "504" Never Symptom::Page(504), "not applied; status 504 with an HTML page";
    After500 "500-after" Now Symptom::Page(500), "applied; status 500 with an HTML page";
    After502 "502-after" Now Symptom::Page(502), "applied; status 502 with an HTML page";
    After504 "504-after" Now Symptom::Page(504), "applied; status 504 with an HTML page";
    Late504 "504-late" Late Symptom::Page(504), "status 504 at once; applied a second later";
    Late "late" Late Symptom::Page(504), "status 504 at once; applied after a time, as in late=45s";
    Status503 "503" Never Symptom::Page(503), "not applied; status 503, with Retry-After if one is set";
    After503 "503-after" Now Symptom::Page(503), "applied; status 503, with Retry-After if one is set";
    Status429 "429" Never Symptom::Page(429), "not applied; status 429, with Retry-After if one is set";
    After429 "429-after" Now Symptom::Page(429), "applied; status 429, with Retry-After if one is set";
    Status400 "400" Never Symptom::ApiError(400), "not applied; status 400 with the API's error";
    Status401 "401" Never Symptom::ApiError(401), "not applied; status 401 with the API's error";
    Status403 "403" Never Symptom::ApiError(403), "not applied; status 403 with the API's error";
    Status404 "404" Never Symptom::ApiError(404), "not applied; status 404 with the API's error";
    Error "error" Never Symptom::ApiError(200), "not applied; the API's error under status 200";
    Page401 "401-page" Never Symptom::Page(401), "not applied; status 401 with an HTML page";
    Page403 "403-page" Never Symptom::Page(403), "not applied; status 403 with an HTML page";
    PageAfter401 "401-page-after" Now Symptom::Page(401), "applied; status 401 with an HTML page";
    PageAfter403 "403-page-after" Now Symptom::Page(403), "applied; status 403 with an HTML page";
    Waf403 "waf-403" Never Symptom::Firewall(403), "not applied; a firewall's page with status 403";
    Waf404 "waf-404" Never Symptom::Firewall(404), "not applied; a firewall's page with status 404";
    WafAfter403 "waf-403-after" Now Symptom::Firewall(403), "applied; a firewall's page with status 403";
    WafAfter404 "waf-404-after" Now Symptom::Firewall(404), "applied; a firewall's page with status 404";
    DropBefore "drop-before" Never Symptom::Close, "not applied; connection closed without an answer";
    DropAfter "drop-after" Now Symptom::Close, "applied; connection closed without an answer";
    Refuse "refuse" Never Symptom::Refuse, "not applied; connections refused for a time, as in refuse=5s";
    StallBefore "stall-before" Never Symptom::Stall, "not applied; never answered";
    Stall "stall" Now Symptom::Stall, "applied; never answered";
    Html "html" Now Symptom::Login, "applied; an HTML login form under status 200";
    Empty "empty" Now Symptom::Empty, "applied; an empty body under status 200";
    Truncate "truncate" Now Symptom::Truncated, "applied; a JSON body that is cut short";
    Huge "huge" Now Symptom::Huge, "applied; a body of more than 16 MiB";
    Verdictless "verdictless" Never Symptom::Verdictless, "not applied; JSON that says neither OK nor ERROR";
    VerdictlessAfter "verdictless-after" Now Symptom::Verdictless, "applied; JSON that says neither OK nor ERROR";
    Contradicts "contradicts" Never Symptom::Contradiction, "not applied; Result OK and result ERROR";
    ContradictsAfter "contradicts-after" Now Symptom::Contradiction, "applied; Result OK and result ERROR";
    ResultTwice "result-twice" Never Symptom::TwoVerdicts, "not applied; Result twice, OK and ERROR";
    ResultTwiceAfter "result-twice-after" Now Symptom::TwoVerdicts, "applied; Result twice, OK and ERROR";
    FalseOk "false-ok" Never Symptom::FalseOk, "not applied; OK all the same";
    EmptyOk "empty-ok" Now Symptom::Bare, "applied; OK without what was asked for";
    NoId "no-id" Now Symptom::NoId, "applied; OK without the id";
    ZeroId "id-0" Now Symptom::ZeroId, "applied; OK with the id 0";
    IdInData "id-in-data" Now Symptom::IdInData, "applied; OK with the id among the data";
    Double "double" Twice Symptom::True, "applied twice, as by a proxy that repeats; OK";
    SecondAnswer "second-answer" Now Symptom::AnswerTwice, "applied; OK, and after a time once more, as in second-answer=50ms";
    Redirect302 "302" Never Symptom::Redirect(302), "not applied; a redirect with status 302";
    Redirect307 "307" Never Symptom::Redirect(307), "not applied; a redirect with status 307";
    Redirect308 "308" Never Symptom::Redirect(308), "not applied; a redirect with status 308";
}

impl FaultKind {
    /// The time of a kind that is not written with one.
    pub(super) const fn own_time(self) -> Duration {
        match self {
            Self::Late504 => Duration::from_secs(1),
            _ => Duration::ZERO,
        }
    }

    /// The time of a kind that is written with one, where none is written.
    pub(super) const fn usual_time(self) -> Option<Duration> {
        match self {
            Self::Late => Some(Duration::from_secs(45)),
            Self::Refuse => Some(Duration::from_secs(5)),
            Self::SecondAnswer => Some(Duration::from_millis(50)),
            _ => None,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
