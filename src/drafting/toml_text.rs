//! Text of a TOML file: what a table held must neither end a string nor a comment.

use std::fmt::Write as _;

/// The text in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() || !is_visible(c) => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Direction marks and the like hide what a line says.
fn is_visible(c: char) -> bool {
    !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The text for a comment: on one line, and cut where it is long.
pub(super) fn comment(text: &str) -> String {
    const SHOWN: usize = 40;
    let line: String =
        text.chars().take(SHOWN).map(|c| if c.is_control() || !is_visible(c) { ' ' } else { c }).collect();
    if text.chars().count() > SHOWN { format!("{line}…") } else { line }
}

#[cfg(test)]
mod tests {
    use super::{comment, quoted};

    #[test]
    fn what_a_table_held_stays_in_its_place() {
        for text in ["a\"b\\c", "два\nрядки", "\u{1b}[31m", "\u{202E}x", "", "з'єднання # 1"]
        {
            let file = format!("x = {} # {}\n", quoted(text), comment(text));
            let read: toml::Table = toml::from_str(&file).expect("TOML");
            assert_eq!(read["x"].as_str(), Some(text));
            assert_eq!(file.lines().count(), 1);
        }
    }
}
