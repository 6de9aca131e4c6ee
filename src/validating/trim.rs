//! Cells without the white space around them.

/// Most cells have nothing to trim, which the first and last bytes show. No space is a graphic ASCII
/// character or begins with the first byte of a Cyrillic letter.
pub(super) fn trimmed(cell: &str) -> &str {
    let is_solid = match cell.as_bytes() {
        [first, .., 0xD0..=0xD3, _] => matches!(first, b'!'..=b'~' | 0xD0..=0xD3),
        [first, .., last] => matches!(first, b'!'..=b'~' | 0xD0..=0xD3) && last.is_ascii_graphic(),
        _ => false,
    };
    if is_solid { cell } else { cell.trim() }
}
