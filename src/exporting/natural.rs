//! The order of names in which 9 comes before 10.

use std::cmp::Ordering;

/// Numbers by their value and before names; names as text.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match (number(one), number(other)) {
        (true, true) => {
            let (bare, other_bare) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
            // Of two numbers of any length the one with more digits is the larger.
            (bare.len(), bare, one).cmp(&(other_bare.len(), other_bare, other))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn numbers_come_by_value_and_before_names() {
        let mut names = ["b", "10", "", "9", "007", "a", "7"];
        names.sort_by(|one, other| compare(one, other));
        assert_eq!(names, ["007", "7", "9", "10", "", "a", "b"]);
    }
}
