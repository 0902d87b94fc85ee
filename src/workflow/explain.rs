//! One page for every kind of diagnostic: what it means, a definition that has it, the same one mended.
//!
//! The pages are data, and one test runs all their examples: documentation and test are one. An example stands in place of
//! the keys of the same name of the smallest definition ([`SMALLEST`]), unless it is a whole file. Templates' own problems have
//! examples that are templates; who reads those tests them (`document`).

#[cfg(test)]
mod tests;

use super::parse::distance;
use crate::diag::Severity;
use std::sync::OnceLock;

/// The definition the examples are laid over.
pub const SMALLEST: &str = include_str!("explain/smallest.yaml");

const PAGES: [&str; 8] = [
    include_str!("explain/text.md"),
    include_str!("explain/people.md"),
    include_str!("explain/calendars.md"),
    include_str!("explain/children.md"),
    include_str!("explain/stages.md"),
    include_str!("explain/counting.md"),
    include_str!("explain/papers.md"),
    include_str!("explain/templates.md"),
];

/// Kinds that are offered for a name that is none.
const NEAREST_MAX: usize = 5;

/// The page of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// the kind
    pub kind: &'static str,
    /// whether it forbids deployment; a page that begins with `Warning.` or `Note.` tells of one that does not
    pub severity: Severity,
    /// its first sentence
    pub says: &'static str,
    /// the whole of it, in Markdown
    pub text: &'static str,
}

/// Every page, in the order of LANGUAGE.
pub fn pages() -> &'static [Page] {
    static FOUND: OnceLock<Vec<Page>> = OnceLock::new();
    FOUND.get_or_init(|| PAGES.iter().flat_map(|text| split(text)).collect())
}

/// The page of a kind.
pub fn explain(kind: &str) -> Option<&'static Page> {
    pages().iter().find(|page| page.kind == kind)
}

/// The kinds somebody may have meant: those that hold the name or are held by it, and those a few letters away; the nearest
/// first.
pub fn nearest(name: &str) -> Vec<&'static str> {
    let limit = (name.chars().count() / 3).max(1);
    let measured = pages().iter().filter_map(|page| {
        let away = distance(name, page.kind);
        let within = !name.is_empty() && (page.kind.contains(name) || name.contains(page.kind));
        (away <= limit || within).then_some((away, page.kind))
    });
    let mut found: Vec<(usize, &str)> = measured.collect();
    found.sort_unstable();
    found.into_iter().take(NEAREST_MAX).map(|(_, kind)| kind).collect()
}

/// A page begins with `# kind`.
fn split(text: &'static str) -> Vec<Page> {
    let starts: Vec<usize> =
        text.match_indices("# ").map(|(at, _)| at).filter(|at| *at == 0 || text[..*at].ends_with('\n')).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| page(text[*start..end].trim_end())).collect()
}

fn page(text: &'static str) -> Page {
    let mut lines = text.lines();
    let kind = lines.next().unwrap_or_default().trim_start_matches("# ");
    let told = lines.next().unwrap_or_default();
    let severities = [("Warning. ", Severity::Warning), ("Note. ", Severity::Note)];
    let of = |(word, severity): (&str, Severity)| told.strip_prefix(word).map(|rest| (severity, rest));
    let (severity, told) = severities.into_iter().find_map(of).unwrap_or((Severity::Error, told));
    let says = told.find(". ").map_or(told, |end| &told[..=end]);
    Page { kind, severity, says, text }
}
