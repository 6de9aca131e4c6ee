//! Which of the encodings of Cyrillic a text without a mark is in. Read in the wrong one, its words have capitals after
//! small letters, signs among letters, and pairs of letters that no word has.

use encoding_rs::{IBM866, KOI8_U, WINDOWS_1251, X_MAC_CYRILLIC};

use super::encoding::TextEncoding;

/// What can be told apart, the likelier first.
const CANDIDATES: [TextEncoding; 5] = [
    TextEncoding::Standard(WINDOWS_1251),
    TextEncoding::Standard(KOI8_U),
    TextEncoding::Standard(IBM866),
    TextEncoding::UkrainianDos,
    TextEncoding::Standard(X_MAC_CYRILLIC),
];

/// How well a text reads in an encoding: a sum of the weights below.
const LETTER: i64 = 3;
const USUAL_PAIR: i64 = 7;
const UNUSUAL_PAIR: i64 = -20;
const CAPITAL_AFTER_SMALL: i64 = -30;
const LATIN_NEIGHBOUR: i64 = -15;
const SIGN: i64 = -30;

/// What a text is read as has at least so much for each of its letters.
const PLAUSIBLE: i64 = 2;
/// It has so much more for each letter than another reading, and so much more in all.
const MARGIN_EACH: i64 = 1;
const MARGIN_IN_ALL: i64 = 15;

/// What the words of a text say about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CyrillicGuess {
    /// They are Cyrillic in this encoding, and gibberish in all others.
    Clear(TextEncoding),
    /// They may be words in both.
    Near(TextEncoding, TextEncoding),
    /// There are only single letters.
    TooLittle,
    /// They are not words in any of them.
    NotCyrillic,
}

/// Judges words: bytes beyond ASCII with the Latin letters that touch them, apart by blanks.
pub(super) fn judge(words: &[u8]) -> CyrillicGuess {
    let beyond = words.iter().filter(|byte| !byte.is_ascii()).count();
    let has_pair = words.windows(2).any(|pair| !pair[0].is_ascii() && !pair[1].is_ascii());
    let count = i64::try_from(beyond).unwrap_or(i64::MAX);
    let pairs = usual_pairs();
    let mut readings: Vec<_> = CANDIDATES
        .into_iter()
        .map(|encoding| {
            let table = encoding.table();
            (score(words, &table, &pairs), encoding, table)
        })
        .collect();
    // The sort is stable: of equals the likelier stays first.
    readings.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let (best, encoding, table) = &readings[0];
    if *best < PLAUSIBLE * count {
        return CyrillicGuess::NotCyrillic;
    }
    if !has_pair {
        return CyrillicGuess::TooLittle;
    }
    let same_text =
        |other: &[char; 256]| words.iter().all(|b| table[usize::from(*b)] == other[usize::from(*b)]);
    let rival = readings[1..].iter().find(|(.., other)| !same_text(other));
    match rival {
        Some((score, rival, _)) if best - score < MARGIN_IN_ALL.max(MARGIN_EACH * count) => {
            CyrillicGuess::Near(*encoding, *rival)
        }
        _ => CyrillicGuess::Clear(*encoding),
    }
}

fn score(words: &[u8], table: &[char; 256], usual: &[u64; LETTERS]) -> i64 {
    let at = |place: Option<usize>| place.and_then(|place| words.get(place)).copied().unwrap_or(b' ');
    let mut sum = 0;
    for (place, byte) in words.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        let (before, after) = (at(place.checked_sub(1)), at(place.checked_add(1)));
        let this = table[usize::from(*byte)];
        let Some(letter) = index(this) else {
            let is_inside = is_letter(table, before) && is_letter(table, after);
            sum += if is_edge_sign(this) && !is_inside || this == '’' { 0 } else { SIGN };
            continue;
        };
        sum += LETTER;
        // The Latin i is often typed for the Ukrainian one.
        let is_latin = |byte: &&u8| byte.is_ascii_alphabetic() && !matches!(byte, b'i' | b'I');
        sum += LATIN_NEIGHBOUR * i64::from([before, after].iter().filter(is_latin).count() as u8);
        let next = table[usize::from(after)];
        if let Some(follower) = index(next).filter(|_| !after.is_ascii()) {
            sum += if usual[letter] & (1 << follower) == 0 { UNUSUAL_PAIR } else { USUAL_PAIR };
            sum += if this.is_lowercase() && next.is_uppercase() { CAPITAL_AFTER_SMALL } else { 0 };
        }
    }
    sum
}

fn is_letter(table: &[char; 256], byte: u8) -> bool {
    table[usize::from(byte)].is_alphabetic()
}

/// Signs that stand at the edge of words.
fn is_edge_sign(sign: char) -> bool {
    "«»“”„–—…№°•\u{A0}".contains(sign)
}

/// The number of letters in [`FOLLOWERS`].
const LETTERS: usize = FOLLOWERS.len();

fn index(letter: char) -> Option<usize> {
    let small = letter.to_lowercase().next()?;
    FOLLOWERS.iter().position(|(known, _)| *known == small)
}

fn usual_pairs() -> [u64; LETTERS] {
    let mut pairs = [0; LETTERS];
    for (set, (_, followers)) in pairs.iter_mut().zip(FOLLOWERS) {
        *set = followers.chars().filter_map(index).map(|follower| 1 << follower).sum();
    }
    pairs
}

/// The letters of Ukrainian and Russian, each with those that often come after it.
const FOLLOWERS: [(char, &str); 37] = [
    ('а', "абвгдежзийклмнопрстуфхцчшщюяёєї"),
    ('б', "авдеиіклмнорсухцчщяыъ"),
    ('в', "абвгдежзиіклмнопрстухцчшщьяёы"),
    ('г', "абвгдеиіклмнорстух"),
    ('ґ', "аену"),
    ('д', "абвгдежзиіклмнопрстухцчшьяёы"),
    ('е', "абвгдежзийклмнопрстуфхцчшщюяёєїґ"),
    ('є', "вгдклмнрстюї"),
    ('ж', "абдеиклнотучшёі"),
    ('з', "абвгдеиіклмнопрстуцчшьяы"),
    ('и', "абвгдежзийклмнопрстфхцчшщюяї"),
    ('і', "абвгдеєжзїйклмнопрстуфхцчшщюя"),
    ('ї', "вджзлмнрстхї"),
    ('й', "бвдеклмнорстчшя"),
    ('к', "абвежиіклнопрстухцшщьэ"),
    ('л', "абгдежиіклмностучьюяёы"),
    ('м', "абвеиіклмнопстучяёы"),
    ('н', "абвгдеєзиікмностуфхцчшьюяёы"),
    ('о', "абвгдежзийклмнопрстуфхцчшщэюяєії"),
    ('п', "аеиіклнопрстухцчьюяы"),
    ('р', "абвгдежиіклмнопрстуфхцчшьюяёы"),
    ('с', "абвгдежиіклмнопрстухцчшьяёы"),
    ('т', "абвдезиіклмнопрстуфхцчьюяы"),
    ('у', "абвгдежзийклмнопрстуфхчшщэюяєї"),
    ('ф', "аеиілортуф"),
    ('х', "авеиімнорсту"),
    ('ц', "авеиікоптуьюяы"),
    ('ч', "аежиіклнотуьё"),
    ('ш', "авеиклнорстуёі"),
    ('щ', "аеиоуьё"),
    ('ь', "бвезйклмностфцшюяєї"),
    ('ю', "бвджклнрстхчшщює"),
    ('я', "вгдезклмнопрстхцщюяєї"),
    ('ё', "мнрт"),
    ('ы', "бвгдезйклмпрстхчш"),
    ('э', "клмнрстфш"),
    ('ъ', "ея"),
];

#[cfg(test)]
mod tests {
    use encoding_rs::{IBM866, KOI8_U, WINDOWS_1251, X_MAC_CYRILLIC};

    use super::{CyrillicGuess, judge};
    use crate::reading::encoding::TextEncoding;

    /// A text in an encoding, by its own table.
    fn encoded(text: &str, encoding: TextEncoding) -> Vec<u8> {
        let table = encoding.table();
        let byte = |c: char| table.iter().position(|known| *known == c).expect("a letter of the encoding");
        text.chars().map(|c| u8::try_from(byte(c)).expect("a byte")).collect()
    }

    #[test]
    fn every_encoding_of_cyrillic_is_recognised() {
        let russian = ["Съешь же ещё этих мягких французских булок", "Номер договора", "ул Ленина"];
        let ukrainian = ["Ґанок їжак єнот і яблуко", "Гнатюк Олена Іванівна", "БОЙКО ТАРАС ІЛЛІЧ вулиця"];
        let both = [WINDOWS_1251, KOI8_U, X_MAC_CYRILLIC].map(TextEncoding::Standard);
        for encoding in both.into_iter().chain([TextEncoding::UkrainianDos]) {
            for text in ukrainian
                .into_iter()
                .chain(russian.into_iter().filter(|_| encoding != TextEncoding::UkrainianDos))
            {
                assert_eq!(judge(&encoded(text, encoding)), CyrillicGuess::Clear(encoding), "{text}");
            }
        }
        for text in russian {
            assert_eq!(
                judge(&encoded(text, TextEncoding::Standard(IBM866))),
                CyrillicGuess::Clear(TextEncoding::Standard(IBM866))
            );
        }
    }

    #[test]
    fn one_word_is_enough_where_only_one_encoding_makes_a_word_of_it() {
        for word in ["Іван", "Мороз", "Прізвище", "ІВАН"] {
            let encoding = TextEncoding::Standard(WINDOWS_1251);
            assert_eq!(judge(&encoded(word, encoding)), CyrillicGuess::Clear(encoding), "{word}");
        }
        let near = judge(&encoded("ФИО", TextEncoding::Standard(WINDOWS_1251)));
        assert!(matches!(near, CyrillicGuess::Near(..)), "{near:?}");
    }

    #[test]
    fn western_words_are_not_cyrillic() {
        let western =
            encoding_rs::WINDOWS_1252.encode("Müller Straße café naïve à été São João Ñandú 100 €").0;
        assert_eq!(judge(&western), CyrillicGuess::NotCyrillic);
        let polish = encoding_rs::WINDOWS_1250.encode("Łódź żółć Kraków Święty Gdańsk").0;
        assert_eq!(judge(&polish), CyrillicGuess::NotCyrillic);
        assert_eq!(judge(b"plain"), CyrillicGuess::TooLittle);
    }
}
