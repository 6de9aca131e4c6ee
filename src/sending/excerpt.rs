//! A server's text as people are shown it: short, on one line, and without the key.

use super::key::ApiKey;

/// How much of an answer that cannot be read is shown.
const EXCERPT: usize = 200;

/// A page for people is never an answer, even if a script inside looks like one.
pub(super) fn is_page(text: &str) -> bool {
    let start: String = text.chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}

/// The title of a page: what a web server's error page has to say, without its markup.
pub(super) fn title(text: &str, key: &ApiKey) -> Option<String> {
    let lower = text.get(..text.len().min(4096)).unwrap_or_default().to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find("</title>")?;
    let title = line(&html_escape::decode_html_entities(&key.scrub(text.get(start..end)?)), key);
    (!title.is_empty()).then(|| shorten(&title))
}

pub(super) fn unreadable(text: &str, key: &ApiKey) -> String {
    format!("the answer cannot be read: {}", excerpt(text, key))
}

/// The first characters of an answer, on one line, without the key.
pub(super) fn excerpt(text: &str, key: &ApiKey) -> String {
    // Enough to hold the excerpt and a key that begins in it, so that the key is whole when it is looked for.
    const LOOK: usize = 16 << 10;
    let end =
        text.char_indices().map(|(place, _)| place).take_while(|place| *place <= LOOK).last().unwrap_or(0);
    let head = if text.len() <= LOOK { text } else { &text[..end] };
    let line = line(head, key);
    if line.is_empty() { "(empty)".to_owned() } else { line.chars().take(EXCERPT).collect() }
}

/// A server's text on one line, without the key: it is looked for on both sides of the change, because either
/// may hide it from the other.
pub(super) fn line(text: &str, key: &ApiKey) -> String {
    key.scrub(&one_line(&key.scrub(text)))
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A server's text goes into a cell and on a terminal: a page of it is no help.
pub(super) fn shorten(text: &str) -> String {
    const LONGEST: usize = 500;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
