//! Text that was once read in a wrong encoding and saved like that: `Р†РІР°РЅ` and `Ð†Ð²Ð°Ð½` were `Іван`.

use encoding_rs::{Encoding, IBM866, KOI8_U, WINDOWS_1251, WINDOWS_1252, X_MAC_CYRILLIC};

/// The encodings in which UTF-8 is read by mistake.
const MISTAKEN: [&Encoding; 5] = [WINDOWS_1251, WINDOWS_1252, IBM866, KOI8_U, X_MAC_CYRILLIC];

/// What the text was before; none where it is as it should be.
pub(super) fn original(text: &str) -> Option<String> {
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| !c.is_ascii()).map(|place| from + place) {
        let end = text[start..].find(|c: char| c.is_ascii()).map_or(text.len(), |place| start + place);
        let run = &text[start..end];
        if let Some(original) = MISTAKEN.iter().find_map(|encoding| {
            run.contains(|c| leads(encoding).contains(c)).then(|| as_utf8(run, encoding)).flatten()
        }) {
            return Some(original);
        }
        if is_drawn(run)
            && let Some(original) = as_windows(run)
        {
            return Some(original);
        }
        if is_western(run) {
            return Some(WINDOWS_1251.decode(&WINDOWS_1252.encode(run).0).0.into_owned());
        }
        from = end;
    }
    None
}

/// What a run of characters beyond ASCII is as UTF-8, if its bytes in this encoding are nearly all of that.
fn as_utf8(run: &str, encoding: &'static Encoding) -> Option<String> {
    let bytes = bytes_of(run, encoding)?;
    // It may have happened twice.
    if let Ok(once) = std::str::from_utf8(&bytes)
        && once.len() > 1
        && let Some(first) = original(once)
    {
        return Some(first);
    }
    let (mut good, mut bad, mut is_long) = (0, 0, false);
    for chunk in bytes.utf8_chunks() {
        bad += chunk.invalid().len();
        for c in chunk.valid().chars() {
            if is_usual(c) {
                good += 1
            } else {
                bad += c.len_utf8()
            }
            is_long |= is_usual(c) && c.len_utf8() == 3;
        }
    }
    // Two letters may be a word of their own, such as `РІ`; with a sign among them they are none.
    let has_sign = run.chars().any(|c| !c.is_alphabetic() || matches!(c, 'ª' | 'º' | 'µ' | 'Ÿ'));
    let is_western = encoding == WINDOWS_1252;
    let enough = match good {
        // Words of these alphabets may have such pairs of letters, and lists may have dashes.
        _ if encoding == KOI8_U && !has_sign => false,
        _ if encoding == X_MAC_CYRILLIC => good > 2 && bad == 0,
        0 => false,
        1 => bad == 0 && has_sign && (is_long || is_western),
        2 => bad == 0 && has_sign,
        _ => bad * 2 <= good,
    };
    enough.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// What the first bytes of UTF-8 letters and signs become.
fn leads(encoding: &'static Encoding) -> &'static str {
    match encoding {
        e if e == WINDOWS_1251 => "РСТВв",
        e if e == WINDOWS_1252 => "ÐÑÒÂÃÄÅâ",
        e if e == IBM866 => "╨╤╥┬├─┼т",
        e if e == KOI8_U => "пярбцБ",
        _ => "–—“¬",
    }
}

/// The bytes of a run. Bytes that the encoding does not use are read as controls by many programs.
fn bytes_of(run: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(run.len());
    for (place, c) in run.char_indices() {
        if let '\u{80}'..='\u{9F}' = c {
            bytes.push(u8::try_from(u32::from(c)).ok()?);
            continue;
        }
        let (encoded, _, is_foreign) = encoding.encode(&run[place..place + c.len_utf8()]);
        if is_foreign {
            return None;
        }
        bytes.extend_from_slice(&encoded);
    }
    Some(bytes)
}

/// Letters of the languages that lists are written in, and signs that people type.
fn is_usual(c: char) -> bool {
    matches!(c,
        '\u{410}'..='\u{44F}' | 'Ё' | 'ё' | 'І' | 'і' | 'Ї' | 'ї' | 'Є' | 'є' | 'Ґ' | 'ґ' | 'Ў' | 'ў'
        | '\u{C0}'..='\u{17F}'
        | '«' | '»' | '°' | '\u{A0}' | '·' | '§' | '№' | '–' | '—' | '’' | '‘' | '“' | '”' | '„' | '…' | '•' | '€' | '₴')
}

/// Cyrillic letters of windows-1251 that were read as windows-1252: `Ìîðîç`, `²âàí`. No language has so many accented
/// letters in a row.
fn is_western(run: &str) -> bool {
    let accented =
        run.chars().filter(|c| matches!(c, '\u{C0}'..='\u{FF}') && !matches!(c, '×' | '÷')).count();
    let ukrainian = run.chars().filter(|c| "²³¯¿ªº¥´".contains(*c)).count();
    accented >= 3 && accented + ukrainian >= 4 && accented + ukrainian == run.chars().count()
}

/// Lines and blocks that text is framed with, among letters.
fn is_drawn(run: &str) -> bool {
    run.contains(|c| matches!(c, '\u{2500}'..='\u{259F}')) && run.contains(char::is_alphabetic)
}

/// Letters of windows-1251 that were read as the DOS page: `├эрЄ■ъ`.
fn as_windows(run: &str) -> Option<String> {
    let bytes = bytes_of(run, IBM866)?;
    let read = WINDOWS_1251.decode(&bytes).0;
    read.chars().all(char::is_alphabetic).then(|| read.into_owned())
}

#[cfg(test)]
mod tests {
    use super::original;

    #[test]
    fn text_that_was_read_wrong_is_known_with_what_it_was() {
        for (read, meant) in [
            ("Р“РЅР°С‚СЋРє РћР»РµРЅР°", "Гнатюк"),
            ("Р†РІР°РЅ", "Іван"),
            ("РњРёСЂРѕРЅ", "Мирон"),
            ("Ð†Ð²Ð°Ð½", "Іван"),
            ("Ð\u{9C}Ð¾Ñ\u{80}Ð¾Ð·", "Мороз"),
            ("ÐœÐ¾Ñ€Ð¾Ð·", "Мороз"),
            ("в„– 5", "№"),
            ("вЂ“", "–"),
            ("MÃ¼ller", "ü"),
            ("StraÃŸe", "ß"),
            ("KrakÃ³w", "ó"),
            ("╨Ь╨╛╤А╨╛╨╖", "Мороз"),
            ("Ìîðîç", "Мороз"),
            ("²âàí", "Іван"),
            ("п≤п╡п╟пҐ", "Иван"),
            ("–Ш–≤–∞–љ", "Иван"),
            ("Р\u{A0}в\u{402}\u{A0}Р\u{A0}Р†Р\u{A0}В°Р\u{A0}Р…", "Іван"),
            ("├эрЄ■ъ", "Гнатюк"),
            ("ТОВ В«РћСЂС…С–РґРµСЏВ»", "«Орхідея»"),
        ] {
            assert_eq!(original(read).as_deref(), Some(meant), "{read}");
        }
        // A letter was lost on the way, and what came after it: е and т; и.
        assert!(original("Ñ‚ÐµÑÑ‚ Ñ‚ÐµÑÑ‚Ð¾Ð²Ð¸Ð¹").is_some());
        assert!(original("РР»СЊС‡РµРЅРєРѕ").is_some());
    }

    #[test]
    fn words_of_real_languages_are_left_alone() {
        for text in [
            "Сергієнко Роман Сергійович",
            "Рівне, вул. Січових Стрільців, 5",
            "РІ",
            "РЄ СЄ",
            "секція С–3",
            "блок В№5",
            "В«Ромашці»",
            "«ФОП Р.»",
            "СВІТ ТВ — №5",
            "Ґудзь Ївга, п’ять",
            "Müller Straße Łódź Kraków ąęśćżź",
            "naïve café Ñandú SÃO Ðorđe",
            "Ääkkönen Åström",
            "25°, 5 м²",
            "😀 ₴ € …",
            "Ўладзімір Съешь ещё этих",
            "ЎўЄєІіЇї",
            "піп'ять",
            "—Привіт – секції А–Б–В–Г",
            "–А –Б",
            "яр–пік",
            "│ Київ │",
        ] {
            assert_eq!(original(text), None, "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever Ukrainian name is read in a wrong encoding is found. What it was can be told of nearly all: some letters
        /// make others in several encodings.
        #[test]
        fn names_are_found(name in "[А-ЗЙ-ЯІЇЄҐ][а-яіїєґ]{3,12}") {
            for encoding in super::MISTAKEN {
                let (read, _) = encoding.decode_without_bom_handling(name.as_bytes());
                proptest::prop_assert!(original(&read).is_some(), "{}", read);
            }
            proptest::prop_assert_eq!(original(&name), None);
        }
    }
}
