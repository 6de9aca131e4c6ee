//! Which proxy leads to a server: what the usual variables of the environment say. Their values may hold a password, so
//! that none of them is repeated whole.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The variables that name proxies, as far as they are set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    https: Option<Variable>,
    http: Option<Variable>,
    all: Option<Variable>,
    /// Who is reached without a proxy.
    no_proxy: Option<Variable>,
}

#[derive(Clone, PartialEq, Eq)]
struct Variable {
    name: &'static str,
    value: String,
}

/// The proxy for a server.
#[derive(Clone, PartialEq, Eq)]
pub struct ChosenProxy {
    /// With what the proxy is to know of who asks.
    pub(super) url: Url,
    /// The variable that names it.
    pub(super) variable: &'static str,
}

/// A variable does not name a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the environment variable {0} is not the address of a proxy; write it like http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128, with http, https, socks5 or socks5h"
)]
pub struct ProxyError(&'static str);

impl ProxyVariables {
    /// Reads them from an environment: in small letters, as curl has them, and then in capitals.
    pub fn of(get: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| {
                let value = get(name).filter(|value| !value.trim().is_empty())?;
                Some(Variable { name, value })
            })
        };
        Self {
            https: first(["https_proxy", "HTTPS_PROXY"]),
            http: first(["http_proxy", "HTTP_PROXY"]),
            all: first(["all_proxy", "ALL_PROXY"]),
            no_proxy: first(["no_proxy", "NO_PROXY"]),
        }
    }

    /// The proxy that leads to this address; none where it is reached directly.
    pub fn proxy_for(&self, url: &Url) -> Result<Option<ChosenProxy>, ProxyError> {
        let own = if url.scheme() == "https" { &self.https } else { &self.http };
        let Some(Variable { name, value }) = own.as_ref().or(self.all.as_ref()) else { return Ok(None) };
        if self.no_proxy.as_ref().is_some_and(|list| leaves_out(&list.value, url)) {
            return Ok(None);
        }
        let value = value.trim();
        let address = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
        let url = Url::parse(&address).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.host().is_some()
        });
        url.map(|url| Some(ChosenProxy { url, variable: name })).ok_or(ProxyError(name))
    }
}

/// Without what may be a password.
impl fmt::Debug for ProxyVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = [&self.https, &self.http, &self.all, &self.no_proxy].into_iter().flatten();
        f.debug_list().entries(set.map(|variable| variable.name)).finish()
    }
}

/// `http://proxy.example.com:3128 (HTTPS_PROXY)`
impl fmt::Display for ChosenProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
        write!(f, "{}://{host}{port} ({})", self.url.scheme(), self.variable)
    }
}

impl fmt::Debug for ChosenProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether a list such as `localhost,.example.com,10.0.0.0/8` has the host of this address.
fn leaves_out(list: &str, url: &Url) -> bool {
    let Some(host) = url.host() else { return false };
    let port = url.port_or_known_default();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        let (entry, own_port) = match entry.rsplit_once(':') {
            Some((name, digits)) if !name.contains(':') || name.ends_with(']') => (name, digits.parse().ok()),
            _ => (entry, None),
        };
        if own_port.is_some() && own_port != port {
            return false;
        }
        let entry = entry.trim_start_matches('[').trim_end_matches(']');
        match host {
            Host::Domain(name) => is_under(name, entry),
            Host::Ipv4(address) => has_address(entry, IpAddr::V4(address)),
            Host::Ipv6(address) => has_address(entry, IpAddr::V6(address)),
        }
    })
}

fn is_under(name: &str, entry: &str) -> bool {
    let entry = entry.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    !entry.is_empty()
        && (name == entry || name.strip_suffix(entry.as_str()).is_some_and(|before| before.ends_with('.')))
}

/// An address, or a network such as `10.0.0.0/8`.
fn has_address(entry: &str, address: IpAddr) -> bool {
    let Some((network, length)) = entry.split_once('/') else {
        return entry.parse() == Ok(address);
    };
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else { return false };
    let first = |bits: u128, width: u32| bits.checked_shr(width.saturating_sub(length)).unwrap_or(0);
    match (network, address) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            first(one.to_bits().into(), 32) == first(other.to_bits().into(), 32)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => first(one.to_bits(), 128) == first(other.to_bits(), 128),
        _ => false,
    }
}

/// A proxy that wants to know who asks.
pub(super) fn wants_password(proxy: &ChosenProxy) -> String {
    format!(
        "the proxy {proxy} asks for a user and a password (407): write them into that variable, like http://user:password@proxy.example.com:3128, with %40 for @ in them"
    )
}

/// Why a proxy does not lead to the server.
pub(super) fn through_proxy(proxy: &ChosenProxy, said: &str, is_timeout: bool) -> String {
    if said.contains("proxy authorization required") || said.contains("authentication required") {
        wants_password(proxy)
    } else if is_timeout {
        format!("the proxy {proxy} makes no connection in time")
    } else if said.contains("tunnel error: unsuccessful") {
        format!(
            "the proxy {proxy} refuses to connect to the server, or can't: ask the people who run it, or leave the server out with NO_PROXY"
        )
    } else {
        format!("through the proxy {proxy}: {said}")
    }
}

#[cfg(test)]
mod tests {
    use super::ProxyVariables;

    fn chosen(variables: &[(&str, &str)], url: &str) -> Result<Option<String>, String> {
        let get = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let proxy = ProxyVariables::of(get).proxy_for(&url.parse().expect("an address"));
        proxy.map(|proxy| proxy.map(|proxy| proxy.to_string())).map_err(|error| error.to_string())
    }

    #[test]
    fn the_scheme_chooses_the_variable() {
        let all = [
            ("HTTPS_PROXY", "http://u:p@one:3128"),
            ("http_proxy", "two:8080"),
            ("ALL_PROXY", "socks5://three:1080"),
        ];
        assert_eq!(
            chosen(&all, "https://us.example.com/"),
            Ok(Some("http://one:3128 (HTTPS_PROXY)".to_owned()))
        );
        assert_eq!(
            chosen(&all, "http://us.example.com/"),
            Ok(Some("http://two:8080 (http_proxy)".to_owned()))
        );
        assert_eq!(chosen(&all[2..], "http://x/"), Ok(Some("socks5://three:1080 (ALL_PROXY)".to_owned())));
        assert_eq!(chosen(&[("HTTPS_PROXY", " ")], "https://x/"), Ok(None));
        let wrong = chosen(&[("HTTPS_PROXY", "ftp://u:s3cret@x")], "https://x/").expect_err("no proxy");
        assert!(wrong.contains("HTTPS_PROXY") && !wrong.contains("s3cret"), "{wrong}");
    }

    #[test]
    fn who_is_left_out_is_reached_directly() {
        for (list, url, is_direct) in [
            ("*", "https://us.example.com/", true),
            ("example.com", "https://us.example.com/", true),
            (".example.com", "https://us.example.com/", true),
            ("x, US.example.com", "https://us.example.com/", true),
            ("us.example.com:8443", "https://us.example.com/", false),
            ("us.example.com:443", "https://us.example.com/", true),
            ("ple.com", "https://us.example.com/", false),
            ("10.0.0.0/8", "https://10.1.2.3/", true),
            ("10.0.0.0/16", "https://10.1.2.3/", false),
            ("10.1.2.3", "https://10.1.2.3/", true),
            ("fd00::/8", "https://[fd00::1]/", true),
            ("0.0.0.0/0", "https://10.1.2.3/", true),
        ] {
            let found = chosen(&[("HTTPS_PROXY", "p:1"), ("no_proxy", list)], url);
            assert_eq!(found.map(|proxy| proxy.is_none()), Ok(is_direct), "{list} {url}");
        }
    }
}
