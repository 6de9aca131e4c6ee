//! Text of files, arguments and servers as a terminal may show it: what would steer it, turn its lines around or hide in
//! them becomes a sign that can be seen.

use std::borrow::Cow;
use std::fmt::Write;

/// The text on one line. A control character becomes its picture (`␛`, a line break `␊`), any other that can't be seen
/// its number (`<U+202E>`).
pub fn visible(text: &str) -> Cow<'_, str> {
    // Plain ASCII, as most lines are, needs no look at each character.
    if text.bytes().all(|b| matches!(b, 0x20..=0x7E)) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push(&mut shown, c));
    Cow::Owned(shown)
}

/// The same for text that the program made itself, in lines and colours, from words that were typed.
pub(super) fn visible_in_colour(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match colour(rest) {
            Some(colour) => {
                shown.push_str(colour);
                rest = &rest[colour.len()..];
            }
            None => {
                if c == '\n' {
                    shown.push(c)
                } else {
                    push(&mut shown, c)
                }
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    shown
}

/// JSON that means the same, and in which nothing can steer a terminal: such characters stand only in its strings.
pub(super) fn escaped_json(json: &str) -> Cow<'_, str> {
    if json.is_ascii() || !json.chars().any(is_hidden) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

fn push(shown: &mut String, c: char) {
    match c {
        '\0'..='\u{1F}' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
        '\u{7F}' => shown.push('\u{2421}'),
        _ if is_hidden(c) => {
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        }
        _ => shown.push(c),
    }
}

/// The colour sequence that the text begins with.
fn colour(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("\u{1b}[")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    rest[end..].starts_with('m').then(|| &text[..text.len() - rest.len() + end + 1])
}

/// Controls, and what has neither a sign nor a width: marks that turn the direction, joiners, fillers, tags.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::{escaped_json, visible, visible_in_colour};

    #[test]
    fn what_steers_or_hides_is_shown() {
        for (text, shown) in [
            ("plain, Київ, 東京, é", "plain, Київ, 東京, é"),
            ("a\u{1b}[31mb", "a␛[31mb"),
            ("a\nb\r\tc\0\u{7f}", "a␊b␍␉c␀␡"),
            ("a\u{9b}31mb", "a<U+009B>31mb"),
            ("a\u{202e}b\u{2066}\u{200b}\u{feff}", "a<U+202E>b<U+2066><U+200B><U+FEFF>"),
            ("a\u{e0041}\u{2028}", "a<U+E0041><U+2028>"),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible(&visible(text)), shown, "what is shown has nothing to hide");
        }
    }

    #[test]
    fn the_programs_own_colours_and_lines_stay() {
        let own = "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m x\n\nUsage\n";
        assert_eq!(visible_in_colour(own), own);
        assert_eq!(visible_in_colour("\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}\u{1b}"), "␛[2J␛]0;x␇<U+202E>␛");
    }

    #[test]
    fn json_stays_the_same_data() {
        let value = serde_json::json!({"a\u{9b}": "\u{202e}\u{e0041}\u{1b}é"});
        let text = serde_json::to_string(&value).expect("JSON");
        let escaped = escaped_json(&text);
        assert!(!escaped.contains(['\u{9b}', '\u{202e}', '\u{e0041}']), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).expect("JSON"), value);
    }
}
