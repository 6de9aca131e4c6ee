//! Numbers for people: `1 row`, `2 entries`, `1,234 rows`.

use std::fmt::{self, Display, Formatter};

use indicatif::HumanCount;

/// So many of something, named in the singular. The noun may have words before it: `Count(2, "other entry")`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count(pub(crate) u64, pub(crate) &'static str);

impl Count {
    /// The word that agrees with the number, such as `is` or `are`.
    pub(crate) fn agree(self, one: &'static str, several: &'static str) -> &'static str {
        if self.0 == 1 { one } else { several }
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(number, noun) = *self;
        write!(f, "{} ", grouped(number))?;
        match noun.strip_suffix('y') {
            _ if number == 1 => f.write_str(noun),
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => write!(f, "{stem}ies"),
            _ if ["s", "x", "ch", "sh"].iter().any(|ending| noun.ends_with(ending)) => write!(f, "{noun}es"),
            _ => write!(f, "{noun}s"),
        }
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> impl Display {
    HumanCount(number)
}

#[cfg(test)]
mod tests {
    use super::{Count, grouped};

    #[test]
    fn a_noun_agrees_with_its_number() {
        let of = |number, noun| Count(number, noun).to_string();
        assert_eq!(of(0, "row"), "0 rows");
        assert_eq!(of(1, "row"), "1 row");
        assert_eq!(of(1_234_567, "row"), "1,234,567 rows");
        assert_eq!(of(2, "other entry"), "2 other entries");
        assert_eq!(of(1, "entry"), "1 entry");
        assert_eq!(of(3, "search"), "3 searches");
        assert_eq!(of(3, "retry"), "3 retries");
        assert_eq!(of(2, "day"), "2 days");
        assert_eq!(grouped(999).to_string(), "999");
        assert_eq!(Count(1, "row").agree("is", "are"), "is");
        assert_eq!(Count(0, "row").agree("is", "are"), "are");
    }
}
