//! A quoted output against the real one: equal, but for what differs from run to run. A line `...` in the
//! quotation stands for any lines. After a remark `<!-- such as: why -->` no number counts.

/// A quotation that is wrong: the line of its fence, and what was printed.
pub(super) struct Quote {
    pub(super) line: usize,
    pub(super) said: String,
}

/// Which numbers of a quotation count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// All but times and the like.
    Count,
    /// None.
    Vary,
}

/// Whether a page quotes what was printed.
pub(super) fn agree(page: &str, said: &str, numbers: Numbers) -> bool {
    let quoted: Vec<String> = page.lines().map(|line| constant(line, numbers)).collect();
    let said: Vec<String> = said.lines().map(|line| constant(line, numbers)).collect();
    matches(&quoted, &said)
}

fn matches(quoted: &[String], said: &[String]) -> bool {
    match quoted {
        [] => said.is_empty(),
        [dots, rest @ ..] if dots == "..." => (0..=said.len()).any(|skipped| matches(rest, &said[skipped..])),
        [line, rest @ ..] => said.first() == Some(line) && matches(rest, &said[1..]),
    }
}

/// A line without what is another one each time: times, how long something took, names of runs.
fn constant(line: &str, numbers: Numbers) -> String {
    let mut text = String::new();
    let mut rest = line.trim_end();
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() { length_of_number(rest) } else { c.len_utf8() };
        let (word, after) = rest.split_at(length);
        let word = match word {
            _ if is_time(word) => "TIME",
            _ if c.is_ascii_digit() && (numbers == Numbers::Vary || ends_unit(after)) => "N",
            _ if text.ends_with("\"seconds\":") => "N",
            _ => word,
        };
        text.push_str(word);
        rest = after;
        for before in ["[ub-", "undo of "] {
            if text.ends_with(before) && rest.as_bytes().get(6) == Some(&b'-') {
                text.push_str("RUN");
                rest = &rest[6..];
            } else if text.ends_with("[ub-") && rest.as_bytes().get(12) == Some(&b']') {
                text.push_str("KEY");
                rest = &rest[12..];
            }
        }
    }
    text
}

/// As much as may belong to a number, a date or a time.
fn length_of_number(text: &str) -> usize {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ':' | '-' | 'T');
    let mut length = text.find(|c| !part(c)).unwrap_or(text.len());
    // `2026-11-23 19:29:10`: the blank belongs to it.
    if length == 10 && is_time(&text[..10]) && text[10..].starts_with(' ') {
        let clock = text[11..].find(|c| !part(c)).unwrap_or(text.len() - 11);
        if clock >= 5 && text.as_bytes()[13] == b':' {
            length = 11 + clock;
        }
    }
    text[..length].trim_end_matches(['.', ':', '-', 'T']).len()
}

fn is_time(word: &str) -> bool {
    let shape: String = word.chars().take(10).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00"
}

/// Whether a number before this is a length of time, or of requests for many customers: how many these are depends on how
/// fast the answers come.
fn ends_unit(after: &str) -> bool {
    [" s", " ms", " requests"].iter().any(|unit| {
        after.strip_prefix(unit).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// What was printed, cut short as the page has cut it: for each line that is quoted the one that is most like
/// it, in order, and `...` where the page has it. All of it where that does not do.
pub(super) fn cut(page: &str, said: &str, numbers: Numbers) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let mut from = 0;
    let mut text = String::new();
    for quoted in page.lines() {
        let line = if quoted == "..." {
            quoted
        } else {
            // `rev`, so that of equals the first is taken.
            let best = (from..lines.len()).rev().max_by_key(|at| likeness(quoted, lines[*at]));
            let alike = |at: &usize| likeness(quoted, lines[*at]) * 2 > quoted.chars().count();
            // What is not printed any more is not quoted any more.
            let Some(best) = best.filter(alike) else { continue };
            from = best + 1;
            lines[best]
        };
        text.push_str(line);
        text.push('\n');
    }
    if agree(&text, said, numbers) { text } else { said.to_owned() }
}

/// How many characters two lines have in common at their beginning and at their end.
fn likeness(a: &str, b: &str) -> usize {
    let beginning = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let end = a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b).count();
    beginning + end
}

/// A page with other quotations.
pub(super) fn rewrite(page: &str, quotes: &[Quote]) -> String {
    let mut text = String::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        text.push_str(line);
        text.push('\n');
        if let Some(quote) = quotes.iter().find(|quote| quote.line == at + 1) {
            text.push_str(&quote.said);
            text.push_str("```\n");
            let _ = lines.find(|(_, line)| *line == "```");
        }
    }
    text
}

#[test]
fn what_differs_from_run_to_run_does_not_count() {
    assert!(agree("done; 4.9 s\nresults: a.csv\n", "done; 12 s\nresults: a.csv\n", Numbers::Count));
    assert!(agree(
        "...\n1002,2026-11-23 19:29:10,0,-337.11,[ub-k3x7qambcdef] undo of bwbgak-1: x\n",
        "a\nb\n1002,2027-01-01 01:02:03,0,-337.11,[ub-aaaaaaaaaaaa] undo of aaaaaa-1: x\n",
        Numbers::Count
    ));
    assert!(agree("begun 2026-11-23 19:29 UTC is", "begun 2026-12-01 00:00 UTC is", Numbers::Count));
    assert!(agree("a\n...\nc\n", "a\nc\n", Numbers::Count));
    assert!(agree("40 customers; 13 requests, 0", "40 customers; 12 requests, 0", Numbers::Count));
    assert!(agree("of 150 rows 72 ok", "of 150 rows 7 ok", Numbers::Vary));
    for (page, said) in [("240 ok; 4.9 s", "239 ok; 4.9 s"), ("a\n", "a\nb\n"), ("a\n...\nc\n", "a\nb\n")] {
        assert!(!agree(page, said, Numbers::Count), "{page} is not {said}");
    }
}

#[test]
fn a_quotation_is_replaced_where_it_stands() {
    let page = "# A\n\n```text\nold\nold\n```\n\nend\n";
    let quotes = [Quote { line: 3, said: "new\n".into() }];
    assert_eq!(rewrite(page, &quotes), "# A\n\n```text\nnew\n```\n\nend\n");
}

#[test]
fn a_quotation_that_was_cut_short_stays_so() {
    let said = "bad: line 6, it is no id\nbad: line 9, it is no flag\nbad: line 12\nrefused: 3\n";
    assert_eq!(
        cut("bad: line 6, not an id\n...\nrefused: 2\n", said, Numbers::Count),
        "bad: line 6, it is no id\n...\nrefused: 3\n"
    );
    assert_eq!(cut("refused: 2\n", said, Numbers::Count), said);
    assert_eq!(cut("...\nrefused: 3\nresults: input.csv\n", said, Numbers::Count), "...\nrefused: 3\n");
}
