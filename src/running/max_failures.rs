//! `--max-failures`: how many rows may fail before a run stops.

use std::num::NonZeroU64;
use std::str::FromStr;

/// When to give up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxFailures {
    /// After this many rows.
    Rows(NonZeroU64),
    /// After this percentage of the valid rows.
    Percent(f64),
}

impl FromStr for MaxFailures {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || {
            format!("'{text}' is not a valid limit: write a number of rows from 1 on, or a share such as 5%")
        };
        match text.trim().strip_suffix('%') {
            Some(percent) => match percent.trim().parse::<f64>() {
                Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(Self::Percent(percent)),
                _ => Err(error()),
            },
            None => text.trim().parse().map(Self::Rows).map_err(|_| error()),
        }
    }
}

impl MaxFailures {
    /// The limit in rows, for this many valid ones.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of at most 100 % of a number of rows is a number of rows"
    )]
    pub fn of(self, valid: u64) -> NonZeroU64 {
        match self {
            Self::Rows(rows) => rows,
            Self::Percent(percent) => {
                NonZeroU64::new((valid as f64 * percent / 100.0).ceil() as u64).unwrap_or(NonZeroU64::MIN)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MaxFailures;

    #[test]
    fn limits_are_rows_or_a_share_of_them() {
        let of = |text: &str, valid| text.parse::<MaxFailures>().map(|limit| limit.of(valid).get());
        assert_eq!(of("10", 5), Ok(10));
        assert_eq!(of("5%", 101), Ok(6));
        assert_eq!(of("0.1%", 10), Ok(1));
        for bad in ["0", "0%", "101%", "-1", "x", "%"] {
            assert!(of(bad, 1).is_err(), "{bad}");
        }
    }
}
