//! Whole numbers that are written as fractions.

/// Programs that keep whole numbers as fractions write `380670001122.0` or `1001,00`, which read one way. Three zeros may
/// be thousands.
pub(super) fn without_point_zero(value: &str) -> &str {
    let is_whole = |whole: &&str| {
        let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    match value.as_bytes() {
        [.., b'0'] => [".0", ",0", ".00", ",00"]
            .iter()
            .find_map(|zeros| value.strip_suffix(zeros).filter(is_whole))
            .unwrap_or(value),
        _ => value,
    }
}
