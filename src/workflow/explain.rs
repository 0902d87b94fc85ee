//! One page for every kind of diagnostic: what it means, a definition that has it, the same one mended.
//!
//! The pages are data, and one test runs all their examples: documentation and test are one. An example stands in place of
//! the keys of the same name of the smallest definition ([`SMALLEST`]), unless it is a whole file.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

/// The definition the examples are laid over.
pub const SMALLEST: &str = include_str!("explain/smallest.yaml");

const PAGES: [&str; 5] = [
    include_str!("explain/text.md"),
    include_str!("explain/people.md"),
    include_str!("explain/stages.md"),
    include_str!("explain/counting.md"),
    include_str!("explain/papers.md"),
];

/// Every kind, in the order of LANGUAGE.
pub fn kinds() -> &'static [&'static str] {
    static KINDS: OnceLock<Vec<&'static str>> = OnceLock::new();
    KINDS.get_or_init(|| pages().iter().map(|(kind, _)| *kind).collect())
}

/// The page of a kind, in Markdown.
pub fn explain(kind: &str) -> Option<&'static str> {
    pages().iter().find(|(name, _)| *name == kind).map(|(_, page)| *page)
}

fn pages() -> &'static [(&'static str, &'static str)] {
    static FOUND: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    FOUND.get_or_init(|| PAGES.iter().flat_map(|text| split(text)).collect())
}

/// A page begins with `# kind`.
fn split(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let starts: Vec<usize> =
        text.match_indices("# ").map(|(at, _)| at).filter(|at| *at == 0 || text[..*at].ends_with('\n')).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let page = text[*start..end].trim_end();
            let kind = page.lines().next().unwrap_or_default().trim_start_matches("# ");
            (kind, page)
        })
        .collect()
}
