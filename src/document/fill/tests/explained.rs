//! The pages of `explain` whose examples are templates: the broken one has its kind, the mended one nothing.

use super::*;
use crate::document::template::Template;
use crate::workflow::explain::{self, Page};

/// The fenced text whose heading begins so, and the rest of the heading.
fn fence<'a>(page: &'a str, heading: &str) -> Option<(&'a str, &'a str)> {
    let (_, rest) = page.split_once(&format!("```{heading}"))?;
    let (more, rest) = rest.split_once('\n')?;
    Some((rest.split_once("```").map_or(rest, |(text, _)| text), more))
}

/// What a reader finds wrong with a fenced text and the rest of its heading.
type Reader = fn((&str, &str)) -> Vec<Diagnostic>;

/// A text template; the heading may say how often its last line stands there.
fn paper((text, more): (&str, &str)) -> Vec<Diagnostic> {
    let times = more.split_whitespace().find_map(|word| word.parse::<usize>().ok()).unwrap_or(1);
    let last = text.lines().last().unwrap_or_default();
    let text = format!("{text}{}", format!("{last}\n").repeat(times - 1));
    Template::parse("试.md", &text).err().unwrap_or_default()
}

/// A Word file of these paragraphs; a field stands in single braces.
fn word((text, _): (&str, &str)) -> Vec<Diagnostic> {
    let paragraph = |line: &str| {
        let code = line.strip_prefix("{ ").and_then(|line| line.strip_suffix(" }"));
        code.map_or_else(|| p(line), |code| format!("<w:p><w:r><w:instrText>{code}</w:instrText></w:r></w:p>"))
    };
    read(&text.lines().map(paragraph).collect::<String>()).err().unwrap_or_default()
}

/// The text beside a Word file.
fn beside((text, _): (&str, &str)) -> Vec<Diagnostic> {
    let file = package(&p("甲")).write().unwrap();
    WordTemplate::read("试", "试.docx", text, &file).err().unwrap_or_default()
}

#[test]
fn every_page_about_templates_shows_what_it_says() {
    let mut shown = 0;
    for Page { kind, text: page, .. } in explain::pages() {
        let readers: [(&str, Reader); 3] = [("paper", paper), ("word", word), ("beside", beside)];
        for (what, read) in readers {
            let Some(broken) = fence(page, &format!("{what} broken")) else { continue };
            let kinds: Vec<&str> = read(broken).iter().map(|it| it.kind).collect();
            assert_eq!(kinds, [*kind]);
            let mended = fence(page, &format!("{what} mended")).unwrap_or_else(|| panic!("{kind}: none is mended"));
            assert_eq!(read(mended), [], "{kind}");
            shown += 1;
        }
    }
    assert_eq!(shown, 12);
}
