//! UserSide's version numbers and their order.

use std::fmt;
use std::str::FromStr;

/// A version of UserSide, such as `3.12rc2`, `3.16dev2`, `3.16.23` or `3.17`.
///
/// Within one `major.minor`, development versions come first, then release candidates, then the plain number,
/// then its point releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u16,
    minor: u16,
    stage: Stage,
}

/// The order of the variants is the order of the versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Dev(u16),
    Candidate(u16),
    Point(u16),
}

impl Version {
    /// `major.minor.point`; point 0 is the plain `major.minor`.
    pub(super) const fn point(major: u16, minor: u16, point: u16) -> Self {
        Self { major, minor, stage: Stage::Point(point) }
    }

    /// `major.minor` `dev` `number`.
    pub(super) const fn dev(major: u16, minor: u16, number: u16) -> Self {
        Self { major, minor, stage: Stage::Dev(number) }
    }

    /// `major.minor` `rc` `number`.
    pub(super) const fn candidate(major: u16, minor: u16, number: u16) -> Self {
        Self { major, minor, stage: Stage::Candidate(number) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        match self.stage {
            Stage::Dev(n) => write!(f, "dev{n}"),
            Stage::Candidate(n) => write!(f, "rc{n}"),
            Stage::Point(0) => Ok(()),
            Stage::Point(n) => write!(f, ".{n}"),
        }
    }
}

/// The text is not a version of UserSide.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a version: write it like 3.17, 3.16.23, 3.16dev2 or 3.12rc2")]
pub struct ParseVersionError(String);

impl FromStr for Version {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.trim()).ok_or_else(|| ParseVersionError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Version> {
    let (major, rest) = text.split_once('.')?;
    let major = number(major)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (minor, rest) = rest.split_at(digits);
    let minor = number(minor)?;
    let stage = if rest.is_empty() {
        Stage::Point(0)
    } else if let Some(n) = rest.strip_prefix("dev") {
        Stage::Dev(number(n)?)
    } else if let Some(n) = rest.strip_prefix("rc") {
        Stage::Candidate(number(n)?)
    } else {
        Stage::Point(number(rest.strip_prefix('.')?)?)
    };
    Some(Version { major, minor, stage })
}

/// Digits only: `u16::from_str` would also take a sign.
fn number(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::Version;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn development_comes_before_candidate_before_release_before_point_release() {
        let ordered =
            ["3.12rc2", "3.12", "3.12.8", "3.16dev2", "3.16dev3", "3.16", "3.16.23", "3.17dev1", "3.17"];
        for pair in ordered.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{} < {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn text_round_trips() {
        for text in ["3.12rc2", "3.16dev2", "3.16.23", "3.17"] {
            assert_eq!(version(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_version_is_refused() {
        for text in ["", "3", "3.", "v3.17", "3.17beta", "3.+1", "3.17.", "3.17dev", "3.99999999"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
