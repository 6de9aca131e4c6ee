//! Links lead somewhere, in the book and on a host that shows Markdown: files exist, headings exist, and no
//! page of the book leads out of it.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::page::{Page, pages, top};

/// What a heading is called in an address: both mdBook and code hosts do it like this.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The anchors of a page; a heading that comes again gets a number.
fn anchors(page: &Page) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let prose = page.prose();
    let headings = prose.lines().filter_map(|line| {
        let text = line.trim_start_matches('#');
        (text.len() < line.len() && text.starts_with(' ')).then_some(text)
    });
    headings
        .map(|heading| {
            let name = anchor(heading);
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            if *times == 1 { name } else { format!("{name}-{}", *times - 1) }
        })
        .collect()
}

/// The targets of `[text](target)` and `![text](target)`.
fn targets(page: &Page) -> Vec<String> {
    let prose = page.prose();
    // What stands between backticks is code; `](` there is no link.
    let text: String = prose.split('`').step_by(2).collect::<Vec<_>>().join("x");
    text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

/// `a/b/../c` as `a/c`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(tidy.pop()),
            Component::CurDir => {}
            other => tidy.push(other),
        }
    }
    tidy
}

#[test]
fn headings_are_called_as_both_hosts_call_them() {
    assert_eq!(anchor("Exit codes and `--json`"), "exit-codes-and---json");
    assert_eq!(anchor("What the server said: \"no\""), "what-the-server-said-no");
    let page = Page { name: "x.md".into(), text: "# One\n\n```sh\n# no heading\n```\n\n## One\n".into() };
    assert_eq!(anchors(&page), ["one", "one-1"]);
}

#[test]
fn every_link_leads_somewhere() {
    let others = ["CHANGELOG.md", "samples/README.md"].map(Page::read);
    let mut broken = Vec::new();
    for page in pages().into_iter().chain(others) {
        let folder = Path::new(&page.name).parent().expect("a folder").to_owned();
        for target in targets(&page) {
            if target.starts_with("https://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((&target, ""));
            let name = if file.is_empty() { PathBuf::from(&page.name) } else { tidy(&folder.join(file)) };
            let inside = !page.name.starts_with("docs/src") || name.starts_with("docs/src");
            let there = top().join(&name).exists()
                && (heading.is_empty()
                    || anchors(&Page::read(&name.to_string_lossy())).iter().any(|known| known == heading));
            if !inside || !there {
                broken.push(format!("{}: {target}", page.name));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere, or out of the book: {broken:#?}");
}

/// mdBook shows what the summary lists, and nothing else.
#[test]
fn every_page_is_in_the_summary_once() {
    let listed = targets(&Page::read("docs/src/SUMMARY.md"));
    for page in pages() {
        let Some(name) = page.name.strip_prefix("docs/src/").filter(|name| *name != "SUMMARY.md") else {
            continue;
        };
        let times = listed.iter().filter(|target| *target == name).count();
        assert_eq!(times, 1, "{name} in the summary");
    }
}

/// "*For …*": whom a page is for, and what else to read.
#[test]
fn every_page_says_whom_it_is_for() {
    for page in pages() {
        if page.is_reference() || page.name.ends_with("SUMMARY.md") || !page.name.starts_with("docs/src") {
            continue;
        }
        let third = page.text.lines().nth(2).unwrap_or_default();
        assert!(third.starts_with("*For "), "{}: {third}", page.name);
    }
}
