//! Values that parse themselves: what is typed after an option.

use std::net::IpAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PathBufValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use url::{Host, Url};

use crate::catalogue::{Action, Choice, choices, nearest};
use crate::validating::{Money, ParseMoneyError};

/// A span of time such as `30s`, `500ms` or `2m`; a bare number is seconds. Positive, at most a day.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let error = || format!("'{text}' is not a valid time: write it like 30s, 500ms or 2m");
    let text = text.trim();
    let seconds =
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().map(Duration::from_secs).ok());
    let span = match seconds {
        Some(seconds) => seconds.ok_or_else(error)?,
        None => text
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|d| Duration::try_from(d).ok())
            .ok_or_else(error)?,
    };
    if span > Duration::from_secs(86_400) { Err(error()) } else { Ok(span) }
}

/// Whole seconds, as they are typed.
pub(super) fn seconds(span: Duration) -> String {
    format!("{}s", span.as_secs())
}

/// `-` is not a file. A path that cannot be made absolute is left to whatever opens it.
pub(super) fn absolute(path: &Path) -> PathBuf {
    if path == Path::new("-") {
        return path.to_owned();
    }
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// One of the closed list of what this read may be told to look for, or to count.
pub(super) fn choice(action: Action, text: &str) -> Result<&'static Choice, String> {
    let wanted = text.trim().to_lowercase().replace('-', "_");
    let known = choices(action);
    known.iter().find(|choice| choice.name == wanted).ok_or_else(|| {
        let names = || known.iter().map(|choice| choice.name);
        format!(
            "'{text}' is not one of {}{}",
            names().collect::<Vec<_>>().join(", "),
            nearest(&wanted, names())
        )
    })
}

/// Takes one of these names; help and errors list them, with what each is.
pub(super) fn named<T, const N: usize>(
    names: [(&'static str, &'static str); N],
) -> impl TypedValueParser<Value = T> + use<T, N>
where
    T: FromStr<Err = String> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names.map(|(name, about)| PossibleValue::new(name).help(about)))
        .try_map(|name| name.parse())
}

/// A file that a table is written to: text, or a workbook where its name ends in `.xlsx`. Other endings would lie about
/// what is inside.
pub(super) fn table_file() -> impl TypedValueParser<Value = PathBuf> {
    const LIES: [&str; 14] = [
        "xls", "xlsm", "xlsb", "ods", "numbers", "json", "jsonl", "html", "htm", "xml", "pdf", "docx", "zip",
        "gz",
    ];
    PathBufValueParser::new().try_map(|path| {
        let ending =
            path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        if LIES.contains(&ending.as_str()) {
            return Err(format!("tables are not written as .{ending}; let the name end in .csv or .xlsx"));
        }
        Ok(path)
    })
}

/// A size such as `512MiB` or `4GiB`, in bytes.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let error = || format!("'{text}' is not a valid size: write it like 512MiB or 4GiB");
    let lower = text.trim().to_ascii_lowercase();
    let end = lower.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
    let (number, unit) = lower.split_at(end);
    let shift = match unit.trim() {
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err(error()),
    };
    let number: u64 = number.parse().map_err(|_| error())?;
    number.checked_mul(1 << shift).filter(|size| (1 << 20..=1 << 40).contains(size)).ok_or_else(error)
}

/// A whole number from 1 on.
pub(super) fn positive<N: FromStr>(text: &str) -> Result<N, String> {
    text.trim().parse().map_err(|_| format!("'{text}' is not a whole number from 1 on"))
}

/// The number of a line or row, counted from 1.
pub(super) fn row_number(text: &str) -> Result<u64, String> {
    positive::<NonZeroU64>(text).map(NonZeroU64::get)
}

/// A span that is not nothing.
pub(super) fn positive_span(text: &str) -> Result<Duration, String> {
    span(text).and_then(
        |span| {
            if span.is_zero() { Err("it must be more than zero".to_owned()) } else { Ok(span) }
        },
    )
}

/// An amount of money without a sign.
pub(super) fn magnitude(text: &str) -> Result<Money, String> {
    let amount: Money = text.parse().map_err(|error: ParseMoneyError| error.to_string())?;
    if amount.is_negative() {
        return Err(
            "it is negative; write the sum without a sign, for money that is taken off too".to_owned()
        );
    }
    Ok(amount)
}

/// The address of a server's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The full address of `api.php`.
    pub url: Url,
    /// Whether it is on this machine.
    pub is_loopback: bool,
}

impl FromStr for Endpoint {
    type Err = String;

    /// Takes a base address or the full address of `api.php`. Nothing is repeated of an address that may
    /// hold a key.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if !text.contains("://") {
            let host = text
                .split(['?', '@'])
                .next_back()
                .filter(|_| !text.contains(['?', '@']))
                .unwrap_or("userside.example.com");
            return Err(format!("the address needs http:// or https:// before it, such as https://{host}"));
        }
        let mut url = Url::parse(text).map_err(|error| {
            format!("this is not a valid address: {error}; write it like https://userside.example.com")
        })?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err("the address must begin with https:// or http:// and name a host".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address must not hold a user or a password (what stands before @): addresses are kept in the journal, and nothing secret is".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("the address must end with api.php, without ? and what follows; the key goes into USERSIDE_API_KEY".to_owned());
        }
        if !has_ending(url.path(), ".php") {
            let base = url.path().trim_end_matches('/').to_owned();
            url.set_path(&format!("{base}/api.php"));
        }
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        };
        Ok(Self { url, is_loopback })
    }
}

fn has_ending(path: &str, ending: &str) -> bool {
    path.len() >= ending.len()
        && path.is_char_boundary(path.len() - ending.len())
        && path[path.len() - ending.len()..].eq_ignore_ascii_case(ending)
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, magnitude, positive_span, span};
    use std::time::Duration;

    #[test]
    fn spans_are_read_with_and_without_a_unit() {
        assert_eq!(span("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(span("30"), Ok(Duration::from_secs(30)));
        assert_eq!(span("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(span("2m"), Ok(Duration::from_secs(120)));
        for bad in ["", "-1s", "soon", "3 days 2", "999999999999999999999"] {
            assert!(span(bad).is_err(), "{bad}");
        }
        assert!(positive_span("0").is_err());
    }

    #[test]
    fn a_base_address_leads_to_api_php() {
        let url = |text: &str| text.parse::<Endpoint>().map(|e| e.url.to_string());
        assert_eq!(url("https://x.example.com"), Ok("https://x.example.com/api.php".to_owned()));
        assert_eq!(url("https://x.example.com/us/"), Ok("https://x.example.com/us/api.php".to_owned()));
        assert_eq!(
            url("http://127.0.0.1:8080/oper/api.php"),
            Ok("http://127.0.0.1:8080/oper/api.php".to_owned())
        );
    }

    #[test]
    fn an_address_with_a_key_in_it_is_refused_and_not_repeated() {
        for bad in [
            "https://x.example.com/api.php?key=s3cret",
            "x.example.com/api.php?key=s3cret",
            "ftp://x/s3cret",
            "https://user:s3cret@x.example.com/api.php",
            "https://s3cret@x.example.com",
            "https://:s3cret@x.example.com",
            "https://",
        ] {
            let error = bad.parse::<Endpoint>().expect_err(bad);
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn sums_are_written_without_a_sign() {
        let read = |text: &str| magnitude(text).map(|amount| amount.to_string());
        assert_eq!(read("1 234,5"), Ok("1234.50".to_owned()));
        assert_eq!(read("0"), Ok("0.00".to_owned()));
        assert!(read("-0.01").is_err_and(|error| error.contains("negative")));
        assert!(read("much").is_err());
    }

    #[test]
    fn this_machine_is_recognised() {
        for (text, expected) in [
            ("http://localhost:1", true),
            ("http://127.8.8.8", true),
            ("http://[::1]:80", true),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(text.parse::<Endpoint>().map(|e| e.is_loopback), Ok(expected), "{text}");
        }
    }
}
