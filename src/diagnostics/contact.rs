//! The points without which nothing works: the address, TLS, the key, and the name for the subcategory.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;

use super::check_result::CheckResult;
use crate::catalogue::{ApiSelector, CUSTOMER};
use crate::sending::{Contact, Problem, SelectorChoice, Unreached};

#[derive(Debug)]
pub(super) struct Contacts<'c> {
    /// The server, for people: `userside.example.com:443`.
    pub(super) host: &'c str,
    /// Whether the address begins with https.
    pub(super) is_https: bool,
    /// Whether it is one of this machine.
    pub(super) is_loopback: bool,
    /// Whether this machine can connect to it.
    pub(super) reached: &'c Result<SocketAddr, Unreached>,
    /// The proxy that leads there, for people.
    pub(super) proxy: Option<String>,
    /// The file with authorities that are trusted too.
    pub(super) ca_file: Option<&'c Path>,
    /// The file with the client's certificate.
    pub(super) client: Option<&'c Path>,
    /// What `--selector` says.
    pub(super) choice: SelectorChoice,
    /// How far a read gets with the older name.
    pub(super) subcat: &'c Contact,
    /// And with the newer one; none where the first one already showed that nobody answers.
    pub(super) action: Option<&'c Contact>,
}

const ADDRESS: &str = "address";
const PROXY: &str = "proxy";
const TLS: &str = "TLS";
const KEY: &str = "key";
const SELECTOR: &str = "selector";

/// The results, up to the first problem, and the name to go on with; none where it is useless to go on.
pub(super) fn judge(contacts: &Contacts<'_>) -> (Vec<CheckResult>, Option<ApiSelector>) {
    let mut points = Vec::new();
    points.extend(contacts.proxy.as_ref().map(|proxy| {
        CheckResult::ok(PROXY, format!("{proxy} is used for this server"))
            .needed()
            .found(json!({ "proxy": proxy }))
    }));
    if let Some(problem) = contacts.without_answer() {
        if problem.point == TLS {
            points.push(contacts.address());
        }
        points.push(problem);
        return (points, None);
    }
    points.extend([contacts.address(), contacts.tls()]);
    let (more, selector) = contacts.key_and_selector();
    points.extend(more);
    (points, selector)
}

impl Contacts<'_> {
    /// The problem of a server that does not answer as an API.
    fn without_answer(&self) -> Option<CheckResult> {
        let host = self.host;
        let problem = |text: String, advice: &str| Some(CheckResult::problem(ADDRESS, text, advice).needed());
        match (self.subcat, self.reached) {
            (Contact::Unreached(said), _) if self.proxy.is_some() && !said.text.contains("certificate") => {
                problem(
                    format!("{host} is not reached: {said}"),
                    "Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, and --url",
                )
            }
            (Contact::Unreached(_), Err(unreached)) if self.proxy.is_none() => problem(
                format!("{host}: {unreached}"),
                "Check --url, the network, and that the web server runs",
            ),
            (Contact::Unreached(said), _) if self.is_https => {
                let advice = "The certificate must be valid for this name and signed by an authority that this machine trusts; check that the port speaks https";
                Some(CheckResult::problem(TLS, said.to_string(), advice).needed())
            }
            (Contact::Unreached(said) | Contact::Silent(said), _) => problem(
                format!("{host} accepts connections but does not answer: {said}"),
                "Check the port, http or https in --url, and whether the web server is overloaded; --timeout gives it longer",
            ),
            // It does not see the subcategory, and says so in a way of its own.
            (Contact::Ill(_) | Contact::NoApi(_), _) if self.action == Some(&Contact::Taken) => None,
            (Contact::Ill(said), _) => {
                problem(format!("{host} answers with an error: {said}"), "Look in the web server's log")
            }
            (Contact::Redirected(said), _) => problem(format!("{host}: {said}"), "Check --url"),
            (Contact::NoApi(said), _) => self.no_api(said),
            (Contact::Refused { problem: said, is_the_apis: false }, _)
                if matches!(
                    self.action,
                    Some(Contact::Refused { is_the_apis: false, .. } | Contact::NoApi(_))
                ) =>
            {
                self.no_api(said)
            }
            _ => None,
        }
    }

    fn no_api(&self, said: &Problem) -> Option<CheckResult> {
        let text = format!("{} answers, but not as a UserSide API: {said}", self.host);
        Some(CheckResult::problem(ADDRESS, text, "Check that --url leads to api.php").needed())
    }

    fn address(&self) -> CheckResult {
        let text = match self.reached {
            _ if self.proxy.is_some() => format!("{} answers, by way of the proxy", self.host),
            Ok(address) => format!("{} answers ({})", self.host, address.ip()),
            Err(_) => format!("{} answers, but not to a direct connection (through a proxy?)", self.host),
        };
        CheckResult::ok(ADDRESS, text).needed()
    }

    fn tls(&self) -> CheckResult {
        let point = match (self.is_https, self.is_loopback) {
            (true, _) => {
                let authorities =
                    self.ca_file.map(|path| format!("; authorities of {} are trusted too", path.display()));
                let client = self.client.map(|path| format!("; {} shows who asks", path.display()));
                let more = [authorities, client].into_iter().flatten().collect::<String>();
                CheckResult::ok(TLS, format!("https, and the certificate is accepted{more}"))
            }
            (false, true) => CheckResult::ok(TLS, "none, and none is needed: the server is this machine"),
            (false, false) => CheckResult::warning(
                TLS,
                "none: the key and the customers' data travel unencrypted",
                "Use https:// if the server has it",
            ),
        };
        point.needed().found(json!({ "https": self.is_https }))
    }

    fn key_and_selector(&self) -> (Vec<CheckResult>, Option<ApiSelector>) {
        let said = |selector| match selector {
            ApiSelector::Subcat => Some(self.subcat),
            ApiSelector::Action => self.action,
        };
        let taken = ApiSelector::ALL.into_iter().find(|name| said(*name) == Some(&Contact::Taken));
        let own = match self.choice {
            SelectorChoice::Told(told) => Some(told),
            SelectorChoice::Auto => None,
        };
        match (own, taken) {
            (Some(told), _) if said(told) == Some(&Contact::Taken) => {
                (vec![key_accepted(), self.names()], Some(told))
            }
            (None, Some(name)) => (vec![key_accepted(), self.names()], Some(name)),
            (Some(told), Some(other)) => {
                let text = format!("{} is not accepted, although --selector says it is", told.field());
                let advice = format!("Leave out --selector, or say --selector {}", other.field());
                (vec![key_accepted(), CheckResult::problem(SELECTOR, text, advice).needed()], None)
            }
            (told, None) => self.nothing_taken(told.and_then(said), told),
        }
    }

    /// Neither name is taken. A server that does not see the subcategory may answer as if the key had no right to
    /// it, so that the newer name has the last word on the key.
    fn nothing_taken(
        &self,
        own: Option<&Contact>,
        told: Option<ApiSelector>,
    ) -> (Vec<CheckResult>, Option<ApiSelector>) {
        match (own, self.subcat, self.action) {
            (Some(Contact::KeyRefused(said)), ..) | (None, _, Some(Contact::KeyRefused(said))) => {
                (vec![key_refused(said)], None)
            }
            (Some(Contact::Refused { problem, .. }), ..) => {
                let name = told.map(ApiSelector::field).unwrap_or_default();
                let text = format!("not known: a read under the name {name} is refused ({problem})");
                let advice = "UserSide before 3.12.81 does not have this read; if yours is newer, leave out --selector";
                (vec![key_accepted(), CheckResult::warning(SELECTOR, text, advice).needed()], told)
            }
            (_, Contact::KeyRefused(said), None) => (vec![key_refused(said)], None),
            (_, subcat, action) => {
                let said = |contact: Option<&Contact>| contact.map_or_else(String::new, reason);
                let text = format!(
                    "neither is accepted: subcat ({}), action ({})",
                    said(Some(subcat)),
                    said(action)
                );
                let advice = "Check --url; if one of them is right, choose it with --selector";
                (vec![CheckResult::problem(SELECTOR, text, advice).needed()], None)
            }
        }
    }

    fn names(&self) -> CheckResult {
        let (subcat, action) = (self.subcat == &Contact::Taken, self.action == Some(&Contact::Taken));
        let text = match (subcat, action) {
            (true, true) => "subcat and action are both accepted".to_owned(),
            (true, false) => format!("subcat is accepted, action is not{}", self.why(self.action)),
            (false, _) => format!("action is accepted, subcat is not{}", self.why(Some(self.subcat))),
        };
        CheckResult::ok(SELECTOR, text).needed().found(json!({ "subcat": subcat, "action": action }))
    }

    fn why(&self, contact: Option<&Contact>) -> String {
        contact.map_or_else(String::new, |contact| format!(" ({})", reason(contact)))
    }
}

fn key_accepted() -> CheckResult {
    CheckResult::ok(KEY, "accepted").needed()
}

fn key_refused(said: &Problem) -> CheckResult {
    let advice = format!(
        "Check USERSIDE_API_KEY or --key-file, and in UserSide the key's list of allowed client addresses and the sections that it may use ({})",
        CUSTOMER.name
    );
    CheckResult::problem(KEY, said.to_string(), advice).needed()
}

fn reason(contact: &Contact) -> String {
    match contact {
        Contact::Taken => "taken".to_owned(),
        Contact::Refused { problem, .. }
        | Contact::KeyRefused(problem)
        | Contact::Hollow(problem)
        | Contact::Redirected(problem)
        | Contact::NoApi(problem)
        | Contact::Ill(problem)
        | Contact::Silent(problem)
        | Contact::Unreached(problem) => problem.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{Contacts, judge};
    use crate::catalogue::ApiSelector;
    use crate::sending::{Contact, FailureCode, Problem, SelectorChoice, Unreached};

    fn problem() -> Problem {
        Problem { code: FailureCode::HttpStatus, text: "no".to_owned() }
    }

    fn refused(is_the_apis: bool) -> Contact {
        Contact::Refused { problem: problem(), is_the_apis }
    }

    fn address() -> Result<SocketAddr, Unreached> {
        Ok("203.0.113.7:443".parse().expect("an address"))
    }

    /// What the points say, a letter for how each stands, and with which name one goes on.
    fn judged(choice: SelectorChoice, subcat: &Contact, action: &Contact) -> (String, Option<ApiSelector>) {
        judged_at(&address(), true, choice, subcat, action)
    }

    fn judged_at(
        reached: &Result<SocketAddr, Unreached>,
        is_https: bool,
        choice: SelectorChoice,
        subcat: &Contact,
        action: &Contact,
    ) -> (String, Option<ApiSelector>) {
        let contacts = Contacts {
            host: "x:443",
            is_https,
            is_loopback: false,
            reached,
            proxy: None,
            ca_file: None,
            client: None,
            choice,
            subcat,
            action: Some(action),
        };
        let (points, selector) = judge(&contacts);
        assert!(points.iter().all(|point| point.is_needed));
        assert!(
            points
                .iter()
                .all(|p| p.advice.is_some() == (p.status != super::super::check_result::Severity::Ok))
        );
        assert_eq!(selector.is_none(), points.iter().any(|point| point.is_problem()));
        let words = points.iter().map(|p| format!("{:?} {}", p.status, p.point).to_lowercase());
        (words.collect::<Vec<_>>().join(", "), selector)
    }

    const AUTO: SelectorChoice = SelectorChoice::Auto;
    #[test]
    fn all_is_well_where_one_name_is_taken() {
        let well = "ok address, ok tls, ok key, ok selector".to_owned();
        for (subcat, action, name) in [
            (Contact::Taken, Contact::Taken, ApiSelector::Subcat),
            (Contact::Taken, refused(true), ApiSelector::Subcat),
            (Contact::Taken, Contact::Ill(problem()), ApiSelector::Subcat),
            (refused(true), Contact::Taken, ApiSelector::Action),
            (refused(false), Contact::Taken, ApiSelector::Action),
            (Contact::NoApi(problem()), Contact::Taken, ApiSelector::Action),
            (Contact::Ill(problem()), Contact::Taken, ApiSelector::Action),
            (Contact::KeyRefused(problem()), Contact::Taken, ApiSelector::Action),
        ] {
            assert_eq!(judged(AUTO, &subcat, &action), (well.clone(), Some(name)), "{subcat:?} {action:?}");
        }
    }

    #[test]
    fn the_first_problem_is_the_last_point() {
        let told = SelectorChoice::Told(ApiSelector::Subcat);
        let key = Contact::KeyRefused(problem());
        for (choice, subcat, action, expected) in [
            (AUTO, &key, &key, "ok address, ok tls, problem key"),
            (AUTO, &refused(true), &key, "ok address, ok tls, problem key"),
            (AUTO, &key, &refused(true), "ok address, ok tls, problem selector"),
            (AUTO, &refused(true), &refused(true), "ok address, ok tls, problem selector"),
            (AUTO, &refused(false), &refused(false), "problem address"),
            (AUTO, &Contact::NoApi(problem()), &refused(true), "problem address"),
            (AUTO, &Contact::Redirected(problem()), &key, "problem address"),
            (AUTO, &Contact::Ill(problem()), &key, "problem address"),
            (AUTO, &Contact::Silent(problem()), &key, "problem address"),
            (AUTO, &Contact::Unreached(problem()), &key, "ok address, problem tls"),
            (told, &key, &refused(true), "ok address, ok tls, problem key"),
            (told, &refused(true), &Contact::Taken, "ok address, ok tls, ok key, problem selector"),
        ] {
            assert_eq!(judged(choice, subcat, action).0, expected, "{subcat:?} {action:?}");
        }
        // Old versions do not have the read; with a named selector the check goes on.
        let expected = ("ok address, ok tls, ok key, warning selector".to_owned(), Some(ApiSelector::Subcat));
        assert_eq!(judged(told, &refused(true), &refused(true)), expected);
    }

    #[test]
    fn without_a_connection_the_way_says_why_and_without_tls_it_is_no_tls() {
        let (nowhere, unreached) = (Err(Unreached::NoHost), Contact::Unreached(problem()));
        for (reached, is_https, expected) in [
            (&nowhere, true, "problem address"),
            (&nowhere, false, "problem address"),
            (&address(), false, "problem address"),
        ] {
            assert_eq!(judged_at(reached, is_https, AUTO, &unreached, &unreached).0, expected);
        }
        let words = judged_at(&address(), false, AUTO, &Contact::Taken, &Contact::Taken).0;
        assert_eq!(words, "ok address, warning tls, ok key, ok selector");
        // A proxy knows names that this machine does not.
        let words = judged_at(&nowhere, true, AUTO, &Contact::Taken, &Contact::Taken).0;
        assert_eq!(words, "ok address, ok tls, ok key, ok selector");
    }
}
