//! Characters that no value should have: what cannot be seen, what could not be decoded, and what stands for letters
//! that were lost.

use super::mojibake;

/// Why the text of a cell is not what a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Bytes that are not text in the file's encoding.
    #[error(
        "its character {0} is U+FFFD, which stands for bytes that are not text in the file's encoding; give the right encoding with --encoding, or correct the cell"
    )]
    Undecodable(usize),
    /// A control character, also one of U+0080 to U+009F.
    #[error(
        "its character {place} is the control character U+{code:04X}; delete it, or put back what it was made from"
    )]
    Control {
        /// Its code.
        code: u32,
        /// Its place, counted from 1.
        place: usize,
    },
    /// A character without a shape.
    #[error("its character {place} is invisible: U+{code:04X}, {name}; delete it")]
    Invisible {
        /// Its code.
        code: u32,
        /// What it is.
        name: &'static str,
        /// Its place, counted from 1.
        place: usize,
    },
    /// `????? ????`.
    #[error(
        "question marks stand where letters were lost; export the file again with an encoding that has the letters, such as UTF-8"
    )]
    LostLetters,
    /// `Р†РІР°РЅ`.
    #[error(
        "was once read in a wrong encoding and saved like that; it seems to have been '{0}'. Take the value from its source"
    )]
    Mojibake(String),
}

/// Whether all characters are the usual ones: of Ukrainian, Russian and English text, without question marks. Most
/// rows are, and nothing else is asked of them then.
pub(super) fn are_usual(text: &str) -> bool {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mut before = 0;
    words.iter().chain([&last]).all(|word| {
        if is_plain(u64::from_ne_bytes(*word)) {
            before = 0;
            return true;
        }
        let mut odd = 0;
        for byte in word {
            let class = CLASSES[usize::from(*byte)];
            odd |= class & ((before << 3) | ALONE);
            before = class;
        }
        odd == 0
    })
}

/// Whether eight bytes are ASCII that can be seen, and no question marks.
const fn is_plain(word: u64) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    if word & HIGH != 0 {
        return false;
    }
    // Nothing is carried from one byte to the next: none is more than 0x7F, and no more is added to it than 0x7F.
    let not_controls = word + ONES * 0x60;
    let not_questions = (word ^ (ONES * 0x3F)) + ONES * 0x7F;
    let deletes = word + ONES;
    (not_controls & not_questions & !deletes) & HIGH == HIGH
}

/// A byte that is odd wherever it stands.
const ALONE: u8 = 1 << 6;

/// What each byte is to [`are_usual`]: the first three bits say that it is 0xD0, 0xD1 or 0xD2; the next three, that
/// it is odd after that one.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = class_of(byte);
        byte += 1;
    }
    classes
};

/// Letters of Cyrillic that these languages don't have come with text that was read in a wrong encoding.
const fn class_of(byte: usize) -> u8 {
    match byte {
        0xD0 => 1,
        0xD1 => 2,
        0xD2 => 4,
        0x80..=0x8F if !matches!(byte, 0x81 | 0x84 | 0x86 | 0x87) => (1 << 3) | (1 << 5),
        0x80..=0x8F => 1 << 5,
        0x90 => 1 << 4,
        0x91 => 0,
        0x94 | 0x96 | 0x97 => 1 << 5,
        0x92..=0xBF => (1 << 4) | (1 << 5),
        0x09 | 0x0A | 0x0D | 0x20..=0x3E | 0x40..=0x7E => 0,
        _ => ALONE,
    }
}

/// Refuses text that a person cannot have meant.
pub(super) fn check(text: &str) -> Result<(), BadText> {
    if are_usual(text) {
        return Ok(());
    }
    if let Some(original) = mojibake::original(text) {
        return Err(BadText::Mojibake(original.chars().take(40).collect()));
    }
    let mut before = None;
    for (place, c) in (1..).zip(text.chars()) {
        let code = u32::from(c);
        if c == '\u{FFFD}' {
            return Err(BadText::Undecodable(place));
        }
        if c.is_control() && !matches!(c, '\t' | '\n' | '\r') {
            return Err(BadText::Control { code, place });
        }
        if let Some(name) = invisible(c, before) {
            return Err(BadText::Invisible { code, name, place });
        }
        before = Some(c);
    }
    if has_lost_letters(text) { Err(BadText::LostLetters) } else { Ok(()) }
}

/// Refuses runs of question marks in a name: nobody is called so. In other text they may be questions.
pub(super) fn check_name(name: &str) -> Result<(), BadText> {
    if name.contains("??") { Err(BadText::LostLetters) } else { Ok(()) }
}

/// What an invisible character is. Some hold emoji or letters of other scripts together, and are left alone there.
fn invisible(c: char, before: Option<char>) -> Option<&'static str> {
    let joins =
        before.is_some_and(|before| before >= '\u{600}' && !matches!(before, '\u{2000}'..='\u{206F}'));
    match c {
        '\u{200B}' => Some("a zero width space"),
        '\u{AD}' => Some("a soft hyphen"),
        '\u{FEFF}' => Some("a byte order mark"),
        '\u{2060}' => Some("a word joiner"),
        '\u{200C}' | '\u{200D}' if !joins => Some("a joiner of letters"),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some("a mark of the direction of text")
        }
        '\u{2028}' | '\u{2029}' => Some("a separator of lines"),
        '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{180E}'
        | '\u{2061}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}' => Some("a filler"),
        // What they show depends on the font, and most fonts show nothing.
        '\u{2800}' | '\u{E000}'..='\u{F8FF}' => Some("a character without a meaning of its own"),
        '\u{FFFE}' | '\u{FFFF}' => Some("not a character"),
        '\u{E0000}'..='\u{E007F}' if before.is_none_or(|before| before < '\u{1F000}') => Some("a tag"),
        _ => None,
    }
}

/// Whether question marks stand for letters, and not for questions.
fn has_lost_letters(text: &str) -> bool {
    let is_cyrillic = |c: char| matches!(c, '\u{400}'..='\u{52F}');
    let has_cyrillic = text.contains(is_cyrillic);
    let has_letters = text.contains(char::is_alphabetic);
    // Addresses of the web have question marks in the middle.
    let is_address = text.contains("://") || text.contains(['=', '&']);
    let mut from = 0;
    while let Some(start) = text[from..].find('?').map(|place| from + place) {
        let end = text[start..].find(|c| c != '?').map_or(text.len(), |place| start + place);
        let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
        let after_letter = before.is_some_and(char::is_alphabetic);
        let before_small = after.is_some_and(char::is_lowercase);
        let begins = before.is_none_or(|c| !c.is_alphanumeric());
        let lost = if has_cyrillic {
            // `В?ктор`, `під?їзд`, `?ван`
            before_small && (after_letter || begins)
        } else if end - start == 1 {
            // `M?ller`
            before_small && after_letter && !is_address
        } else {
            // Alone or at a word's beginning: `????? ????`, not `why??` and not `why ???`.
            begins && (!has_letters || end < text.len() || end - start > 3) && !is_address
        };
        if lost {
            return true;
        }
        from = end;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{BadText, are_usual, check};

    #[test]
    fn what_cannot_be_seen_is_named_by_code_and_place() {
        for (text, message) in [
            ("Гнатюк\u{200B} Олена", "character 7 is invisible: U+200B"),
            ("\u{202A}+380671112233\u{202C}", "character 1 is invisible: U+202A"),
            ("ki\u{AD}t", "character 3 is invisible: U+00AD"),
            ("bo\u{96}yko", "character 3 is the control character U+0096"),
            ("a\u{7}b", "character 2 is the control character U+0007"),
            ("a\u{7F}", "U+007F"),
            ("x\u{FEFF}y", "U+FEFF"),
            ("а\u{2060}б", "U+2060"),
            ("а\u{200D}б", "U+200D"),
            ("\u{200E}5", "U+200E"),
            ("a\u{2069}", "U+2069"),
            ("a\u{E000}", "U+E000"),
            ("a\u{FFFE}", "U+FFFE"),
            ("10\u{FFFD}1", "character 3 is U+FFFD"),
        ] {
            let error = check(text).expect_err(text).to_string();
            assert!(error.contains(message), "{text:?}: {error}");
        }
        for text in
            ["👨\u{200D}👩\u{200D}👧", "❤\u{FE0F}", "می\u{200C}خواهم", "a\tb\r\nв", "Müller «5» № –", ""]
        {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn letters_are_usual_where_the_languages_have_them() {
        let usual = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='>' | '@'..='~' | 'А'..='я' | 'ё' | 'є' | 'і' | 'ї' | 'Ё' | 'Є' | 'І' | 'Ї' | 'ґ' | 'Ґ');
        for c in '\0'..='\u{FFFF}' {
            assert_eq!(are_usual(&format!("а{c}б")), usual(c), "{c:?}");
        }
    }

    #[test]
    fn question_marks_are_letters_or_questions() {
        for lost in [
            "?????? ?????",
            "??",
            "????? Ltd",
            "???. ????????, 5",
            "В?ктор",
            "під?їзд",
            "?ван",
            "M?ller",
            "вул. Ки?вська",
            "Wi-Fi ?????",
        ] {
            assert_eq!(check(lost), Err(BadText::LostLetters), "{lost}");
        }
        for text in [
            "чи є борг?",
            "чи є борг???",
            "борг ??",
            "?",
            "Що? Де?",
            "борг?Так",
            "why?",
            "why??",
            "what ???",
            "http://x.ua/a?b=5",
            "a ? b",
            "(?)",
            "? так",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn most_text_is_usual() {
        for text in ["Гнатюк Олена", "їжак ґава Єва", "a@b.example", "Ёлка ё", "10.50", "під'їзд\t5\n"]
        {
            assert!(are_usual(text), "{text}");
        }
        for text in ["Гнатюк\u{AD}", "?", "ü", "РњРёСЂРѕРЅ", "№", "\u{0}", "\u{7F}", "ҕ"]
        {
            assert!(!are_usual(text), "{text}");
        }
    }

    proptest::proptest! {
        /// The quick look never hides what the long one would find.
        #[test]
        fn nothing_bad_is_usual(text in "[\\x00-\\x{7F}а-яА-ЯіІёѓђџЂЅҐґ\u{80}-\u{FF}\u{200B}\u{2028}\u{FFFD}\u{E0001}]{0,8}") {
            let has_bad = text.contains(|c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || c == '?' || !matches!(c, '\0'..='\u{7F}' | 'а'..='я' | 'А'..='Я' | 'і' | 'І' | 'ё' | 'Ґ' | 'ґ'));
            proptest::prop_assert_eq!(are_usual(&text), !has_bad);
        }
    }
}
